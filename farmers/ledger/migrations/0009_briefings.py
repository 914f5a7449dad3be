import django.db.models.deletion
from django.db import migrations, models

from farmers.ledger import guards


def begin(apps, schema_editor):
    """A row for each language, so that editors only write."""
    words = apps.get_model("ledger", "BriefingWords")
    words.objects.bulk_create([words(language=language) for language in ("zh-hans", "en")])


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_accounts_by_kind"),
        ("registry", "0006_erasure_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("told", models.JSONField()),
                ("entries", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BriefingWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Chinese"), ("en", "English")],
                        default="zh-hans",
                        max_length=8,
                        unique=True,
                        verbose_name="language",
                    ),
                ),
                ("sold", models.TextField(blank=True, max_length=600, verbose_name="the whole paragraph")),
                (
                    "nothing",
                    models.TextField(
                        blank=True, max_length=600, verbose_name="the paragraph when nothing was sold"
                    ),
                ),
                ("produce", models.TextField(blank=True, max_length=600, verbose_name="produce by weight")),
                ("saplings", models.TextField(blank=True, max_length=600, verbose_name="saplings")),
                (
                    "others",
                    models.TextField(
                        blank=True, max_length=600, verbose_name="other goods, also those not told apart"
                    ),
                ),
                ("canteen", models.TextField(blank=True, max_length=600, verbose_name="through canteens")),
                (
                    "online",
                    models.TextField(blank=True, max_length=600, verbose_name="through the online shop"),
                ),
                (
                    "green",
                    models.TextField(blank=True, max_length=600, verbose_name="through the green channel"),
                ),
                (
                    "up",
                    models.TextField(
                        blank=True, max_length=600, verbose_name="more saplings than the year before"
                    ),
                ),
                (
                    "down",
                    models.TextField(
                        blank=True, max_length=600, verbose_name="fewer saplings than the year before"
                    ),
                ),
                (
                    "level",
                    models.TextField(
                        blank=True, max_length=600, verbose_name="as many saplings as the year before"
                    ),
                ),
                (
                    "manifold",
                    models.TextField(
                        blank=True,
                        max_length=600,
                        verbose_name="saplings many times those of the year before, without a percentage",
                    ),
                ),
                (
                    "first",
                    models.TextField(
                        blank=True,
                        max_length=600,
                        verbose_name="saplings where there were none the year before",
                    ),
                ),
                (
                    "none",
                    models.TextField(
                        blank=True,
                        max_length=600,
                        verbose_name="no saplings where there were some the year before",
                    ),
                ),
            ],
            options={
                "verbose_name": "wording of briefings",
                "verbose_name_plural": "wording of briefings",
                "ordering": ["-language"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["zh-hans", "en"])), name="wording_language_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Briefing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("once", models.UUIDField(unique=True)),
                ("start", models.DateField(verbose_name="from")),
                ("end", models.DateField(verbose_name="to")),
                ("figures", models.JSONField(verbose_name="figures")),
                ("chinese", models.JSONField(verbose_name="text in Chinese")),
                ("english", models.JSONField(verbose_name="text in English")),
                ("public_chinese", models.JSONField(null=True)),
                ("public_english", models.JSONField(null=True)),
                ("block_hash", models.CharField(max_length=64, verbose_name="hash of the block")),
                ("is_public", models.BooleanField(verbose_name="for everybody")),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                ("by", models.CharField(max_length=150, verbose_name="published by")),
                ("digest", models.CharField(max_length=64)),
                (
                    "block",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.block",
                        verbose_name="newest block",
                    ),
                ),
                (
                    "town",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.town",
                        verbose_name="town",
                    ),
                ),
            ],
            options={
                "verbose_name": "briefing",
                "verbose_name_plural": "briefings",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_public", True)), fields=["-id"], name="briefing_for_everybody"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gte", models.F("start"))), name="briefing_ends_after_start"
                    )
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(guards.install_briefings, guards.remove_briefings),
    ]
