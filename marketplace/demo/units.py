"""How the demo's units eat: whose canteen, who files for whom, what they filed, and what counts for them."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import F

from farmers.ledger.kinds import BuyerKind
from farmers.ledger.models import BuyerYear
from farmers.registry.models import Village
from shop.buyers.models import BuyerOrganisation, CanteenBudget, CreditedOrder, Pairing
from shop.orders.models import Order, State

from .people import City
from .plans import moment

Canteen = BuyerOrganisation.Canteen


class MoreFact(NamedTuple):
    """An invented unit that places no orders of its own."""

    name: str
    name_en: str
    kind: BuyerKind
    canteen: Canteen
    address: str


OPERATOR = MoreFact("定州示例团膳服务公司", "Dingzhou Sample Catering Co.",
    BuyerKind.ENTERPRISE, Canteen.NONE, "定州市学院示例路 68 号")  # fmt: skip
SHARERS = (
    MoreFact("定州市示例卫生健康局", "Dingzhou Sample Health Bureau", BuyerKind.CANTEEN, Canteen.SHARED, "定州市示例路 22 号"),
    MoreFact("定州市示例医疗保障局", "Dingzhou Sample Medical Insurance Bureau",
        BuyerKind.CANTEEN, Canteen.SHARED, "定州市示例路 24 号"),
)  # fmt: skip
WITHOUT = MoreFact("定州市示例文化馆", "Dingzhou Sample Culture House",
    BuyerKind.CANTEEN, Canteen.NONE, "定州市书院示例街 5 号")  # fmt: skip
NAMED, CONTRACTED = "hospital", "college"

# a firm's owner decides on most of what it buys
FIRM_LIMITS = {"approval_from_fen": 5_000_000, "two_approvals_from_fen": 50_000_000}

# the enterprises that are paired, and with which of the demo's villages, counted from the first
PAIRED = {"paired-works": (0, 7), "paired-foods": (12,)}


class FilingFact(NamedTuple):
    """What a unit filed for this year: its reserved share in percent of what it bought last year."""

    slug: str
    percent: int
    of_last_year: int
    state: str
    reason: str = ""


FILINGS = (
    FilingFact("no-9-school", 10, 75, "checked"),
    FilingFact("hospital", 15, 85, "checked"),
    FilingFact("city-hall", 20, 240, "checked"),
    FilingFact("college", 10, 70, "checked"),
    FilingFact("finance", 10, 100, "waiting"),
    FilingFact("primary", 10, 30, "sent_back", "预算数与上年决算相差太大，请核对后重新填报。"),
)
# the first unit has one more: what it filed first was replaced before anybody looked
REPLACED = "no-9-school"


def settle_canteens(city: City) -> None:
    """Before any order: who shares, who cooks for whom, and which villages the enterprises are paired with."""
    operator = _made(OPERATOR, 20)
    for n, fact in enumerate(SHARERS):
        _made(fact, 21 + n, files_through=city.units[NAMED])
    _made(WITHOUT, 29)
    contracted = city.units[CONTRACTED]
    contracted.canteen, contracted.operator = Canteen.CONTRACTED, operator
    contracted.save(update_fields=["canteen", "operator"])
    firms = [unit.pk for unit in city.units.values() if unit.kind == BuyerKind.NURSERY]
    BuyerOrganisation.objects.filter(pk__in=firms).update(**FIRM_LIMITS)
    villages = list(Village.objects.filter(invented=True).order_by("pk"))
    Pairing.objects.bulk_create(
        Pairing(
            organisation=city.units[slug], village=villages[at % len(villages)], since=dt.date(2019, 3, 1)
        )
        for slug, places in PAIRED.items()
        for at in places
    )


def _made(fact: MoreFact, number: int, **others: BuyerOrganisation) -> BuyerOrganisation:
    return BuyerOrganisation.objects.create(
        **fact._asdict(), contact="办公室", phone=f"197{number:08}", **others
    )


def file_budgets(city: City) -> None:
    """After the ledger is posted: what was filed is told by what was bought the year before."""
    year = city.day.year
    bought = dict(
        BuyerYear.objects.filter(year=year - 1, buyer_kind=BuyerKind.CANTEEN)
        .order_by()
        .values_list("buyer", F("amount_fen") - F("sapling_fen"))
    )
    made = []
    for n, fact in enumerate(FILINGS):
        last_year = bought.get(f"unit:{city.units[fact.slug].pk}", 0)
        before = fact._replace(percent=10, of_last_year=90, state="checked", reason="")
        made.append(_filing(city, before, year - 1, last_year, n))
        if fact.slug == REPLACED:
            made.append(_filing(city, fact._replace(of_last_year=10, state="replaced"), year, last_year, n))
        made.append(_filing(city, fact, year, last_year, n, version=2 if fact.slug == REPLACED else 1))
    CanteenBudget.objects.bulk_create(made)
    _credit(city)


def _filing(
    city: City, fact: FilingFact, year: int, last_year: int, n: int, version: int = 1
) -> CanteenBudget:
    """Filed in January. A budget in whole thousands of yuan, as they are in life."""
    filed_at = moment(dt.date(year, 1, 8 + n), 9 + version, 7 * n)
    # in the first days of a year it was filed just now
    filed_at = min(filed_at, city.now - dt.timedelta(hours=8, minutes=-n - version))
    decided = {
        "checked": {"decided_by": city.users["official"], "decided_at": filed_at + dt.timedelta(hours=5)},
        "sent_back": {"decided_by": city.users["official"], "decided_at": filed_at + dt.timedelta(hours=6)},
        "replaced": {"decided_by": city.buyers[fact.slug], "decided_at": filed_at + dt.timedelta(hours=1)},
    }.get(fact.state, {})
    reserved = max(last_year, 1_000_000) * fact.of_last_year // 100
    return CanteenBudget(
        organisation=city.units[fact.slug],
        year=year,
        version=version,
        budget_fen=-(-reserved * 100 // fact.percent // 100_000) * 100_000,
        reserved_percent=fact.percent,
        state=fact.state,
        reason=fact.reason,
        filed_by=city.buyers[fact.slug],
        filed_at=filed_at,
        **decided,
    )


def _credit(city: City) -> None:
    """Some citizens work in a unit with a canteen, or buy for its trade union, and say so."""
    units = [city.units[fact.slug] for fact in FILINGS]
    orders = Order.objects.filter(
        organisation=None, state=State.ACCEPTED, buyer__in=city.citizens, placed_at__year=city.day.year
    ).order_by("number")
    CreditedOrder.objects.bulk_create(
        CreditedOrder(
            order_number=order.number,
            organisation=units[n % len(units)],
            kind="union" if n % 5 == 0 else "staff",
            by_id=order.buyer_id,
            at=min(order.placed_at + dt.timedelta(hours=1), city.now),
        )
        for n, order in enumerate(list(orders)[::7])
    )
