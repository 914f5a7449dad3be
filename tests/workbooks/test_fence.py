"""An officer loads for the own village or town, and learns nothing of anybody else's people."""

from __future__ import annotations

from typing import Any

import pytest

from farmers.registry.models import Household, Officer, Town, Village
from farmers.stock.models import Lot
from farmers.workbooks.models import WorkbookUpload
from marketplace.access.models import Role
from marketplace.access.rules import ALLOWED, Act
from tests.makers import a_household, a_lot, a_person, an_officer, signed_in
from tests.stock.workbooks import a_table

from .helps import (
    BAD,
    FAR,
    GOOD,
    HOME,
    PHONE,
    TOWN,
    VILLAGE,
    form_of,
    load,
    mend,
    rows,
    send,
    sent,
    town_officer,
)

pytestmark = pytest.mark.django_db
SECRET_PHONE = "13700001111"


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def village(name: str = "南李村", town: str = "高蓬镇") -> Village:
    return Village.objects.create(name=name, town=Town.objects.get(name=town))


def test_an_officer_of_a_town_loads_its_rows_alone() -> None:
    client, upload = sent(town_officer(), [GOOD, FAR])
    (row,) = rows(upload, "refused")
    assert row["row"] == 3 and row["fenced"]
    assert "高蓬镇" in row["problems"][0][2] and "东亭镇" in row["problems"][0][2]
    load(client, upload)
    assert [lot.town.name for lot in Lot.objects.all()] == ["高蓬镇"]


def test_an_officer_of_a_village_loads_its_rows_alone() -> None:
    client, upload = sent(an_officer(village()), [GOOD, ["高蓬镇", "翟城村", *GOOD[2:]], FAR])
    assert [row["row"] for row in rows(upload, "add")] == [2]
    assert [row["fenced"] for row in rows(upload, "refused")] == [True, True]
    load(client, upload)
    assert {lot.village.name for lot in Lot.objects.all()} == {"南李村"}
    assert not Village.objects.filter(name="翟城村").exists()


def test_the_city_loads_every_town_s_rows() -> None:
    client, upload = sent(a_person(Role.OFFICIAL), [GOOD, FAR])
    assert upload.numbers["add"] == 2
    load(client, upload)
    assert Lot.objects.count() == 2


def test_an_officer_without_a_post_can_load_nothing() -> None:
    client = signed_in(Role.OFFICER)
    assert "form" not in client.get(HOME).content.decode().partition("<main")[2].partition("</main")[0]
    assert send(client, a_table([GOOD])).status_code == 422
    assert not WorkbookUpload.objects.exists()


def test_an_officer_whose_post_is_taken_away_meanwhile_loads_nothing() -> None:
    officer = town_officer()
    client, upload = sent(officer, [GOOD])
    Officer.objects.filter(user=officer).delete()
    load(client, upload)
    assert not Lot.objects.exists() and upload.numbers["refused"] == 1


@pytest.mark.parametrize(
    "row",
    [
        FAR,
        # without a phone the reader would otherwise ask which of two families is meant
        [*FAR[:3], "", *FAR[4:]],
        [*FAR[:5], "约5", *FAR[6:]],
    ],
)
def test_rows_of_another_town_read_the_same_whether_its_people_are_known_or_not(row: list[object]) -> None:
    officer, known = town_officer(), [row]
    _client, before = sent(officer, known)
    told = [row["problems"] for row in rows(before)], before.numbers
    before.delete()
    place = village("翟城村", "东亭镇")
    mine = a_household(place, head_name="马志强", phone=SECRET_PHONE)
    a_household(place, head_name="马志强", phone="13700002222")
    a_lot(household=mine, product="dacong")
    client, after = sent(officer, known)
    assert ([row["problems"] for row in rows(after)], after.numbers) == told
    for show in ("refused", "add", "before", "skipped"):
        page = client.get(f"{HOME}{after.uuid}/?show={show}").content.decode()
        assert SECRET_PHONE not in page and "马志强" not in page.partition("<main")[2]


def test_a_row_loaded_by_another_town_is_not_told_to_be() -> None:
    load(*sent(town_officer("东亭镇"), [FAR]))
    _client, upload = sent(town_officer(), [FAR])
    assert (upload.numbers["before"], upload.numbers["refused"]) == (0, 1)


def test_a_row_that_is_not_ours_shows_its_place_alone_and_the_slip_can_be_mended() -> None:
    client, upload = sent(town_officer(), [["东亭镇", *GOOD[1:]]])
    page = client.get(f"{HOME}{upload.uuid}/").content.decode().partition("<main")[2]
    assert "13928816302" not in page and "李国庆" not in page and 'value="东亭镇"' in page
    assert set(rows(upload)[0]["cells"]) == {str(TOWN), str(VILLAGE)}
    forged = form_of(upload, 2) | {f"cell-0-2-{PHONE}": "13900000000"}
    client.post(f"{HOME}{upload.uuid}/mend/", forged)
    mend(client, upload, 2, {TOWN: "高蓬镇"})
    (row,) = rows(upload, "add")
    assert row["household"] == "李国庆" and row["cells"][str(PHONE)] == "13928816302"


def test_a_load_changes_nobody_of_another_town() -> None:
    household = a_household(village("翟城村", "东亭镇"), head_name="马志强")
    client, upload = sent(town_officer(), [GOOD, FAR])
    load(client, upload)
    assert Household.objects.get(pk=household.pk).phone == "" and Household.objects.count() == 2


# --- who opens what -----------------------------------------------------------------------------


def addresses(upload: WorkbookUpload) -> list[tuple[str, str]]:
    pages = [("get", tail) for tail in ("", "reading/", "refused.xlsx", "loaded/")]
    acts = [("post", tail) for tail in ("mend/", "put-back/", "load/", "throw-away/")]
    return [(how, f"{HOME}{upload.uuid}/{tail}") for how, tail in [*pages, *acts]]


@pytest.mark.parametrize("role", list(Role))
def test_each_address_opens_for_its_own_person_alone(role: Role) -> None:
    _client, upload = sent(town_officer(), [GOOD, BAD])
    person = a_person(role)
    other = signed_in(an_officer(village("翟城村", "东亭镇")) if role is Role.OFFICER else person)
    allowed = role in ALLOWED[Act.LOAD_STOCK]
    assert other.get(HOME).status_code == (200 if allowed else 403)
    for how, address in addresses(upload):
        response = getattr(other, how)(address)
        assert response.status_code == (404 if allowed else 403), address
    assert WorkbookUpload.objects.count() == 1 and not Lot.objects.exists()


def test_a_stranger_is_asked_to_sign_in(client: Any) -> None:
    _client, upload = sent(town_officer(), [GOOD])
    for how, address in [("get", HOME), *addresses(upload)]:
        response = getattr(client, how)(address)
        assert response.status_code == 302 and "/accounts/login/" in response.url


def test_the_list_is_of_the_own_workbooks() -> None:
    sent(town_officer(), [GOOD])
    client, _upload = sent(town_officer("东亭镇"), [FAR])
    assert len(client.get(HOME).context["page"]) == 1
