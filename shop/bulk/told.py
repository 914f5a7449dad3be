"""Who is told of a bulk request's steps: those who may approve it, and whoever asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from django_tasks import task

from farmers.stock.models import Lot, Product
from marketplace.days import today
from marketplace.money import yuan
from marketplace.notices.tell import tell
from marketplace.notices.words import in_both
from marketplace.templatetags.market import name_
from shop.buyers.models import Duty

from .models import BulkLine, State, Step

TO_WHO_ASKED = {State.APPROVED: "approved", State.LAPSED: "request_lapsed"}
LATELY = dt.timedelta(days=60)


@task(backend="notices")
def request_moved(step_id: int) -> int:
    step = Step.objects.select_related("request").get(pk=step_id)
    request, link, key = step.request, step.request.get_absolute_url(), f"bulk:{step.pk}"
    facts = {"number": request.number, "amount": yuan(request.total_fen)}
    if step.to_state == State.HELD:
        approvers = Duty.objects.filter(
            kind=Duty.Kind.APPROVER, member__organisation=request.organisation_id
        ).exclude(member__user=request.by_id)
        return tell(approvers.values_list("member__user", flat=True), "to_approve", facts, link, key)
    kind = TO_WHO_ASKED.get(State(step.to_state))
    if step.from_state == State.HELD and step.to_state == State.DRAFT:
        kind = "request_back"
    return tell([request.by_id], kind, facts, link, key) if kind and step.by_id != request.by_id else 0


@task(backend="notices")
def tell_of_clearance(lot_ids: Sequence[int]) -> int:
    """Those who asked for such goods lately, each unit once a day."""
    day = today()
    products = {
        lot.product_id: lot.product for lot in Lot.objects.filter(pk__in=lot_ids).select_related("product")
    }
    asked = BulkLine.objects.filter(
        product__in=products, request__submitted_at__gte=dt.datetime.combine(day - LATELY, dt.time(), dt.UTC)
    ).exclude(request__state=State.DRAFT)
    by_person: dict[int, set[int]] = {}
    for person, product in asked.values_list("request__by", "product").distinct():
        by_person.setdefault(person, set()).add(product)
    told = 0
    for person, wanted in sorted(by_person.items()):
        names = [products[pk] for pk in sorted(wanted)][:6]
        facts = in_both("products", partial(_names, names))
        told += tell([person], "clearance", facts, "/shop/clearance/", f"clearance:{day}")
    return told


def _names(products: Sequence[Product]) -> str:
    return "、".join(name_(product) for product in products)


def on_stock_in_danger(sender: object, lot_ids: Sequence[int], **kwargs: object) -> None:
    tell_of_clearance.enqueue(list(lot_ids))
