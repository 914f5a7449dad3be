"""Units, their people and pairings, kept in the admin by the city's officials."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.access.models import Role
from marketplace.days import today
from shop.buyers import budgets
from shop.buyers.models import BuyerOrganisation, Duty, Member, Pairing
from tests.makers import a_person, a_village, an_organisation, signed_in

pytestmark = pytest.mark.django_db
LISTS = ("buyerorganisation", "member", "pairing", "canteenbudget")
UNIT = {
    "name": "试验中学食堂",
    "name_en": "Test School",
    "kind": "canteen",
    "canteen": "own",
    "address": "中山路 2 号",
    "on_account": "on",
    "approval_from_fen": "100000",
    "two_approvals_from_fen": "1000000",
}


@pytest.mark.parametrize("role", list(Role))
def test_officials_keep_units_and_nobody_else(role: Role) -> None:
    unit, client = an_organisation(), signed_in(role)
    may = role in {Role.OFFICIAL, Role.ADMIN}
    assert all((client.get(f"/admin/{name}/").status_code == 200) == may for name in LISTS)
    client.post("/admin/buyerorganisation/new/", UNIT)
    client.post(f"/admin/buyerorganisation/edit/{unit.pk}/", UNIT | {"name": "改了名"})
    assert BuyerOrganisation.objects.filter(name=UNIT["name"]).exists() == may
    assert BuyerOrganisation.objects.filter(name="改了名").exists() == may


def test_no_unit_is_deleted_and_no_filing_changed_by_hand() -> None:
    bookkeeper, client = a_person(Role.CANTEEN), signed_in(Role.ADMIN)
    unit = an_organisation(duties={bookkeeper: [Duty.Kind.BOOKKEEPER]})
    filing = budgets.file(unit.pk, today().year, 1000, 10, bookkeeper)
    assert client.post(f"/admin/buyerorganisation/delete/{unit.pk}/").status_code in {302, 403}
    assert BuyerOrganisation.objects.filter(pk=unit.pk).exists()
    for path in ("new/", f"edit/{filing.pk}/", f"delete/{filing.pk}/"):
        assert client.post(f"/admin/canteenbudget/{path}").status_code == 404
    assert client.get(f"/admin/canteenbudget/inspect/{filing.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"canteen": "shared"}, "files_through"),
        ({"canteen": "contracted"}, "operator"),
        ({"two_approvals_from_fen": "1"}, "two_approvals_from_fen"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_told_by_halves_gets_a_message_at_its_field(wrong: dict[str, str], field: str) -> None:
    page = signed_in(Role.OFFICIAL).post("/admin/buyerorganisation/new/", UNIT | wrong)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {field}


def test_what_does_not_belong_to_the_chosen_canteen_is_dropped() -> None:
    named, client = an_organisation(), signed_in(Role.OFFICIAL)
    client.post("/admin/buyerorganisation/new/", UNIT | {"files_through": named.pk, "operator": named.pk})
    made = BuyerOrganisation.objects.get(name=UNIT["name"])
    assert (made.canteen, made.files_through, made.operator) == ("own", None, None)
    client.post(
        f"/admin/buyerorganisation/edit/{made.pk}/", UNIT | {"canteen": "shared", "files_through": named.pk}
    )
    made.refresh_from_db()
    assert (made.canteen, made.files_through) == ("shared", named)
    client.post(f"/admin/buyerorganisation/edit/{made.pk}/", UNIT | {"kind": "enterprise"})
    made.refresh_from_db()
    assert (made.kind, made.canteen, made.files_through) == ("enterprise", "none", None)


def test_a_member_is_given_duties_and_loses_them() -> None:
    unit, person, client = an_organisation(), a_person(Role.CANTEEN), signed_in(Role.OFFICIAL)
    form = {"organisation": unit.pk, "user": person.pk}
    client.post("/admin/member/new/", form | {"duties": ["requester", "receiver"]})
    member = Member.objects.get(user=person)
    assert {duty.kind for duty in member.duties.all()} == {"requester", "receiver"}
    page = client.get(f"/admin/member/edit/{member.pk}/").content.decode()
    assert page.count("checked") == 2
    client.post(f"/admin/member/edit/{member.pk}/", form | {"duties": ["receiver", "bookkeeper"]})
    assert {duty.kind for duty in member.duties.all()} == {"receiver", "bookkeeper"}
    # a citizen acts for no unit
    refused = client.post("/admin/member/new/", form | {"user": a_person().pk})
    assert set(refused.context["form"].errors) == {"user"}
    assert client.post(f"/admin/member/delete/{member.pk}/").status_code == 302
    assert not Duty.objects.exists()


def test_villages_are_paired_with_enterprises() -> None:
    client, village = signed_in(Role.OFFICIAL), a_village()
    works, canteen = an_organisation(kind=BuyerOrganisation.Kind.ENTERPRISE), an_organisation()
    refused = client.post("/admin/pairing/new/", {"organisation": canteen.pk, "village": village.pk})
    assert set(refused.context["form"].errors) == {"organisation"}
    client.post("/admin/pairing/new/", {"organisation": works.pk, "village": village.pk})
    twice = client.post("/admin/pairing/new/", {"organisation": works.pk, "village": village.pk})
    assert twice.status_code == 200
    assert Pairing.objects.get().village == village


def test_lists_are_found_and_filtered() -> None:
    client = signed_in(Role.OFFICIAL)
    school = an_organisation(name="向阳小学食堂", duties={a_person(Role.APPROVER): [Duty.Kind.APPROVER]})
    idle = an_organisation(a_person(Role.CANTEEN), name="文化馆", canteen="none")
    for address, found, left_out in (
        ("/admin/buyerorganisation/?q=向阳", school.name, idle.name),
        ("/admin/buyerorganisation/?canteen=none", idle.name, school.name),
        ("/admin/buyerorganisation/?approver=true", school.name, idle.name),
        ("/admin/member/?duty=approver", school.name, "approver-none"),
        ("/admin/member/?idle=true", idle.name, "approver-none"),
    ):
        rows = client.get(address).context["object_list"]
        names = {getattr(row, "organisation", row).name for row in rows}
        assert found in names, address
        assert left_out not in names, address


def test_the_city_s_first_page_in_the_admin_tells_of_budgets_to_check() -> None:
    bookkeeper, line = a_person(Role.CANTEEN), 'href="/canteen/progress/"'
    official, editor = signed_in(Role.OFFICIAL), signed_in(Role.EDITOR)
    assert line not in official.get("/admin/").content.decode()
    unit = an_organisation(duties={bookkeeper: [Duty.Kind.BOOKKEEPER]})
    budgets.file(unit.pk, today().year, 1000, 10, bookkeeper)
    assert line in official.get("/admin/").content.decode()
    assert line not in editor.get("/admin/").content.decode()


def test_a_longer_list_asks_no_more() -> None:
    client = signed_in(Role.OFFICIAL)

    def asked() -> list[int]:
        counts = []
        for name in LISTS:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/admin/{name}/").status_code == 200
            counts.append(len(queries))
        return counts

    def more(units: int) -> None:
        for _ in range(units):
            people = {a_person(Role.CANTEEN): list(Duty.Kind) for _ in range(2)}
            unit = an_organisation(duties=people)
            an_organisation(canteen="shared", files_through=unit)
            budgets.file(unit.pk, today().year, 1000, 10, next(iter(people)))
            works = an_organisation(kind=BuyerOrganisation.Kind.ENTERPRISE)
            Pairing.objects.create(organisation=works, village=a_village())

    more(1)
    asked()
    few = asked()
    more(6)
    assert asked() == few
