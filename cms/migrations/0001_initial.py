import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

import marketplace.days
import marketplace.personal
from marketplace.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("registry", "0001_initial"),
        ("stock", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="ConsentTask",
                fields=[
                    (
                        "task_ptr",
                        models.OneToOneField(
                            auto_created=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            parent_link=True,
                            primary_key=True,
                            serialize=False,
                            to="wagtailcore.task",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "check of consent",
                    "verbose_name_plural": "checks of consent",
                },
                bases=("wagtailcore.task",),
            ),
            migrations.CreateModel(
                name="StoryApproval",
                fields=[
                    (
                        "task_ptr",
                        models.OneToOneField(
                            auto_created=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            parent_link=True,
                            primary_key=True,
                            serialize=False,
                            to="wagtailcore.task",
                        ),
                    ),
                    (
                        "groups",
                        models.ManyToManyField(
                            help_text="Pages/snippets at this step in a workflow will be moderated or approved by these groups of users",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "approval of a story",
                    "verbose_name_plural": "approvals of stories",
                },
                bases=("wagtailcore.task",),
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
                    (
                        "at",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at"),
                    ),
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
                            condition=models.Q(
                                ("subject__in", ["order", "goods", "selling", "site", "other"])
                            ),
                            name="letter_subject_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="SavedQuestion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="kept by",
                        ),
                    ),
                    ("name", models.CharField(max_length=60, verbose_name="name")),
                    ("asked", models.JSONField(verbose_name="question")),
                    ("shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                ],
                options={
                    "verbose_name": "saved question",
                    "verbose_name_plural": "saved questions",
                    "ordering": ["name", "pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("owner", "name"), name="saved_question_name_once")
                    ],
                },
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
                    (
                        "town",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.town",
                            verbose_name="town",
                        ),
                    ),
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
                        models.CharField(
                            blank=True, max_length=300, verbose_name="what points buy, in English"
                        ),
                    ),
                    ("invented", models.BooleanField(default=False, verbose_name="invented for the demo")),
                ],
                options={
                    "verbose_name": "warm-heart supermarket",
                    "verbose_name_plural": "warm-heart supermarkets",
                    "ordering": ["town__position", "id"],
                },
            ),
            migrations.CreateModel(
                name="HomePage",
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
                                    [
                                        [
                                            ("heading", 0),
                                            ("text", 1),
                                            ("link", 4),
                                            ("image", 5),
                                            ("drawing", 6),
                                        ]
                                    ],
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
                    "verbose_name": "home page",
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
                                    [
                                        [
                                            ("heading", 0),
                                            ("text", 1),
                                            ("link", 4),
                                            ("image", 5),
                                            ("drawing", 6),
                                        ]
                                    ],
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
                name="StoryIndexPage",
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
                    "verbose_name": "list of stories",
                },
                bases=("wagtailcore.page",),
            ),
            migrations.CreateModel(
                name="StoryPage",
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
                    ("date", models.DateField(default=marketplace.days.today, verbose_name="date")),
                    ("intro", models.CharField(max_length=300, verbose_name="introduction")),
                    (
                        "body",
                        wagtail.fields.StreamField(
                            [("text", 0), ("picture", 3), ("quote", 6)],
                            blank=True,
                            block_lookup={
                                0: (
                                    "wagtail.blocks.RichTextBlock",
                                    (),
                                    {
                                        "features": ["h3", "bold", "ol", "ul", "link", "document-link"],
                                        "label": "text",
                                        "template": "cms/blocks/text.html",
                                    },
                                ),
                                1: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "picture"}),
                                2: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {"label": "caption", "max_length": 120, "required": False},
                                ),
                                3: ("wagtail.blocks.StructBlock", [[("image", 1), ("caption", 2)]], {}),
                                4: (
                                    "wagtail.blocks.TextBlock",
                                    (),
                                    {"label": "words", "max_length": 300, "rows": 2},
                                ),
                                5: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {
                                        "help_text": "Never a full name without consent.",
                                        "label": "who says so",
                                        "max_length": 60,
                                        "required": False,
                                    },
                                ),
                                6: ("wagtail.blocks.StructBlock", [[("words", 4), ("speaker", 5)]], {}),
                            },
                            verbose_name="body",
                        ),
                    ),
                    (
                        "image",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="wagtailimages.image",
                            verbose_name="picture",
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            blank=True,
                            help_text="Its drawing is shown when there is no picture, and the story leads to its lots.",
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="stock.product",
                            verbose_name="product",
                        ),
                    ),
                    (
                        "household",
                        models.ForeignKey(
                            blank=True,
                            help_text="Only with its consent can the story be published.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="registry.household",
                            verbose_name="household",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "story",
                    "verbose_name_plural": "stories",
                },
                bases=("wagtailcore.page",),
            ),
            migrations.CreateModel(
                name="NoticeIndexPage",
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
                    "verbose_name": "list of notices",
                },
                bases=("wagtailcore.page",),
            ),
            migrations.CreateModel(
                name="NoticePage",
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
                    ("date", models.DateField(default=marketplace.days.today, verbose_name="date")),
                    ("office", models.CharField(max_length=80, verbose_name="issuing office")),
                    ("number", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                    ("body", wagtail.fields.RichTextField(verbose_name="body")),
                    (
                        "document",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="wagtaildocs.document",
                            verbose_name="attached document",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "notice",
                    "verbose_name_plural": "notices",
                },
                bases=("wagtailcore.page",),
            ),
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
                name="SiteInfo",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "site",
                        models.OneToOneField(
                            editable=False, on_delete=django.db.models.deletion.CASCADE, to="wagtailcore.site"
                        ),
                    ),
                    ("hotline", models.CharField(blank=True, max_length=40, verbose_name="hotline")),
                    ("address", models.CharField(blank=True, max_length=120, verbose_name="address")),
                    (
                        "icp_number",
                        models.CharField(blank=True, max_length=60, verbose_name="ICP filing number"),
                    ),
                    (
                        "menu",
                        wagtail.fields.StreamField(
                            [("link", 3)],
                            blank=True,
                            block_lookup={
                                0: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {"label": "words in Chinese", "max_length": 12},
                                ),
                                1: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {"label": "words in English", "max_length": 24},
                                ),
                                2: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {
                                        "help_text": "Such as /shop/.",
                                        "label": "address",
                                        "max_length": 300,
                                        "validators": [
                                            django.core.validators.RegexValidator(
                                                "^(/(?!/)|https://)\\S*$",
                                                "Begin with / for a page of this site, or with https://.",
                                            )
                                        ],
                                    },
                                ),
                                3: (
                                    "wagtail.blocks.StructBlock",
                                    [[("name", 0), ("name_en", 1), ("address", 2)]],
                                    {},
                                ),
                            },
                            help_text="At the top of every page. Left empty, it leads to shop, ledger and stories.",
                            verbose_name="menu",
                        ),
                    ),
                    (
                        "foot",
                        wagtail.fields.StreamField(
                            [("link", 3)],
                            blank=True,
                            block_lookup={
                                0: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {"label": "words in Chinese", "max_length": 12},
                                ),
                                1: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {"label": "words in English", "max_length": 24},
                                ),
                                2: (
                                    "wagtail.blocks.CharBlock",
                                    (),
                                    {
                                        "help_text": "Such as /shop/.",
                                        "label": "address",
                                        "max_length": 300,
                                        "validators": [
                                            django.core.validators.RegexValidator(
                                                "^(/(?!/)|https://)\\S*$",
                                                "Begin with / for a page of this site, or with https://.",
                                            )
                                        ],
                                    },
                                ),
                                3: (
                                    "wagtail.blocks.StructBlock",
                                    [[("name", 0), ("name_en", 1), ("address", 2)]],
                                    {},
                                ),
                            },
                            help_text="Left empty, it leads to all that the site has.",
                            verbose_name="links at the foot",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "site details",
                },
            ),
        )
    ]
