"""Landing pages, help pages, and letters of the contact form."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

import marketplace.personal


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0004_supermarkets_and_season"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpIndexPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("intro", models.CharField(blank=True, max_length=300, verbose_name="introduction")),
            ],
            options={
                "verbose_name": "help",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="HelpPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [("question", 2)],
                        block_lookup={
                            0: ("wagtail.blocks.CharBlock", (), {"label": "question", "max_length": 120}),
                            1: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": ["h3", "bold", "ol", "ul", "link", "document-link"],
                                    "label": "answer",
                                },
                            ),
                            2: ("wagtail.blocks.StructBlock", [[("question", 0), ("answer", 1)]], {}),
                        },
                        verbose_name="questions",
                    ),
                ),
            ],
            options={
                "verbose_name": "help page",
                "verbose_name_plural": "help pages",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="LandingPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("hero", 7),
                            ("featured", 11),
                            ("figures", 12),
                            ("stories", 14),
                            ("notices", 16),
                            ("categories", 12),
                            ("season", 18),
                            ("supermarkets", 19),
                            ("text", 20),
                            ("call", 21),
                        ],
                        blank=True,
                        block_lookup={
                            0: ("wagtail.blocks.CharBlock", (), {"label": "heading", "max_length": 60}),
                            1: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {"label": "text", "max_length": 300, "required": False, "rows": 2},
                            ),
                            2: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"label": "words on the button", "max_length": 30, "required": False},
                            ),
                            3: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "Such as /shop/.",
                                    "label": "address",
                                    "max_length": 300,
                                    "required": False,
                                    "validators": [
                                        django.core.validators.RegexValidator(
                                            "^(/(?!/)|https://)\\S*$",
                                            "Begin with / for a page of this site, or with https://.",
                                        )
                                    ],
                                },
                            ),
                            4: ("wagtail.blocks.StructBlock", [[("text", 2), ("address", 3)]], {}),
                            5: (
                                "wagtail.images.blocks.ImageChooserBlock",
                                (),
                                {"label": "picture", "required": False},
                            ),
                            6: ("wagtail.blocks.CharBlock", (), {"required": False}),
                            7: (
                                "wagtail.blocks.StructBlock",
                                [[("heading", 0), ("text", 1), ("link", 4), ("image", 5), ("drawing", 6)]],
                                {},
                            ),
                            8: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("newest", "newest"),
                                        ("soon", "best eaten soon"),
                                        ("saplings", "saplings"),
                                        ("clearance", "below the usual price"),
                                        ("chosen", "of the products chosen below"),
                                    ],
                                    "label": "which",
                                },
                            ),
                            9: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {"default": 4, "label": "how many", "max_value": 12, "min_value": 1},
                            ),
                            10: (
                                "wagtail.blocks.ListBlock",
                                (6,),
                                {
                                    "collapsed": True,
                                    "default": [],
                                    "help_text": "The newest lot of each is shown, in this order.",
                                    "label": "products chosen by hand",
                                    "max_num": 12,
                                },
                            ),
                            11: (
                                "wagtail.blocks.StructBlock",
                                [[("heading", 0), ("rule", 8), ("count", 9), ("products", 10)]],
                                {},
                            ),
                            12: ("wagtail.blocks.StructBlock", [[("heading", 0)]], {}),
                            13: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {"default": 3, "label": "how many", "max_value": 6, "min_value": 1},
                            ),
                            14: ("wagtail.blocks.StructBlock", [[("heading", 0), ("count", 13)]], {}),
                            15: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {"default": 5, "label": "how many", "max_value": 10, "min_value": 1},
                            ),
                            16: ("wagtail.blocks.StructBlock", [[("heading", 0), ("count", 15)]], {}),
                            17: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {
                                    "default": 6,
                                    "label": "how many of each month",
                                    "max_value": 12,
                                    "min_value": 1,
                                },
                            ),
                            18: ("wagtail.blocks.StructBlock", [[("heading", 0), ("count", 17)]], {}),
                            19: ("wagtail.blocks.StructBlock", [[("heading", 0), ("text", 1)]], {}),
                            20: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": ["h3", "bold", "ol", "ul", "link", "document-link"],
                                    "label": "text",
                                    "template": "cms/blocks/text.html",
                                },
                            ),
                            21: (
                                "wagtail.blocks.StructBlock",
                                [[("heading", 0), ("text", 1), ("link", 4)]],
                                {},
                            ),
                        },
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "landing page",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("order", "an order"),
                            ("goods", "goods and quality"),
                            ("selling", "selling here"),
                            ("site", "the site itself"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                        verbose_name="about",
                    ),
                ),
                ("name", marketplace.personal.EncryptedTextField(verbose_name="name")),
                (
                    "phone",
                    marketplace.personal.EncryptedTextField(blank=True, default="", verbose_name="phone"),
                ),
                ("text", marketplace.personal.EncryptedTextField(verbose_name="message")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at")),
                ("done", models.BooleanField(default=False, verbose_name="dealt with")),
                (
                    "note",
                    marketplace.personal.EncryptedTextField(
                        blank=True, default="", verbose_name="what was done"
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["done", "-at"],
                "indexes": [models.Index(fields=["done", "-at"], name="letter_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject__in", ["order", "goods", "selling", "site", "other"])),
                        name="letter_subject_known",
                    )
                ],
            },
        ),
    ]
