"""Who lives in the demo: accounts, villages, officers, households, units and where goods are fetched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from django.contrib.auth.hashers import make_password

from cms.roles import sync_user
from farmers.ledger.kinds import BuyerKind
from farmers.registry.models import Household, HouseholdMark, MarkKind, Officer, Town, Village
from farmers.stock.models import Product
from marketplace.access.models import Role, SignInCard, User
from marketplace.access.phones import set_phone
from marketplace.personal import digest
from marketplace.pinyin import initials, pinyin
from shop.buyers.models import BuyerOrganisation, Duty, Member, PickupPoint

from . import names
from .season import FACTS


@dataclass
class City:
    """All that goods and orders are made from, with the seeded dice and the demo's own moment."""

    now: dt.datetime
    day: dt.date
    rng: Random
    users: dict[str, User] = field(default_factory=dict)
    households: list[Household] = field(default_factory=list)
    # by product: who grows it
    growers: dict[str, list[Household]] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    citizens: list[User] = field(default_factory=list)
    units: dict[str, BuyerOrganisation] = field(default_factory=dict)
    buyers: dict[str, User] = field(default_factory=dict)
    # by town id: the account of its officer
    officers: dict[int, User] = field(default_factory=dict)
    pickup_points: list[PickupPoint] = field(default_factory=list)
    # the first of the month that is left for the cashier to close, if one is (`busy.py`)
    open_month: dt.date | None = None


def settle(now: dt.datetime, day: dt.date) -> City:
    """Write all of the people and places."""
    city = City(now, day, Random("dingzhou: people"))
    city.products = {p.slug: p for p in Product.objects.select_related("category").order_by("pk")}
    _accounts(city)
    _villages_and_households(city)
    _marks(city)
    _units(city)
    city.pickup_points = PickupPoint.objects.bulk_create(
        PickupPoint(
            town=Town.objects.get(slug=fact.town), **{k: v for k, v in fact._asdict().items() if k != "town"}
        )
        for fact in names.PICKUP_POINTS
    )
    return city


def _accounts(city: City) -> None:
    """The accounts people sign in with; everybody else has one that nobody can."""
    password, nobody = make_password(names.PASSWORD), make_password(None)
    made = [
        User(
            username=role.value,
            role=role,
            password=password,
        )
        for role in names.ACCOUNTS
    ]
    made += [
        User(username=f"citizen-{n:02}", role=Role.CITIZEN, password=nobody)
        for n in range(1, names.CITIZENS + 1)
    ]
    towns = dict.fromkeys(fact.town for fact in names.VILLAGES)
    made += [
        User(username=f"officer-{town}", role=Role.OFFICER, password=nobody)
        for town in towns
        if town != names.HOME_TOWN
    ]
    for unit in names.UNITS:
        made.append(User(username=f"approver-{unit.slug}", role=Role.APPROVER, password=nobody))
        if unit.slug not in {names.CANTEEN_UNIT, names.NURSERY_UNIT}:
            role = Role.NURSERY if unit.kind == "nursery" else Role.CANTEEN
            made.append(User(username=f"buyer-{unit.slug}", role=role, password=nobody))
    city.users = {user.username: user for user in User.objects.bulk_create(made)}
    # made in bulk, they went past the signal by which a role opens the admin
    for role in names.ACCOUNTS:
        sync_user(city.users[role.value])
    city.citizens = [user for name, user in city.users.items() if name.startswith("citizen")]


def _villages_and_households(city: City) -> None:
    towns = {town.slug: town for town in Town.objects.all()}
    villages = Village.objects.bulk_create(
        Village(
            town=towns[fact.town],
            name=fact.name,
            name_en=fact.name_en,
            pinyin=pinyin(fact.name),
            initials=initials(fact.name),
            invented=True,
        )
        for fact in names.VILLAGES
    )
    officers = _officers(city, towns)
    heads = _heads(city.rng)
    for n in range(names.HOUSEHOLDS):
        village = villages[n % len(villages)]
        phone = f"199{n + 1:08}"
        city.households.append(
            Household(
                village=village,
                head_name=heads[n],
                members=city.rng.choices((1, 2, 3, 4, 5, 6), (10, 30, 22, 22, 12, 4))[0],
                phone=phone,
                phone_digest=digest(phone),
                id_number=_id_number(n, city.rng),
                bank_account=_bank_account(n),
                officer=officers[village.town_id],
                # the seller with an account is the first of the first village, and agreed
                user=city.users["seller"] if n == 0 else None,
                consent_on=city.day - dt.timedelta(days=city.rng.randrange(560, 1200))
                if n == 0 or city.rng.random() < 0.86
                else None,
            )
        )
    Household.objects.bulk_create(city.households)
    seller = city.users["seller"]
    seller.last_name = city.households[0].head_name
    seller.save(update_fields=["last_name"])
    set_phone(seller, city.households[0].phone)
    SignInCard.objects.create(
        user=seller,
        token_digest=digest(names.SELLERS_CARD),
        issued_at=city.now,
        issued_by=city.users["officer"],
    )
    _trades(city)


def _officers(city: City, towns: dict[str, Town]) -> dict[int, Officer]:
    """One for each town with villages; the account `officer` has the home town."""
    made = []
    for n, slug in enumerate(dict.fromkeys(fact.town for fact in names.VILLAGES)):
        user = city.users["officer" if slug == names.HOME_TOWN else f"officer-{slug}"]
        name = names.SURNAMES[n * 3] + names.OFFICER_GIVEN[n % len(names.OFFICER_GIVEN)]
        made.append(Officer(name=name, phone=f"198{n + 1:08}", town=towns[slug], user=user))
        city.officers[towns[slug].pk] = user
    return {officer.town_id: officer for officer in Officer.objects.bulk_create(made)}


def _heads(rng: Random) -> list[str]:
    """Names that are all different, common family names more often."""
    heads: dict[str, None] = {}
    weights = [1 / (n + 4) for n in range(len(names.SURNAMES))]
    while len(heads) < names.HOUSEHOLDS:
        heads[rng.choices(names.SURNAMES, weights)[0] + rng.choice(names.GIVEN)] = None
    return list(heads)


def _id_number(n: int, rng: Random) -> str:
    """Eighteen digits with the right check digit, of a region that does not exist."""
    body = f"990682{rng.randrange(1945, 1990)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}{n % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _bank_account(n: int) -> str:
    """Nineteen digits with the right check digit, of a bank that does not exist."""
    body = f"990000000000{n:06}"
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(reversed(body))]
    return body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def _trades(city: City) -> None:
    """What each family grows: some things of its village's trade, and now and then of another."""
    trade_of = {(fact.town, fact.name): fact.trade for fact in names.VILLAGES}
    by_category: dict[str, list[str]] = {}
    for fact in FACTS.values():
        by_category.setdefault(fact.category, []).append(fact.slug)
    for household in city.households:
        trades = [trade_of[household.village.town.slug, household.village.name]]
        if city.rng.random() < 0.4:
            trades.append(city.rng.choice(list(names.TRADES)))
        could = [
            slug for trade in trades for category in names.TRADES[trade] for slug in by_category[category]
        ]
        some = city.rng.sample(could, min(len(could), city.rng.randrange(6, 13)))
        for slug in some if household.user is None else names.SELLER_GROWS:
            growers = city.growers.setdefault(slug, [])
            if household not in growers:
                growers.append(household)
    for slug in FACTS:
        growers = city.growers.setdefault(slug, [])
        while len(growers) < 2:
            growers.append(city.rng.choice([h for h in city.households if h not in growers]))


def _marks(city: City) -> None:
    """Most were lifted from poverty; some are watched, some on allowance, some had a mark that has ended."""
    watched = (MarkKind.UNSTABLE, MarkKind.EDGE, MarkKind.HARDSHIP)
    made = []
    for household in city.households:
        registered = dt.date(city.rng.randrange(2014, 2017), city.rng.randrange(1, 13), 1)
        lifted = dt.date(city.rng.randrange(2017, 2021), 12, 20)
        if city.rng.random() < 0.82:
            made.append(
                HouseholdMark(household=household, kind=MarkKind.REGISTERED, since=registered, until=lifted)
            )
            made.append(HouseholdMark(household=household, kind=MarkKind.LIFTED, since=lifted))
        if city.rng.random() < 0.18:
            since = city.day - dt.timedelta(days=city.rng.randrange(40, 900))
            ended = city.rng.random() < 0.3
            until = since + dt.timedelta(days=30) if ended else None
            made.append(
                HouseholdMark(household=household, kind=city.rng.choice(watched), since=since, until=until)
            )
        if city.rng.random() < 0.12:
            kind = city.rng.choice((MarkKind.LOW_INCOME, MarkKind.LOW_INCOME, MarkKind.EXTREME))
            made.append(HouseholdMark(household=household, kind=kind, since=dt.date(2019, 7, 1)))
    HouseholdMark.objects.bulk_create(made)


# what the accounts that buy do for their unit; approving is always somebody else's
BUYERS_DUTIES = (Duty.Kind.REQUESTER, Duty.Kind.RECEIVER, Duty.Kind.BOOKKEEPER)


def _units(city: City) -> None:
    _write_units(city, names.UNITS, 1)
    _join(city.units[names.CANTEEN_UNIT], city.users["approver"], Duty.Kind.APPROVER)


def more_buyers(city: City, units: Sequence[names.UnitFact], citizens: int) -> None:
    """Units that buy on account, each with its people, and citizens: more than the demo's own."""
    nobody = make_password(None)
    made = [
        User(username=f"{word}-{fact.slug}", role=role, password=nobody)
        for fact in units
        for word, role in (("approver", Role.APPROVER), ("buyer", Role.CANTEEN))
    ]
    first = len(city.citizens)
    made += [
        User(username=f"citizen-{n:02}", role=Role.CITIZEN, password=nobody)
        for n in range(first, first + citizens)
    ]
    users = User.objects.bulk_create(made)
    city.users |= {user.username: user for user in users}
    city.citizens += [user for user in users if user.role == Role.CITIZEN]
    _write_units(city, units, 40)


def _write_units(city: City, facts: Sequence[names.UnitFact], first: int) -> None:
    for n, fact in enumerate(facts, start=first):
        unit = BuyerOrganisation.objects.create(
            name=fact.name,
            name_en=fact.name_en,
            kind=fact.kind,
            address=fact.address,
            contact=fact.contact,
            phone=f"197{n:08}",
            canteen="own" if fact.kind == BuyerKind.CANTEEN else "none",
        )
        city.units[fact.slug] = unit
        account = {names.CANTEEN_UNIT: "canteen", names.NURSERY_UNIT: "nursery"}
        city.buyers[fact.slug] = city.users[account.get(fact.slug, f"buyer-{fact.slug}")]
        _join(unit, city.buyers[fact.slug], *BUYERS_DUTIES)
        # a second one beside the account `approver`, for the large amounts
        _join(unit, city.users[f"approver-{fact.slug}"], Duty.Kind.APPROVER)


def _join(unit: BuyerOrganisation, user: User, *duties: Duty.Kind) -> None:
    member = Member.objects.create(organisation=unit, user=user)
    Duty.objects.bulk_create(Duty(member=member, kind=kind) for kind in duties)
