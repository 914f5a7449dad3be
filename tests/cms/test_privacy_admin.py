"""Personal data in the admin: copies and erasures by those who keep it, and the log of looks with its own log."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from farmers.registry.models import Erasure, Household, Reveal
from farmers.registry.reveal import reveal
from marketplace.access.models import Role, Taken, User
from tests.makers import a_household, a_lot, a_person, an_officer, signed_in

pytestmark = pytest.mark.django_db
SECRETS = {"phone": "13900000001", "id_number": "130682197001011234", "bank_account": "6228480000000000001"}
ENGLISH = {"accept-language": "en"}


def said(client: Client, path: str) -> str:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.fixture
def household() -> Household:
    return a_household(head_name="欧阳翠羽", **SECRETS)


# --- copies and erasures ------------------------------------------------------------------------


def test_an_official_gives_a_copy_out_with_words(household: Household) -> None:
    client = signed_in(Role.OFFICIAL)
    path = f"/admin/household/give-out/{household.pk}/"
    assert path in said(client, f"/admin/household/inspect/{household.pk}/")
    said(client, path)
    assert not Reveal.objects.exists()
    assert client.post(path, {"words": ""}).status_code == 422
    assert not Reveal.objects.exists()
    answer = client.post(path, {"words": "本人来"})
    assert (answer["Content-Type"], answer.content[:2]) == ("application/zip", b"PK")
    assert Reveal.objects.get().words == "本人来"


def test_one_official_asks_and_another_erases(household: Household) -> None:
    one, other = a_person(Role.OFFICIAL), a_person(Role.OFFICIAL)
    asks, does = signed_in(one), signed_in(other)
    path = f"/admin/household/erase/{household.pk}/"
    assert asks.post(path, {"act": "ask"}).status_code == 422
    assert asks.post(path, {"act": "ask", "why": "request", "words": ""}).status_code == 302
    # who asked cannot do it, neither by a button nor by hand
    assert 'value="do"' not in said(asks, path)
    assert (
        asks.post(path, {"act": "do"}).status_code == 403 or asks.post(path, {"act": "do"}).status_code == 302
    )
    assert Household.objects.get(pk=household.pk).erased_on is None
    assert "1 household" not in said(asks, "/admin/")
    assert "to_erase=true" in said(does, "/admin/")
    assert "欧阳翠羽" in said(does, "/admin/household/?to_erase=true")
    assert 'value="do"' in said(does, path)
    assert does.post(path, {"act": "do"}).status_code == 302
    assert Household.objects.get(pk=household.pk).head_name == "欧***"
    assert does.get(path).status_code == 404
    assert does.post(path, {"act": "do"}).status_code == 302, "pressed twice"
    page = said(does, f"/admin/household/inspect/{household.pk}/")
    assert one.username in page
    assert other.username in page
    assert "欧阳翠羽" not in said(does, "/admin/household/")


def test_what_still_waits_is_told_and_nothing_is_erased(household: Household) -> None:
    a_lot(household=household)
    path = f"/admin/household/erase/{household.pk}/"
    signed_in(Role.OFFICIAL).post(path, {"act": "ask", "why": "request"})
    does = signed_in(Role.ADMIN)
    page = said(does, path)
    assert "1 lot is on sale." in page
    assert 'value="do"' not in page
    assert does.post(path, {"act": "do"}).status_code == 409
    assert Household.objects.get(pk=household.pk).erased_on is None
    assert does.post(path, {"act": "drop"}).status_code == 302
    assert Erasure.objects.get().outcome == "dropped"
    assert does.post(path, {"act": "anything"}).status_code == 404
    # twice is told, and no fault
    assert does.post(path, {"act": "drop"}).status_code == 302
    assert does.post(path, {"act": "do"}).status_code == 302


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICIAL, Role.ADMIN}))
def test_nobody_else_finds_a_way_to_either(household: Household, role: Role) -> None:
    client = signed_in(an_officer(household.village) if role == Role.OFFICER else a_person(role))
    for name in ("give-out", "erase"):
        for method in (client.get, client.post):
            answer = method(f"/admin/household/{name}/{household.pk}/", {"act": "ask", "why": "request"})
            assert answer.status_code in (302, 403), name
            assert answer.status_code == 403 or "/admin/" in answer["Location"]
    assert not Erasure.objects.exists()


# --- the log ------------------------------------------------------------------------------------


@pytest.fixture
def looked(household: Household) -> dict[str, User]:
    people = {"officer": an_officer(household.village), "cashier": a_person(Role.CASHIER)}
    reveal(household.pk, ["phone"], people["officer"], "goods", "=HYPERLINK(1)")
    reveal(household.pk, ["bank_account"], people["cashier"], "payout", "十月结算")
    elsewhere = a_household(phone="13700000007")
    people["far"] = an_officer(elsewhere.village)
    reveal(elsewhere.pk, ["phone"], people["far"], "care", "走访")
    return people


def test_the_report_is_filtered_by_who_when_where_and_why(
    household: Household, looked: dict[str, User]
) -> None:
    client = signed_in(Role.OFFICIAL)
    path = "/admin/reports/looks/"
    everybody = said(client, path)
    assert all(words in everybody for words in ("十月结算", "走访", "HYPERLINK"))
    assert not any(secret in everybody for secret in SECRETS.values())
    by_who = said(client, f"{path}?by={looked['cashier'].pk}")
    assert ("十月结算" in by_who, "走访" in by_who) == (True, False)
    by_why = said(client, f"{path}?why=care")
    assert ("十月结算" in by_why, "走访" in by_why) == (False, True)
    by_day = said(client, f"{path}?at_to=2020-01-01")
    assert "十月结算" not in by_day
    by_day = said(client, f"{path}?at_from={timezone.localdate():%Y-%m-%d}")
    assert "十月结算" in by_day
    town = household.village.town_id
    assert "十月结算" in said(client, f"{path}?town={town}")
    assert "十月结算" not in said(client, f"{path}?town={town + 1}")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_taking_the_log_along_is_written_down(looked: dict[str, User], form: str) -> None:
    official = a_person(Role.OFFICIAL)
    client = signed_in(official)
    said(client, "/admin/reports/looks/")
    assert not Taken.objects.exists()
    answer = client.get(f"/admin/reports/looks/?why=goods&export={form}", headers=ENGLISH)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    taken = Taken.objects.get()
    assert (taken.by, taken.role, taken.what) == (official, "official", "privacy_looks")
    assert taken.about == f"why=goods; export={form}"
    if form == "csv":
        assert "'=HYPERLINK(1)" in content.decode()
        assert looked["officer"].username in content.decode()
    # and stands in a report of its own
    assert f"why=goods; export={form}" in said(client, "/admin/reports/files-taken/")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICIAL, Role.ADMIN}))
def test_nobody_else_reads_the_report(looked: dict[str, User], role: Role) -> None:
    client = signed_in(role)
    for query in ("looks/", "looks/?export=csv", "files-taken/", "files-taken/?export=csv"):
        answer = client.get(f"/admin/reports/{query}")
        assert answer.status_code in (302, 403)
    assert not Taken.objects.exists()
    menu = client.get("/admin/", follow=True).content.decode()
    assert "reports/looks" not in menu
    assert "reports/files-taken" not in menu


@pytest.mark.parametrize("looks", [2, 20])
def test_the_report_costs_the_same_for_few_and_many(
    household: Household, looks: int, django_assert_max_num_queries: object
) -> None:
    officer = an_officer(household.village)
    for _ in range(looks):
        reveal(household.pk, ["phone"], officer, "goods")
    client = signed_in(Role.OFFICIAL)
    said(client, "/admin/reports/looks/")
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        said(client, "/admin/reports/looks/")


def test_a_name_is_looked_for_without_standing_in_an_address(household: Household) -> None:
    client = signed_in(Role.OFFICIAL)
    assert f"inspect/{household.pk}/" not in said(client, "/admin/household/?q=欧阳翠羽")
    path = "/admin/household/find/"
    assert path in said(client, "/admin/household/")
    found = client.post(path, {"name": "欧阳"})
    assert found.status_code == 200
    assert f"/admin/household/inspect/{household.pk}/" in found.content.decode()
    assert "Nobody" in client.post(path, {"name": "翠羽"}, headers=ENGLISH).content.decode()
    assert client.post(path, {"name": ""}).status_code == 422
    assert signed_in(Role.EDITOR).post(path, {"name": "欧阳"}).status_code in (302, 403)
    a_household(village=household.village, head_name="欧阳一")
    with CaptureQueriesContext(connection) as few:
        client.post(path, {"name": "欧阳"})
    for n in range(60):
        a_household(village=household.village, head_name=f"欧阳{n}")
    with CaptureQueriesContext(connection) as many:
        assert "There are more" in client.post(path, {"name": "欧阳"}, headers=ENGLISH).content.decode()
    assert len(many) <= len(few)
