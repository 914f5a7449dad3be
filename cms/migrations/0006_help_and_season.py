"""A help page in each language, and the season calendar on a home page that nobody has edited yet."""

from __future__ import annotations

import uuid
from importlib import import_module

from django.db import migrations
from django.db.models import Max

from cms.start import HELP_INTROS, HELP_TITLES, SEASON

first = import_module("cms.migrations.0002_start_pages")


def load(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    key = uuid.uuid4()
    for home in apps.get_model("cms", "HomePage")._base_manager.select_related("locale"):
        language = home.locale.language_code
        children = Page._base_manager.filter(path__startswith=home.path, depth=home.depth + 1)
        if language not in HELP_TITLES or children.filter(slug="help").exists():
            continue
        last = children.aggregate(last=Max("path"))["last"] or f"{home.path}0000"
        first._page(
            apps,
            "HelpIndexPage",
            title=HELP_TITLES[language],
            slug="help",
            path=first._after(last),
            url_path=f"{home.url_path}help/",
            numchild=0,
            locale=home.locale,
            translation_key=key,
            intro=HELP_INTROS[language],
        )
        home.numchild = children.count()
        if home.latest_revision_id is None:
            _show_season(home, SEASON[language])
        home.save()


def _show_season(home, season):
    """Before the row of saplings, or last."""
    blocks = [(block.block_type, block.value) for block in home.body]
    places = [
        place
        for place, (kind, value) in enumerate(blocks)
        if kind == "featured" and value["rule"] == "saplings"
    ]
    blocks.insert(places[0] if places else len(blocks), ("season", season))
    home.body = blocks


def unload(apps, schema_editor):
    """The help pages go with their tables; their places in the tree go here."""
    Page = apps.get_model("wagtailcore", "Page")
    for kind in ("HelpPage", "HelpIndexPage", "LandingPage"):
        for page in apps.get_model("cms", kind)._base_manager.all():
            parent = page.path[: -first.STEP]
            page.delete()
            for above in Page._base_manager.filter(path=parent):
                above.numchild = Page._base_manager.filter(
                    path__startswith=parent, depth=above.depth + 1
                ).count()
                above.save(update_fields=["numchild"])


class Migration(migrations.Migration):
    dependencies = [("cms", "0005_landing_help_and_letters")]

    operations = [migrations.RunPython(load, unload)]
