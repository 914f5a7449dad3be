"""An editor's work, through the admin as it is."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pixels
from wagtail.images.models import Image
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.models import HomePage, StoryIndexPage, StoryPage
from marketplace.access.models import Role
from tests.makers import a_household, signed_in

from .test_first_pages import ZH, a_story, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return signed_in(Role.EDITOR)


def story_form(**facts: Any) -> dict[str, Any]:
    body = streamfield([("text", rich_text("<p>正文</p>"))])
    form = {"title": "一筐鸡蛋", "slug": "jidan", "date": "2026-04-18", "intro": "早上收的。", "body": body}
    return nested_form_data(
        {**form, "image": "", "product": "", "household": "", "comments": comments(), **facts}
    )


def comments() -> dict[str, Any]:
    return {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": ""}


def add_story(client: Client, **facts: Any) -> Any:
    index = StoryIndexPage.objects.get(locale__language_code="zh-hans")
    address = reverse("wagtailadmin_pages:add", args=["cms", "storypage", index.pk])
    return client.post(address, story_form(**facts))


def test_an_editor_writes_a_story_and_publishes_it(editor: Client, client: Client) -> None:
    assert add_story(editor, **{"action-publish": "1"}).status_code == 302
    assert "早上收的" in text(client, "/stories/jidan/", ZH)
    assert "一筐鸡蛋" in text(client, "/", ZH)


def test_a_draft_is_seen_by_nobody(editor: Client, client: Client) -> None:
    assert add_story(editor).status_code == 302
    assert client.get("/stories/jidan/", headers=ZH).status_code == 404


def test_an_editor_rearranges_the_home_page(editor: Client, client: Client) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    before = text(client, "/", ZH)
    assert before.index("按种类找") < before.index("今年以来")
    blocks = [("figures", {"heading": "今年以来"}), ("categories", {"heading": "按种类找"})]
    form = {"title": home.title, "slug": home.slug, "body": streamfield(blocks), "comments": comments()}
    response = editor.post(
        reverse("wagtailadmin_pages:edit", args=[home.pk]), nested_form_data({**form, "action-publish": "1"})
    )
    assert response.status_code == 302
    after = text(client, "/", ZH)
    assert after.index("今年以来") < after.index("按种类找")
    assert "村里的好收成" not in after


def test_the_story_of_a_household_that_has_not_agreed_cannot_be_published(
    editor: Client, client: Client
) -> None:
    silent = a_household()
    with pytest.raises(ValidationError):
        a_story(household=silent)
    draft = StoryPage(title="一筐鸡蛋", slug="jidan", intro="早上收的。", household=silent, live=False)
    StoryIndexPage.objects.get(locale__language_code="zh-hans").add_child(instance=draft)
    draft.save_revision()
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    form = story_form(household=str(silent.pk), **{"action-publish": "1"})
    assert editor.post(edit, form).status_code in (200, 302)
    assert not StoryPage.objects.get(pk=draft.pk).live
    assert client.get("/stories/jidan/", headers=ZH).status_code == 404


def test_publishing_many_at_once_leaves_out_who_has_not_agreed(editor: Client) -> None:
    draft = StoryPage(title="一筐鸡蛋", slug="jidan", intro="早", household=a_household(), live=False)
    StoryIndexPage.objects.get(locale__language_code="zh-hans").add_child(instance=draft)
    draft.save_revision()
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    editor.post(f"{address}?id={draft.pk}&next=/admin/")
    assert not StoryPage.objects.get(pk=draft.pk).live


def test_a_story_is_gone_as_soon_as_consent_is_taken_back(client: Client) -> None:
    household = a_household(consent_on="2026-01-01")
    a_story(household=household)
    assert client.get("/stories/baicai/", headers=ZH).status_code == 200
    assert "白菜进了食堂" in text(client, "/", ZH)
    household.consent_on = None
    household.save()
    assert client.get("/stories/baicai/", headers=ZH).status_code == 404
    for path in ("/", "/stories/"):
        assert "白菜进了食堂" not in text(client, path, ZH)


def test_an_address_that_is_no_address_is_refused(editor: Client) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    for address in ("javascript:alert(1)", "//elsewhere.example", "shop"):
        call = {"heading": "来", "text": "", "link": {"text": "去", "address": address}}
        form = {
            "title": "题",
            "slug": home.slug,
            "body": streamfield([("call", call)]),
            "comments": comments(),
        }
        response = editor.post(
            reverse("wagtailadmin_pages:edit", args=[home.pk]),
            nested_form_data({**form, "action-publish": "1"}),
        )
        assert response.status_code == 200, address
        assert "javascript" not in str(HomePage.objects.get(pk=home.pk).body.raw_data)


def test_an_uploaded_picture_keeps_no_place_and_no_device(editor: Client) -> None:
    photo, exif = Pixels.new("RGB", (4000, 300), "green"), Pixels.Exif()
    exif[0x010F] = "A phone"
    exif.get_ifd(0x8825)[1] = "N"
    target = io.BytesIO()
    photo.save(target, "JPEG", exif=exif)
    upload = SimpleUploadedFile("field.jpg", target.getvalue(), "image/jpeg")
    assert editor.post(reverse("wagtailimages:add"), {"title": "田", "file": upload}).status_code == 302
    image = Image.objects.get()
    with Pixels.open(image.file) as kept:
        assert not kept.getexif()
        assert max(kept.size) == 2560
    assert (image.width, image.height) == kept.size


def test_a_text_that_calls_itself_a_picture_is_refused(editor: Client) -> None:
    upload = SimpleUploadedFile("field.jpg", b"not a picture", "image/jpeg")
    assert editor.post(reverse("wagtailimages:add"), {"title": "田", "file": upload}).status_code == 200
    assert not Image.objects.exists()


def test_an_editor_sees_the_page_beside_the_form_and_nobody_else_may_frame_it(
    editor: Client, client: Client
) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    preview = editor.get(reverse("wagtailadmin_pages:view_draft", args=[home.pk]))
    assert "村里的好收成" in preview.content.decode()
    assert "frame-ancestors 'self'" in preview.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]
