"""The menu and the links at the foot are written by editors."""

import django.core.validators
import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0002_start_pages"),
    ]

    operations = [
        migrations.AddField(
            model_name="siteinfo",
            name="foot",
            field=wagtail.fields.StreamField(
                [("link", 3)],
                blank=True,
                block_lookup={
                    0: ("wagtail.blocks.CharBlock", (), {"label": "words in Chinese", "max_length": 12}),
                    1: ("wagtail.blocks.CharBlock", (), {"label": "words in English", "max_length": 24}),
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
                    3: ("wagtail.blocks.StructBlock", [[("name", 0), ("name_en", 1), ("address", 2)]], {}),
                },
                help_text="Left empty, it leads to all that the site has.",
                verbose_name="links at the foot",
            ),
        ),
        migrations.AddField(
            model_name="siteinfo",
            name="menu",
            field=wagtail.fields.StreamField(
                [("link", 3)],
                blank=True,
                block_lookup={
                    0: ("wagtail.blocks.CharBlock", (), {"label": "words in Chinese", "max_length": 12}),
                    1: ("wagtail.blocks.CharBlock", (), {"label": "words in English", "max_length": 24}),
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
                    3: ("wagtail.blocks.StructBlock", [[("name", 0), ("name_en", 1), ("address", 2)]], {}),
                },
                help_text="At the top of every page. Left empty, it leads to shop, ledger and stories.",
                verbose_name="menu",
            ),
        ),
    ]
