"""The whole demo in one transaction: a database has all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from farmers.ledger.published import publish as publish_ledger
from farmers.registry.models import Household, Village
from marketplace.access.models import User
from marketplace.days import SHANGHAI, shanghai_day, today
from shop.basket.hold import set_quantity
from shop.basket.models import Basket
from shop.orders.models import Order

from . import names
from .bank import send_bank_files
from .briefings import brief
from .bulk import ask_in_bulk
from .busy import leave_open, more_orders, more_people
from .busy_bank import write_bank_files
from .clearance import note_rescues
from .follow import move_stock, post, take_money
from .green import talk_over_saplings
from .history import MONTHS, past_orders
from .listing import list_by_hand
from .officers_day import prepare_the_day
from .pages import publish
from .payouts import pay_households
from .people import City, settle
from .scales import weigh_lately
from .statements import fall_behind, send_statements
from .supply import Batch, Shelves, stock_up
from .today import todays_orders
from .told import tell_of_it
from .units import file_budgets, settle_canteens
from .watched import watch_over
from .wishes import say_and_wish
from .write import write_lots, write_orders

Say = Callable[[str], None]


class NotEmpty(Exception):
    """The database has people or orders that are not the demo's, which the demo must not mix with."""


def is_filled() -> bool:
    """Whether the demo is there."""
    return Village.objects.filter(invented=True).exists() and User.objects.filter(username="citizen").exists()


def age_days() -> int:
    """How many days ago the demo was made."""
    return (today() - shanghai_day(User.objects.get(username="citizen").date_joined)).days


def check_empty() -> None:
    """Raises NotEmpty where the demo would mix with what is real."""
    ours = [role.value for role in names.ACCOUNTS]
    taken = list(
        User.objects.filter(username__in=ours).order_by("username").values_list("username", flat=True)
    )
    if taken:
        raise NotEmpty(f"There are accounts of the demo's names already: {', '.join(taken)}.")
    if Household.objects.exists() or Order.objects.exists():
        raise NotEmpty("There are households or orders already.")


@transaction.atomic
def fill(say: Say = lambda step: None, orders: int = 0) -> City:
    """Write the demo; with so many `orders` in its last month, which is then the cashier's to close. Raises NotEmpty."""
    check_empty()
    now = timezone.now().astimezone(SHANGHAI).replace(second=0, microsecond=0)
    city = settle(now, now.date())
    settle_canteens(city)
    if orders:
        more_people(city, orders)
    say(f"{len(names.VILLAGES)} villages, {len(city.households)} households, {len(names.UNITS)} buying units")
    shelves = Shelves(city)
    stock_up(shelves)
    # today's orders choose first; the past makes do, or has lots of its own
    plans = todays_orders(city, shelves)
    plans += past_orders(city, shelves)
    if orders:
        plans += more_orders(city, shelves, plans, orders)
        leave_open(city, plans)
    fall_behind(city, plans)
    write_lots(shelves)
    say(f"{len(shelves.batches):,} lots, listed or long sold")
    written = write_orders(city, plans)
    lines = sum(len(each.lines) for each in written)
    say(f"{len(written):,} orders of {MONTHS} months, {lines:,} lines")
    move_stock(city, shelves, written)
    weigh_lately(city, written)
    note_rescues(city, shelves, written)
    take_money(city, written)
    say("stock moved, money taken and given back")
    months: list[str] = []
    post(city, written, months.append)
    say(f"ledger posted and sealed, {len(months)} months; {brief(city)} briefings")
    say(f"{send_statements(city):,} statements to units that buy on account")
    say(f"{send_bank_files(city)} lines of the bank's files to be matched")
    say(f"{pay_households(city)} payout runs to households, and the books")
    if orders:
        for name in write_bank_files(city, written):
            say(f"the bank's file for the cashier: {name}")
    file_budgets(city)
    list_by_hand(city)
    prepare_the_day(city, shelves, written)
    _baskets(city, shelves)
    ask_in_bulk(city)
    talk_over_saplings(city)
    say("talks between nursery firms and households")
    say_and_wish(city, written)
    say("reviews, addresses and wishes written down")
    say(f"{watch_over(city)} warnings about households, and problems that came of some")
    publish(city)
    say("stories, notices and site details published")
    say(f"block {publish_ledger().number} of the ledger published")
    say(f"{tell_of_it(city)} notices in the accounts' inboxes")
    return city


def _baskets(city: City, shelves: Shelves) -> None:
    """Somebody always means to buy something."""
    produce = [
        b for b in shelves.batches if b.keep and not b.new.product.category.is_sapling and b.sells(city.day)
    ]
    plants = [b for b in shelves.batches if b.keep and b.new.product.category.is_sapling]
    wishes: dict[str, list[Batch]] = {
        "citizen": produce[3:60:20],
        "canteen": produce[5:105:20],
        "nursery": plants[2:40:15],
    }
    for name, batches in wishes.items():
        basket = Basket.objects.create(user=city.users[name])
        for batch in batches:
            # what is for nursery firms alone is ordered in the green channel, never from a basket
            lot = batch.lot
            if lot is not None and batch.state == lot.State.LISTED and lot.is_on_sale(city.day):
                set_quantity(basket, lot, 10 * lot.unit_size)
