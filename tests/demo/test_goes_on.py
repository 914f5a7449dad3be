"""The demo's orders are real ones: the site's own verbs take them further, and the books still agree."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from farmers.ledger.models import Entry
from farmers.ledger.verify import verify
from farmers.stock.models import Lot
from marketplace.access.models import User
from shop.bulk.approve import approve
from shop.bulk.models import BulkRequest
from shop.green.lapse import release_holds
from shop.orders.accept import accept, give_back
from shop.orders.cancel import cancel
from shop.orders.dispatch import deliver, dispatch, report_stop
from shop.orders.models import Consignment, Order, OrderLine, State
from shop.orders.pay import pay_on_delivery
from shop.payments.books import books, to_give_back, to_match
from shop.payments.models import Payment
from shop.payments.receive import collect_cash, count_difference
from shop.payments.receive import give_back as give_money_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def user(name: str) -> User:
    return User.objects.get(username=name)


def all_agrees() -> None:
    sums = Lot.objects.annotate(
        l=Sum("movements__listed"), r=Sum("movements__reserved"), s=Sum("movements__sold")
    )
    assert not sums.exclude(listed=F("l"), reserved=F("r"), sold=F("s")).exists()
    assert books().difference == 0
    kept = sum(line.kept_fen for line in OrderLine.objects.filter(accepted_quantity__gt=0))
    assert Entry.objects.aggregate(all=Sum("amount_fen"))["all"] == kept
    assert verify().ok


def test_every_order_under_way_can_be_brought_to_its_end() -> None:
    officer = user("officer")
    pay_on_delivery(Order.objects.get(state=State.AWAITING_PAYMENT).pk, by=user("citizen"))
    for request in BulkRequest.objects.filter(state="held"):
        approve(request.pk, user("approver"))
    for order in Order.objects.filter(state__in=[State.CONFIRMED, State.DISPATCHED, State.DELIVERED]):
        for parcel in order.consignments.all():
            dispatch(parcel.pk, officer)
            if parcel.state == Consignment.State.PREPARING:
                report_stop(parcel.pk, officer, "到了")
            deliver(parcel.pk, officer)
        accepted = accept(order.pk, {line.pk: line.quantity for line in order.lines.all()}, order.buyer)
        assert accepted.state == State.ACCEPTED
    # what firms hold after a look ends by itself
    assert release_holds(timezone.now() + dt.timedelta(days=9)) == 2
    assert not Lot.objects.filter(reserved__gt=0).exists()
    all_agrees()


def test_goods_can_be_called_off_and_given_back() -> None:
    for order in Order.objects.filter(state=State.CONFIRMED):
        cancel(order.pk, order.buyer, "不要了")
    line = OrderLine.objects.filter(accepted_quantity__gt=0, returned_quantity__gt=0).latest("pk")
    give_back(
        line.pk,
        line.kept_quantity,
        returned_before=line.returned_quantity,
        sound=False,
        reason="坏了",
        by=user("official"),
    )
    all_agrees()


def test_the_cashier_can_settle_all_there_is() -> None:
    cashier = user("cashier")
    for payment in to_match():
        count_difference(payment.pk, cashier)
    for n, order in enumerate(to_give_back()):
        give_money_back(order, order.overpaid_fen, f"退-{n}", cashier, provider=Payment.Provider.TRANSFER)
    for n, order in enumerate(Order.objects.filter(state=State.ACCEPTED)):
        if order.due_fen:
            collect_cash(order, order.due_fen, f"收-{n}", cashier)
    assert books().due == 0
    assert not to_give_back().exists()
    all_agrees()
