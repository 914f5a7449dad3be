"""What counts towards a unit's reserved share, and for whom; and the pages that show it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farmers.ledger.post import SaleFact, post_sales, reverse
from farmers.registry.models import Household
from marketplace.access.models import Role, User
from marketplace.days import SHANGHAI, today
from shop.buyers import budgets
from shop.buyers.models import BuyerOrganisation, CanteenBudget, CreditedOrder, Duty
from shop.buyers.progress import Source, Standing, UnitYear, city_of, city_year, purchases, unit_year
from shop.orders.models import PayBy
from tests.ledger.books import potatoes
from tests.makers import a_household, a_person, accepted, an_order, an_organisation, signed_in

pytestmark = pytest.mark.django_db
NEW_YEAR = dt.datetime(today().year, 1, 1, 12, tzinfo=SHANGHAI)
YUAN = 100


def bought(household: Household, buyer: str, jin: int, **changed: Any) -> SaleFact:
    """Potatoes at ¥1.20 a jin, on the first of January."""
    facts: dict[str, Any] = {"at": NEW_YEAR, "channel": "canteen", "buyer_kind": "canteen", "buyer": buyer}
    return potatoes(household, jin, **(facts | changed))


def for_unit(household: Household, unit: BuyerOrganisation, jin: int, **changed: Any) -> SaleFact:
    return bought(household, f"unit:{unit.pk}", jin, buyer_name=unit.name, **changed)


def by_citizen(household: Household, unit: BuyerOrganisation, jin: int, kind: str, number: str) -> SaleFact:
    CreditedOrder.objects.create(order_number=number, organisation=unit, kind=kind, by=a_person())
    return bought(household, "person:1", jin, buyer_kind="citizen", channel="online", order_number=number)


def checked(unit: BuyerOrganisation, yuan: int, percent: int = 10) -> CanteenBudget:
    return CanteenBudget.objects.create(
        organisation=unit,
        year=today().year,
        version=1,
        budget_fen=yuan * YUAN,
        reserved_percent=percent,
        filed_by=a_person(Role.CANTEEN),
        state="checked",
        decided_by=a_person(Role.OFFICIAL),
        decided_at=NEW_YEAR,
    )


def of(unit: BuyerOrganisation) -> UnitYear:
    """The unit's year as the city has it, which must be as the unit's own page has it."""
    year = today().year
    alone = unit_year(unit, year)
    listed = next(each for each in city_year(year) if each.unit == unit)
    assert alone == listed or unit.files_through_id
    return alone


# --- what counts ---------------------------------------------------------------------------------


def test_food_counts_with_returns_taken_off_and_saplings_do_not() -> None:
    unit, family = an_organisation(), a_household()
    checked(unit, 10_000)
    first, *_others = post_sales(
        [
            for_unit(family, unit, 100),
            for_unit(family, unit, 50),
            for_unit(family, unit, 10, product_slug="guohuai", category_slug="saplings", is_sapling=True),
            for_unit(family, an_organisation(), 1_000),
            bought(family, "person:1", 70, buyer_kind="citizen"),
        ]
    )
    assert of(unit).bought == 180 * YUAN
    reverse(first.key, key="return:1", quantity=first.quantity // 2, at=NEW_YEAR, reason="有压伤", by=None)
    assert of(unit).bought == 120 * YUAN


def test_what_sharers_staff_and_union_buy_counts_for_the_unit_that_files() -> None:
    named, family = an_organisation(), a_household()
    sharer = an_organisation(canteen="shared", files_through=named)
    checked(named, 10_000)
    post_sales(
        [
            for_unit(family, named, 100),
            for_unit(family, sharer, 10),
            by_citizen(family, named, 5, "staff", "S1"),
            by_citizen(family, sharer, 20, "staff", "S2"),
            by_citizen(family, named, 40, "union", "U1"),
            by_citizen(family, an_organisation(), 500, "union", "U2"),
        ]
    )
    year = of(named)
    assert year.by_source == {Source.UNIT: 132 * YUAN, Source.STAFF: 30 * YUAN, Source.UNION: 48 * YUAN}
    assert (year.for_others, year.bought) == (36 * YUAN, 210 * YUAN)
    assert year.by_month == {1: 210 * YUAN}
    assert of(sharer).standing == Standing.OWES_NOTHING
    rows = purchases(named, today().year, 1)
    assert sum(row.fen for row in rows) == year.bought
    assert {row.order_number: row.source for row in rows if row.source != Source.UNIT} == {
        "S1": "staff",
        "S2": "staff",
        "U1": "union",
    }
    # the citizen is not named to the unit
    assert {row.buyer_name for row in rows if row.source != Source.UNIT} == {""}


def test_an_accepted_order_counts_by_itself_and_by_its_buyer_s_word() -> None:
    buyer, unit = a_person(Role.CANTEEN), an_organisation()
    order = accepted(an_order(PayBy.ON_DELIVERY, buyer=buyer))
    assert of(unit).bought == 0
    CreditedOrder.objects.create(order_number=order.number, organisation=unit, kind="staff", by=buyer)
    assert of(unit).bought == order.accepted_fen == 25 * YUAN
    assert of(unit).by_month == {today().month: 25 * YUAN}


def test_nothing_of_another_year_counts() -> None:
    unit, family = an_organisation(), a_household()
    post_sales(
        [
            for_unit(family, unit, 100, at=NEW_YEAR - dt.timedelta(days=1)),
            by_citizen(family, unit, 5, "staff", "S1")._replace(at=NEW_YEAR - dt.timedelta(days=1)),
        ]
    )
    assert of(unit).bought == 0
    assert unit_year(unit, today().year - 1).bought == 126 * YUAN


# --- where a unit stands -------------------------------------------------------------------------


def test_those_behind_come_first_the_one_that_misses_most_at_the_top() -> None:
    family = a_household()
    little, much, done, unfiled, waiting, none = (
        an_organisation(name=name, canteen=canteen)
        for name, canteen in (
            *(("丙", "own"), ("丁", "own"), ("乙", "own"), ("甲", "own"), ("戊", "own")),
            ("己", "none"),
        )
    )
    checked(little, 1_000_000)
    checked(much, 9_000_000)
    checked(done, 100)
    CanteenBudget.objects.create(
        organisation=waiting,
        year=today().year,
        version=1,
        budget_fen=1_000,
        reserved_percent=10,
        filed_by=a_person(),
    )
    post_sales([for_unit(family, done, 100)])
    units = city_year(today().year)
    assert [each.unit for each in units] == [much, little, waiting, unfiled, done, none]
    assert [each.standing for each in units] == [
        *(Standing.BEHIND, Standing.BEHIND, Standing.NOT_FILED, Standing.NOT_FILED),
        *(Standing.REACHED, Standing.OWES_NOTHING),
    ]
    city = city_of(units, today().year)
    assert (city.behind, city.not_filed) == (2, 2)
    assert city.progress.reserved == 1_000_010 * YUAN
    assert city.progress.bought == 120 * YUAN
    assert units[0].progress is not None
    assert units[0].progress.missing == units[0].progress.expected > 0


def test_progress_is_measured_by_what_was_checked_last_not_by_what_waits() -> None:
    bookkeeper, official = a_person(Role.CANTEEN), a_person(Role.OFFICIAL)
    unit = an_organisation(duties={bookkeeper: [Duty.Kind.BOOKKEEPER]})
    year = today().year
    budgets.check(budgets.file(unit.pk, year, 1000 * YUAN, 10, bookkeeper).pk, official)
    newer = budgets.file(unit.pk, year, 5000 * YUAN, 20, bookkeeper)
    assert of(unit).progress.reserved == 100 * YUAN  # type: ignore[union-attr]
    budgets.check(newer.pk, official)
    assert of(unit).progress.reserved == 1000 * YUAN  # type: ignore[union-attr]


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def bookkeeper() -> User:
    return a_person(Role.CANTEEN)


@pytest.fixture
def unit(bookkeeper: User) -> BuyerOrganisation:
    return an_organisation(
        duties={bookkeeper: [Duty.Kind.BOOKKEEPER]}, name="向阳小学食堂", name_en="Xiangyang School"
    )


def form(**changed: Any) -> dict[str, Any]:
    return {"year": today().year, "budget": "120,000", "percent": "12"} | changed


def test_a_bookkeeper_files_on_the_page_and_the_city_answers(
    unit: BuyerOrganisation, bookkeeper: User
) -> None:
    client, city = signed_in(bookkeeper), signed_in(Role.OFFICIAL)
    assert client.post("/canteen/budget/", form(budget="￥12万"), follow=True).status_code == 200
    filing = CanteenBudget.objects.get()
    assert (filing.budget_fen, filing.reserved_percent, filing.state) == (120_000 * YUAN, 12, "waiting")
    assert f"/canteen/progress/{unit.pk}/" in city.get("/canteen/progress/").content.decode()
    back = f"/canteen/budget/{filing.pk}/send-back/"
    assert city.post(back, {"reason": ""}).status_code == 422
    assert city.post(back, {"reason": "与上报决算不符"}).status_code == 302
    assert "与上报决算不符" in client.get("/canteen/budget/").content.decode()
    client.post("/canteen/budget/", form())
    newest = CanteenBudget.objects.get(state="waiting")
    done = city.post(f"/canteen/budget/{newest.pk}/check/", follow=True)
    assert "¥14,400.00" in done.content.decode()
    assert "¥14,400.00" in client.get("/canteen/budget/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("budget", "0"),
        ("budget", "-5"),
        ("budget", "几万"),
        ("budget", ""),
        ("budget", "1.234"),
        ("budget", "nan"),
        ("budget", "1e400"),
        ("budget", "99999999999万"),
        ("percent", "9"),
        ("percent", "101"),
        ("percent", "十"),
        ("year", "1999"),
    ],
)
def test_a_slip_is_told_at_its_field_and_nothing_is_lost(
    unit: BuyerOrganisation, bookkeeper: User, field: str, value: str
) -> None:
    page = signed_in(bookkeeper).post("/canteen/budget/", form(**{field: value}))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    for name, kept in form(**{field: value}).items():
        assert page.context["form"][name].value() == str(kept)
    assert not CanteenBudget.objects.exists()


def test_nobody_files_for_a_unit_from_outside_or_without_the_duty(unit: BuyerOrganisation) -> None:
    colleague = a_person(Role.CANTEEN)
    other = an_organisation(colleague)
    client = signed_in(colleague)
    assert client.post("/canteen/budget/", form()).status_code == 403
    assert client.post(f"/canteen/budget/?unit={unit.pk}", form()).status_code == 404
    assert client.get(f"/canteen/budget/?unit={unit.pk}").status_code == 404
    assert client.get(f"/canteen/budget/{today().year}/1/?unit={unit.pk}").status_code == 404
    assert '<form class="form"' not in client.get(f"/canteen/budget/?unit={other.pk}").content.decode()
    assert not CanteenBudget.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_the_city_s_pages_are_the_city_s(unit: BuyerOrganisation, bookkeeper: User, role: Role) -> None:
    client = signed_in(a_person(role))
    filing = budgets.file(unit.pk, today().year, 1000, 10, bookkeeper)
    sees = role in {Role.OFFICIAL, Role.CASHIER, Role.ADMIN}
    checks = role in {Role.OFFICIAL, Role.ADMIN}
    for address in ("", f"{unit.pk}/", f"{unit.pk}/{today().year}/1/"):
        assert client.get(f"/canteen/progress/{address}").status_code == (200 if sees else 403)
    assert client.post(f"/canteen/budget/{filing.pk}/send-back/", {"reason": "x"}).status_code == (
        302 if checks else 403
    )
    filing.refresh_from_db()
    assert (filing.state == "sent_back") == checks
    shown = role in {Role.CANTEEN, Role.APPROVER, Role.NURSERY, Role.ADMIN}
    assert client.get("/canteen/budget/").status_code == (200 if shown else 403)


def test_addresses_that_lead_nowhere_say_so(unit: BuyerOrganisation, bookkeeper: User) -> None:
    client, city = signed_in(bookkeeper), signed_in(Role.OFFICIAL)
    firm = an_organisation(kind=BuyerOrganisation.Kind.NURSERY)
    for address in (f"{firm.pk}/", "999999/", f"{unit.pk}/1999/1/", f"{unit.pk}/{today().year}/13/"):
        assert city.get(f"/canteen/progress/{address}").status_code == 404
    assert client.get("/canteen/budget/?unit=x").status_code == 404
    assert client.get("/canteen/budget/?year=x").status_code == 200
    assert city.post("/canteen/budget/999999/check/").status_code == 404
    assert city.get("/canteen/budget/999999/check/").status_code == 405


def a_city(units: int) -> None:
    family = a_household()
    sales = []
    for number in range(units):
        unit, kitchen = an_organisation(), an_organisation(kind=BuyerOrganisation.Kind.ENTERPRISE)
        sharer = an_organisation(canteen="shared", files_through=unit)
        run = an_organisation(canteen="contracted", operator=kitchen)
        checked(unit, 9_000_000)
        checked(run, 100)
        kind = f"{units}-{number}"
        sales += [for_unit(family, each, 10) for each in (unit, sharer, run)]
        sales.append(by_citizen(family, unit, 5, "staff", f"S{kind}"))
        CanteenBudget.objects.create(
            organisation=unit,
            year=today().year,
            version=2,
            budget_fen=1_000,
            reserved_percent=10,
            filed_by=a_person(),
        )
    post_sales(sales)


def test_the_city_s_page_asks_as_much_of_many_units_as_of_few() -> None:
    client = signed_in(Role.OFFICIAL)
    client.get("/canteen/progress/")
    a_city(2)
    with CaptureQueriesContext(connection) as few:
        client.get("/canteen/progress/")
    a_city(12)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/canteen/progress/")
    assert len(few) == len(many) <= 8, [query["sql"][:90] for query in many]
    assert len(page.context["owing"]) == 28


def test_the_unit_s_page_asks_as_much_for_many_orders_as_for_few(
    unit: BuyerOrganisation, bookkeeper: User
) -> None:
    client, family = signed_in(bookkeeper), a_household()
    checked(unit, 1_000)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/canteen/budget/").status_code == 200
            assert client.get(f"/canteen/budget/{today().year}/1/").status_code == 200
        return len(queries)

    asked()
    post_sales([for_unit(family, unit, 10), by_citizen(family, unit, 5, "staff", "S0")])
    few = asked()
    post_sales([for_unit(family, unit, 10, order_number=f"O{n}") for n in range(30)])
    post_sales([by_citizen(family, unit, 5, "staff", f"T{n}") for n in range(30)])
    assert asked() == few


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "向阳小学食堂"), ("en", "Xiangyang School")])
def test_the_pages_speak_the_reader_s_language(
    unit: BuyerOrganisation, bookkeeper: User, language: str, words: str
) -> None:
    checked(unit, 1_000_000)
    sharer = an_organisation(a_person(Role.CANTEEN), canteen="shared", files_through=unit)
    mine, city = signed_in(bookkeeper), signed_in(Role.OFFICIAL)
    theirs = signed_in(sharer.members.get().user)
    for client, address in (
        *((mine, "/canteen/budget/"), (theirs, "/canteen/budget/")),
        *((city, "/canteen/progress/"), (city, f"/canteen/progress/{unit.pk}/")),
        (city, f"/canteen/progress/{unit.pk}/{today().year}/1/"),
    ):
        client.cookies["django_language"] = language
        assert words in client.get(address).content.decode()


def test_a_person_without_a_unit_is_told_what_to_do() -> None:
    assert 'class="empty"' in signed_in(Role.CANTEEN).get("/canteen/budget/").content.decode()
