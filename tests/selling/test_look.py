"""Goods are looked over before they are sent, their photo waits in the draft, and afterwards it is told what comes next."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from farmers.registry.models import Household
from farmers.selling.models import LotDraft
from farmers.selling.views import seller_key
from farmers.stock.models import Lot, StockMovement
from marketplace.access.models import Role, User
from marketplace.pictures import photo as our_photo
from tests.makers import a_household, a_lot, a_person, an_officer, at_once, signed_in

from .test_listing import GOODS, NEW, SAVE, a_photo, goods, script

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    return tmp_path


@pytest.fixture
def seller() -> User:
    user = a_person(Role.SELLER)
    a_household(user=user)
    return user


@pytest.fixture
def client(seller: User) -> Client:
    return signed_in(seller)


def pictures(files: Path) -> list[str]:
    return sorted(path.parent.name for path in files.rglob("*.jpg"))


def looked_at(client: Client, **cells: Any) -> str:
    """The address of the look-over, without script."""
    answer = client.post(NEW, goods(look="1", **cells))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


# --- looked over --------------------------------------------------------------------------------


def test_it_is_told_back_in_the_shops_words_and_nothing_is_listed_yet(client: Client) -> None:
    page = client.get(looked_at(client, amount="半吨", price="1块2", note="自家吃的"))
    body = page.content.decode()
    for words in ("1,000 斤", "¥1.20 / 斤", "¥1,200.00", "自家吃的"):
        assert words in body, words
    assert not Lot.objects.exists()
    told = script(client, goods(look="1", amount="半吨", price="1块2"))
    assert told.json()["look"]["sum"] == "¥1,200.00"
    assert not Lot.objects.exists()


def test_what_is_wrong_is_said_before_it_is_looked_over(client: Client) -> None:
    assert client.post(NEW, goods(look="1", amount="一些")).status_code == 422
    told = script(client, goods(look="1", amount="一些"))
    assert (told.status_code, list(told.json()["errors"])) == (422, ["amount"])
    assert LotDraft.objects.count() == 1  # of the page without script


@pytest.mark.parametrize(
    ("price", "doubted"), [("1.2", False), ("120", True), ("0.01", True), ("2.4元/公斤", False)]
)
def test_a_price_far_from_the_usual_is_asked_about(client: Client, price: str, doubted: bool) -> None:
    assert bool(script(client, goods(look="1", price=price)).json()["look"]["doubt"]) is doubted


def test_sent_from_the_look_over_it_is_one_lot_however_often(client: Client, files: Path) -> None:
    address = looked_at(client, photo=a_photo())
    assert pictures(files) == ["drafts"]
    first, second = client.post(address), client.post(address)
    lot = Lot.objects.get()
    assert first["Location"] == second["Location"] == client.get(address)["Location"]
    assert first["Location"] == reverse("selling:sent", args=[lot.pk])
    assert lot.photos.count() == 1
    assert not LotDraft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sent_many_times_at_once_from_the_look_over_it_is_one_lot_with_one_photo(files: Path) -> None:
    seller = a_person(Role.SELLER)
    a_household(user=seller)
    address = looked_at(signed_in(seller), photo=a_photo())
    clients = [signed_in(seller) for _ in range(5)]
    came = at_once([lambda client=client: client.post(address).status_code for client in clients])
    assert set(came) == {302}
    assert Lot.objects.count() == StockMovement.objects.count() == 1
    assert Lot.objects.get().photos.count() == 1
    assert "drafts" not in pictures(files)


def test_anothers_draft_is_neither_looked_at_nor_sent(client: Client) -> None:
    address = looked_at(client, photo=a_photo())
    other = a_person(Role.SELLER)
    a_household(user=other)
    stranger = signed_in(other)
    assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    assert stranger.get(f"{address}photo.jpg").status_code == 404
    client.post(address)
    assert stranger.get(address).status_code == 404
    assert stranger.get(reverse("selling:sent", args=[Lot.objects.get().pk])).status_code == 404


def test_a_draft_that_is_not_whole_leads_back_to_the_page(client: Client, seller: User) -> None:
    key = uuid.uuid4()
    client.post(SAVE, {"seller": seller_key(seller), "key": str(key), "product": "tudou", "revision": "1"})
    address = reverse("selling:look", args=[key])
    assert client.get(address)["Location"] == client.post(address)["Location"] == NEW
    assert not Lot.objects.exists()


# --- afterwards ---------------------------------------------------------------------------------


def test_it_is_told_what_happens_next(client: Client, seller: User) -> None:
    answer = script(client, goods())
    lot = Lot.objects.get()
    assert answer.json()["url"] == reverse("selling:sent", args=[lot.pk])
    page = client.get(answer.json()["url"])
    assert page.context["looks"] is False
    an_officer(lot.village)
    assert client.get(answer.json()["url"]).context["looks"] is True


@pytest.mark.parametrize("state", Lot.State.values)
def test_wherever_the_lot_stands_the_page_opens(client: Client, seller: User, state: str) -> None:
    lot = a_lot(household=seller.household)  # type: ignore[attr-defined]
    Lot.objects.filter(pk=lot.pk).update(state=state)
    assert client.get(reverse("selling:sent", args=[lot.pk])).status_code == 200


# --- the draft's photo --------------------------------------------------------------------------


def save(client: Client, seller: User, key: object, revision: int, **cells: Any) -> Any:
    return client.post(
        SAVE, {"seller": seller_key(seller), "key": str(key), "revision": revision, **GOODS, **cells}
    )


def test_who_changes_the_phone_keeps_the_photo(
    client: Client, seller: User, files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    key = uuid.uuid4()
    assert save(client, seller, key, 1, photo=a_photo()).json() == {"kept": True}
    save(client, seller, key, 2, amount="90")
    other_phone = signed_in(seller)
    address = reverse("selling:draft_photo", args=[key])
    assert address in other_phone.get(NEW).content.decode()
    answer = other_phone.get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    with django_capture_on_commit_callbacks(execute=True):
        assert script(other_phone, goods(key=str(key))).status_code == 201
    assert Lot.objects.get().photos.count() == 1
    assert "drafts" not in pictures(files)


def test_of_two_photos_the_later_stays_and_no_file_is_left_behind(
    client: Client, seller: User, files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    key = uuid.uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        save(client, seller, key, 5, photo=a_photo())
    first = LotDraft.objects.get().photo.name
    with django_capture_on_commit_callbacks(execute=True):
        save(client, seller, key, 6, photo=a_photo())
        save(client, seller, key, 4, photo=a_photo())  # overtaken
    assert LotDraft.objects.get().photo.name != first
    assert pictures(files) == ["drafts"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("selling:throw_away"), {"key": str(key)})
    assert pictures(files) == []


@pytest.mark.parametrize("bad", [b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_photo_is_not_kept_and_what_was_typed_is(
    client: Client, seller: User, files: Path, bad: bytes
) -> None:
    key, file = uuid.uuid4(), SimpleUploadedFile("a.jpg", bad, "image/jpeg")
    told = save(client, seller, key, 1, photo=file)
    assert (told.status_code, list(told.json()["errors"])) == (422, ["photo"])
    file.seek(0)
    assert client.post(NEW, goods(key=str(key), look="1", amount="一些", photo=file)).status_code == 422
    assert LotDraft.objects.get().cells["amount"] == "一些"
    assert pictures(files) == []


def test_a_form_that_is_not_right_yet_keeps_its_photo(client: Client, files: Path) -> None:
    page = client.post(NEW, goods(amount="一些", photo=a_photo()))
    assert page.status_code == 422
    assert pictures(files) == ["drafts"]
    assert "photo.jpg" in page.content.decode()


def test_forgotten_with_its_draft(
    client: Client, seller: User, files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    save(client, seller, uuid.uuid4(), 1, photo=a_photo())
    LotDraft.objects.update(updated_at=timezone.now() - dt.timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("forget_old")
    assert pictures(files) == []


def test_a_photo_that_got_lost_does_not_hold_up_the_goods(client: Client, seller: User) -> None:
    key = uuid.uuid4()
    save(client, seller, key, 1, photo=a_photo())
    draft = LotDraft.objects.get()
    draft.photo.storage.delete(str(draft.photo.name))
    assert client.get(reverse("selling:draft_photo", args=[key])).status_code == 404
    assert client.post(reverse("selling:look", args=[key])).status_code == 302
    assert Lot.objects.get().photos.count() == 0


# --- taken away ---------------------------------------------------------------------------------


def test_a_photo_is_taken_away_and_all_that_was_typed_stays(
    client: Client, files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    key = str(uuid.uuid4())
    address = looked_at(client, key=key, photo=a_photo())
    assert "photo.jpg" in client.get(address).content.decode()
    assert 'name="no_photo"' in client.get(NEW).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert looked_at(client, key=key, amount="90", no_photo="1") == address
    draft = LotDraft.objects.get()
    assert (draft.photo.name, draft.cells["amount"], pictures(files)) == ("", "90", [])
    assert "photo.jpg" not in client.get(address).content.decode()
    client.post(address)
    assert Lot.objects.get().photos.count() == 0


def test_taken_away_without_a_network_it_is_not_sent_with_the_goods(client: Client, seller: User) -> None:
    key = uuid.uuid4()
    save(client, seller, key, 1, photo=a_photo())
    assert script(client, goods(key=str(key), no_photo="1")).status_code == 201
    assert Lot.objects.get().photos.count() == 0


def test_taken_away_by_an_overtaken_save_it_stays(client: Client, seller: User) -> None:
    key = uuid.uuid4()
    save(client, seller, key, 5, photo=a_photo())
    save(client, seller, key, 4, no_photo="1")
    assert LotDraft.objects.get().photo
    save(client, seller, key, 6, no_photo="1", photo=a_photo())
    assert LotDraft.objects.get().photo, "another that was taken counts"
    save(client, seller, key, 7, no_photo="1")
    assert not LotDraft.objects.get().photo


def test_taken_away_in_a_form_that_is_not_right_yet(client: Client, seller: User) -> None:
    key = uuid.uuid4()
    save(client, seller, key, 1, photo=a_photo())
    page = client.post(NEW, goods(key=str(key), revision="2", amount="一些", no_photo="1"))
    assert page.status_code == 422
    assert not LotDraft.objects.get().photo


# --- a save that comes in late --------------------------------------------------------------------


def test_a_save_that_comes_in_late_does_not_bring_back_what_was_sent(
    client: Client, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its photo is looked at, the goods are sent: else new goods would carry the key of those."""
    key = uuid.uuid4()

    def slow(photo: Any) -> Any:
        monkeypatch.undo()
        assert script(client, goods(key=str(key))).status_code == 201
        return our_photo(photo)

    monkeypatch.setattr("farmers.selling.send.our_photo", slow)
    assert save(client, seller, key, 1, photo=a_photo()).json() == {"kept": False}
    assert not LotDraft.objects.exists()


def test_a_draft_of_goods_that_were_sent_is_not_offered_again(client: Client, seller: User) -> None:
    key = uuid.uuid4()
    script(client, goods(key=str(key)))
    household = Household.objects.get(user=seller)
    LotDraft.objects.create(key=key, household=household, by=seller, cells={"amount": "7"})
    assert client.get(NEW).context["key"] != key
    assert not LotDraft.objects.exists()
