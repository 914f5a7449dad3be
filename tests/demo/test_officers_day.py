"""What the officer of the demo finds in the morning: photos, people's word, a workbook half mended, money in hand."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from farmers.registry.models import Household
from farmers.stock.check import to_check
from farmers.stock.models import Lot, LotCheck
from farmers.workbooks.models import WorkbookUpload
from marketplace.access.models import User
from marketplace.demo.pictures import picture
from shop.orders.models import Complaint
from shop.payments import door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def officer() -> User:
    return User.objects.get(username="officer")


def test_goods_wait_to_be_looked_at_and_some_were_sent_back(officer: User) -> None:
    waiting = to_check(officer)
    assert waiting.count() >= 4
    # whoever listed is of that household, and not somebody else's account
    assert not [
        lot for lot in waiting.select_related("household") if lot.listed_by_id != lot.household.user_id
    ]
    back = Lot.objects.visible_to(officer).get(state="sent_back")
    assert back.checks.get().why and back.photos.exists()


def test_some_lots_have_photos_and_some_do_not(officer: User, client: Client) -> None:
    lots = Lot.objects.visible_to(officer)
    assert lots.exclude(cover="").count() >= 8
    assert to_check(officer).filter(cover="").exists()
    for lot in lots.exclude(cover=""):
        photo = lot.photos.get()
        assert default_storage.exists(photo.image.name) and default_storage.exists(lot.cover)
        assert (photo.width, photo.height) == (800, 600)
    client.force_login(officer)
    assert "/media/" in client.get("/officer/checks/").content.decode()


def test_a_picture_is_the_same_every_time() -> None:
    assert picture("tudou", 1) == picture("tudou", 1) != picture("tudou", 2)


def test_lots_were_listed_for_households_with_their_consent(officer: User) -> None:
    listed = Lot.objects.filter(listed_by=officer)
    assert listed.count() >= 3 and not listed.filter(consent="").exists()
    assert set(LotCheck.objects.filter(lot__in=listed).values_list("by", "stock_seen")) == {
        (officer.pk, True)
    }
    assert set(listed.values_list("household", flat=True)) <= set(
        Household.objects.visible_to(officer).values_list("pk", flat=True)
    )


def test_a_workbook_is_half_mended(officer: User, client: Client) -> None:
    upload = WorkbookUpload.objects.get(by=officer)
    assert upload.state == "open" and upload.mended.count() == 1
    assert upload.numbers["add"] >= 4 and upload.numbers["refused"] >= 2
    client.force_login(officer)
    page = client.get(upload.get_absolute_url())
    assert page.status_code == 200 and "若干" in page.content.decode()


def test_money_is_in_hand_and_some_is_still_to_be_collected(officer: User) -> None:
    assert [row.officer for row in door.by_officer()] == [officer.pk]
    assert door.to_collect(officer).exists()


def test_a_complaint_waits_for_the_city(officer: User) -> None:
    mine = Complaint.objects.filter(state="open", by__username="citizen")
    assert Complaint.objects.visible_to(officer, False).filter(pk__in=mine).exists()
