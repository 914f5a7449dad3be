"""Both languages, and a home page with its stories, notices and help in each, in place of Wagtail's welcome."""

from __future__ import annotations

import uuid

from django.db import migrations
from django.db.models import Max
from django.utils import timezone
from treebeard.mp_tree import MP_Node
from treebeard.numconv import NumConv

from cms.start import HOME_SLUGS, INTROS, LANGUAGES, TITLES, home_body

INDEXES = (("stories", "StoryIndexPage"), ("notices", "NoticeIndexPage"), ("help", "HelpIndexPage"))
STEP = 4


def load(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    locales = {code: Locale._base_manager.get_or_create(language_code=code)[0] for code in LANGUAGES}
    welcome = Page._base_manager.filter(content_type__model="page", depth=2, slug="home").first()
    keys = {slug: uuid.uuid4() for slug in TITLES}
    root = Page._base_manager.get(depth=1)
    last = Page._base_manager.filter(depth=2).aggregate(last=Max("path"))["last"] or root.path + "0000"
    homes = {}
    for language in LANGUAGES:
        last = _after(last)
        slug = HOME_SLUGS[language]
        homes[language] = _page(
            apps,
            "HomePage",
            title=TITLES["home"][language],
            slug=slug,
            path=last,
            url_path=f"/{slug}/",
            numchild=len(INDEXES),
            locale=locales[language],
            translation_key=keys["home"],
            body=home_body(language),
        )
        for place, (child, kind) in enumerate(INDEXES, start=1):
            _page(
                apps,
                kind,
                title=TITLES[child][language],
                slug=child,
                path=f"{last}{place:04d}",
                url_path=f"/{slug}/{child}/",
                numchild=0,
                locale=locales[language],
                translation_key=keys[child],
                intro=INTROS[child][language],
            )
    home = homes[LANGUAGES[0]]
    site, new = Site._base_manager.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page_id": home.pk}
    )
    if not new:
        site.root_page_id = home.pk
        site.save()
    if welcome is not None:
        welcome.delete()
    _count_children(root)


def unload(apps, schema_editor):
    """Back to Wagtail's own welcome; pages written since go with the tables they are kept in."""
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    ContentType = apps.get_model("contenttypes", "ContentType")
    root = Page._base_manager.get(depth=1)
    last = Page._base_manager.filter(depth=2).aggregate(last=Max("path"))["last"] or root.path + "0000"
    welcome = Page._base_manager.create(
        title="Welcome to your new Wagtail site!",
        draft_title="Welcome to your new Wagtail site!",
        slug="home",
        path=_after(last),
        depth=2,
        numchild=0,
        url_path="/home/",
        content_type=ContentType._base_manager.get(app_label="wagtailcore", model="page"),
        locale=Locale._base_manager.get(language_code=LANGUAGES[0]),
    )
    ours = Page._base_manager.filter(content_type__app_label="cms")
    Site._base_manager.filter(root_page__in=ours).update(root_page=welcome)
    for page in ours.order_by("-depth"):
        page.delete()
    _count_children(root)


def _page(apps, kind, *, title, path, **facts):
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType._base_manager.get_or_create(app_label="cms", model=kind.lower())
    now = timezone.now()
    return apps.get_model("cms", kind)._base_manager.create(
        title=title,
        draft_title=title,
        path=path,
        depth=len(path) // STEP,
        content_type=content_type,
        live=True,
        first_published_at=now,
        last_published_at=now,
        **facts,
    )


def _after(path):
    """The next path beside `path`, counted as treebeard counts."""
    digits = NumConv(MP_Node.alphabet)
    return f"{path[:-STEP]}{digits.int2str(digits.str2int(path[-STEP:]) + 1):0>{STEP}}"


def _count_children(root):
    root.numchild = type(root)._base_manager.filter(depth=2).count()
    root.save(update_fields=["numchild"])


class Migration(migrations.Migration):
    dependencies = [("cms", "0001_initial"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [migrations.RunPython(load, unload)]
