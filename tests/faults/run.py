"""What the buyers do, and where every fen must be afterwards."""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from marketplace.access.models import User  # noqa: E402
from shop.orders.cancel import release_lapsed  # noqa: E402
from shop.orders.models import Order, PayBy, State  # noqa: E402
from shop.payments.books import books  # noqa: E402
from shop.payments.models import Payment, ProviderEvent, Refund  # noqa: E402
from tests.makers import a_lot, a_person, accepted, an_order, assert_stock_adds_up, signed_in  # noqa: E402
from tests.stripe_standin import StandIn  # noqa: E402
from tests.stripe_standin.post import Faults  # noqa: E402

from .site import Enemy, Site, free_port  # noqa: E402

METHODS = ("card", "card", "alipay", "wechat_pay")
GOODS_GO = (State.CONFIRMED, State.DISPATCHED, State.DELIVERED, State.ACCEPTED)


class Buyer:
    """One order each: placed, sent to pay by the site, and then something happens."""

    def __init__(self, site: Site, standin: StandIn, people: list[tuple[User, str]], lots: list[Any]) -> None:
        self.site, self.standin, self.people, self.lots = site, standin, people, lots

    def buys(self, number: int, seed: int) -> str:
        rng = random.Random(f"{seed}:{number}")
        what: Callable[[random.Random, Order, str], None] = rng.choices(
            [
                self.pays,
                self.pays_and_calls_off,
                self.pays_later,
                self.pays_never,
                self.pays_too_late,
                self.pays_twice,
                self.accepts_less,
                self.is_given_back_elsewhere,
                self.lets_the_bank_take_it,
            ],
            [40, 14, 12, 8, 12, 6, 6, 1, 1],
        )[0]
        person, session = self.people[number % len(self.people)]
        try:
            jin = 10 + number % 7
            # of a scarce lot there is enough for one alone
            lots = [a_lot(jin=jin)] if what == self.pays_too_late else rng.sample(self.lots, 2)
            order = an_order(PayBy.ONLINE, buyer=person, lots=lots, jin=jin)
            what(rng, order, session)
        finally:
            connection.close()
        if number % 100 == 99:
            print(f"{number + 1} orders", file=sys.stderr, flush=True)
        return what.__name__

    # --- what may happen -----------------------------------------------------------------------

    def pays(self, rng: random.Random, order: Order, session: str) -> None:
        self._pay(rng, self._sent_to_pay(order, session))

    def pays_and_calls_off(self, rng: random.Random, order: Order, session: str) -> None:
        self.pays(rng, order, session)
        self.site.post(f"/orders/{order.number}/cancel/", session, {"why": ""})

    def pays_later(self, rng: random.Random, order: Order, session: str) -> None:
        checkout = self._sent_to_pay(order, session)
        self.standin.sessions.delay(checkout, method=rng.choice(METHODS))
        self.standin.sessions.settle(checkout, arrives=rng.random() < 0.7)

    def pays_never(self, rng: random.Random, order: Order, session: str) -> None:
        checkout = self._sent_to_pay(order, session)
        if rng.random() < 0.5:
            self.standin.sessions.decline(checkout)
        self.standin.sessions.expire(checkout)

    def pays_too_late(self, rng: random.Random, order: Order, session: str) -> None:
        """The order has lapsed by then; whoever comes first has the goods."""
        checkout = self._sent_to_pay(order, session)
        Order.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - dt.timedelta(seconds=1))
        release_lapsed(timezone.now(), order_id=order.pk)
        if rng.random() < 0.5:
            line = order.lines.select_related("lot").get()
            an_order(PayBy.ON_DELIVERY, lots=[line.lot], jin=5)
        self._pay(rng, checkout)

    def pays_twice(self, rng: random.Random, order: Order, session: str) -> None:
        first = self._sent_to_pay(order, session)
        Payment.objects.filter(order=order).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
        second = self._sent_to_pay(order, session)
        for checkout in {first: 0, second: 0}:
            self._pay(rng, checkout)

    def accepts_less(self, rng: random.Random, order: Order, session: str) -> None:
        self.pays(rng, order, session)
        if self._becomes(order, State.CONFIRMED):
            accepted(order, short_jin=rng.randint(1, 5))

    def is_given_back_elsewhere(self, rng: random.Random, order: Order, session: str) -> None:
        """Somebody at the city gives a part back in Stripe's dashboard."""
        self.pays(rng, order, session)
        self.standin.money.refund({"payment_intent": self._intent(order), "amount": "100"})

    def lets_the_bank_take_it(self, rng: random.Random, order: Order, session: str) -> None:
        self.pays(rng, order, session)
        dispute = self.standin.money.dispute(self._intent(order))
        if rng.random() < 0.7:
            self.standin.money.close_dispute(dispute["id"], won=rng.random() < 0.5)

    # --- how -----------------------------------------------------------------------------------

    def _sent_to_pay(self, order: Order, session: str) -> str:
        """The Checkout Session that the site leads to, after as many clicks as it takes."""
        for _ in range(30):
            status, where = self.site.post(f"/orders/{order.number}/pay/", session)
            if where.startswith(self.standin.url):
                return where.rpartition("/")[2]
        raise AssertionError(f"{order.number} cannot be paid: {status} {where}")

    def _pay(self, rng: random.Random, checkout: str) -> None:
        self.standin.sessions.pay(checkout, method=rng.choice(METHODS))

    def _becomes(self, order: Order, state: State) -> bool:
        """The webhook may have been lost; then nobody waits for it."""
        for _ in range(60):
            order.refresh_from_db()
            if order.state == state:
                return True
            time.sleep(0.3)
        return False

    def _intent(self, order: Order) -> str:
        return next(
            str(session["payment_intent"])
            for session in self.standin.sessions.all()
            if session["client_reference_id"] == order.number and session["payment_status"] == "paid"
        )


def run(orders: int, seed: int, fault: float, buyers: int) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    port = free_port()
    with StandIn(f"http://127.0.0.1:{port}/webhooks/stripe/") as standin:
        standin.post.misbehave(Faults(fault, fault, fault, fault, late_seconds=3, seed=seed))
        site = Site(standin, port)
        people = [(person, _signed_in(person)) for person in (a_person() for _ in range(buyers * 2))]
        lots = [a_lot(jin=1_000_000, price_fen=120 + n) for n in range(buyers * 4)]
        buyer = Buyer(site, standin, people, lots)
        try:
            site.start()
            with Enemy(site, standin, seed) as enemy, ThreadPoolExecutor(buyers) as pool:
                did = Counter(pool.map(lambda number: buyer.buys(number, seed), range(orders)))
            standin.breakdowns.clear()
            standin.post.drain(300)
            told = _settled(site, standin)
        finally:
            site.stop()
        return _looked_for(standin, told) | {
            "orders": Order.objects.count(),
            "did": dict(did),
            "killed": enemy.kills,
            "lines cut": enemy.cuts,
            "events": len(standin.post.events),
            "events sent": len(standin.post.answers),
            "events answered": len({name for name, status in standin.post.answers if status == 200}),
            "events stored": ProviderEvent.objects.count(),
        }


def _signed_in(person: User) -> str:
    """A session's key: signing in is tried elsewhere."""
    return signed_in(person).cookies["sessionid"].value


def _settled(site: Site, standin: StandIn) -> list[dict[str, Any]]:
    """Nights that follow: money on its way arrives, and the site reconciles, until it has heard of everything."""
    told = []
    for _ in range(3):
        for refund in standin.money.refunds():
            if refund["status"] == "pending":
                standin.money.settle_refund(refund["id"], arrives=True)
        standin.post.drain(300)
        # whoever asked a moment ago is not asked again at once; a night has passed
        Refund.objects.filter(state=Refund.State.ASKED).update(
            asked_at=timezone.now() - dt.timedelta(minutes=5)
        )
        code, answer = site.manage("reconcile_payments", "--json")
        try:
            told.append(json.loads(answer))
        except ValueError:
            raise AssertionError(f"reconcile_payments failed with {code}: {answer[-2000:]}") from None
    return told


def _looked_for(standin: StandIn, told: list[dict[str, Any]]) -> dict[str, Any]:
    """Every fen; `wrong` names what is not where it should be."""
    wrong: list[str] = []

    def check(holds: bool, words: str) -> None:
        if not holds:
            wrong.append(words)

    ours, last = books(), told[-1]
    charges = standin.money.charges()
    came = sum(charge["amount"] for charge in charges)
    went = sum(refund["amount"] for refund in standin.money.refunds() if refund["status"] == "succeeded")
    taken = sum(dispute["amount"] for dispute in standin.money.disputes() if dispute["status"] != "won")
    listed = sum(each["fen"] for each in last["listed"])
    named = {each["order"] for each in last["listed"]}
    check(ours.difference == 0, f"the books differ by {ours.difference} fen")
    check(ours.received - ours.given_back + listed == came - went - taken, "Stripe has another sum")
    check(
        ours.received == ours.paid + ours.given_back + ours.overpaid + ours.to_match,
        "what came in is not paid orders plus what went back",
    )
    check(last["theirs_fen"] - last["ours_fen"] == listed, "the list does not explain the difference")
    check(not last["healed"], "a third night still hears news")
    known = Counter(
        Payment.objects.exclude(intent="").exclude(note="dispute won").values_list("intent", flat=True)
    )
    for charge in charges:
        check(
            known[charge["payment_intent"]] == 1,
            f"a charge is counted {known[charge['payment_intent']]} times",
        )
    for order in Order.objects.filter(pay_by=PayBy.ONLINE):
        check(not order.overpaid_fen or order.number in named, f"{order.number} is paid too much")
        goods = order.state in GOODS_GO
        check(
            not (goods and order.due_fen) or order.number in named, f"{order.number}: goods without payment"
        )
        check(goods or not order.paid_fen or order.number in named, f"{order.number}: money without goods")
    paid_for = {
        session["client_reference_id"]
        for session in standin.sessions.all()
        if session["payment_status"] == "paid"
    }
    lost = paid_for - set(Payment.objects.exclude(received_fen=None).values_list("order__number", flat=True))
    check(not lost, f"paid, and nobody knows: {sorted(lost)}")
    check(not Refund.objects.filter(state=Refund.State.ASKED).exists(), "a refund has no answer")
    check(
        not Refund.objects.filter(state=Refund.State.FAILED).exists(),
        "a refund failed that Stripe would give",
    )
    check(ours.trial == 0, "the trial balance is not nothing")
    try:
        call_command("verify_ledger", stdout=StringIO())
    except SystemExit as told_so:
        check(not told_so.code, "verify_ledger finds a bad entry")
    try:
        assert_stock_adds_up()
    except AssertionError:
        wrong.append("stock does not add up")
    return {
        "wrong": wrong,
        "received": ours.received,
        "paid orders": ours.paid,
        "given back": ours.given_back,
        "to give back": ours.overpaid,
        "listed fen": listed,
        "listed": [f"{each['what']} {each['order']} {each['ours']}" for each in last["listed"]],
        "healed by night": [len(each["healed"]) for each in told],
        "Stripe: came, went, taken": (came, went, taken),
        "states": dict(Counter(Order.objects.values_list("state", flat=True))),
        "refunds": dict(Counter(Refund.objects.values_list("state", flat=True))),
    }
