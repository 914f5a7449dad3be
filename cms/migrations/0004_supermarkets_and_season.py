"""Warm-heart supermarkets; a season calendar and supermarkets among the home page's blocks."""

import django.core.validators
import django.db.models.deletion
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0003_menu_of_the_site"),
        ("registry", "0002_towns"),
    ]

    operations = [
        migrations.AlterField(
            model_name="homepage",
            name="body",
            field=wagtail.fields.StreamField(
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
                        {"default": 6, "label": "how many of each month", "max_value": 12, "min_value": 1},
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
                    21: ("wagtail.blocks.StructBlock", [[("heading", 0), ("text", 1), ("link", 4)]], {}),
                },
                verbose_name="body",
            ),
        ),
        migrations.CreateModel(
            name="WarmHeartShop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("name_en", models.CharField(max_length=80, verbose_name="name in English")),
                ("address", models.CharField(max_length=120, verbose_name="address")),
                (
                    "address_en",
                    models.CharField(blank=True, max_length=160, verbose_name="address in English"),
                ),
                ("hours", models.CharField(max_length=60, verbose_name="opening hours")),
                (
                    "hours_en",
                    models.CharField(blank=True, max_length=80, verbose_name="opening hours in English"),
                ),
                (
                    "goods",
                    models.CharField(
                        help_text="A point is worth one yuan in goods, never in cash.",
                        max_length=200,
                        verbose_name="what points buy",
                    ),
                ),
                (
                    "goods_en",
                    models.CharField(blank=True, max_length=300, verbose_name="what points buy, in English"),
                ),
                ("invented", models.BooleanField(default=False, verbose_name="invented for the demo")),
                (
                    "town",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.town",
                        verbose_name="town",
                    ),
                ),
            ],
            options={
                "verbose_name": "warm-heart supermarket",
                "verbose_name_plural": "warm-heart supermarkets",
                "ordering": ["town__position", "id"],
            },
        ),
    ]
