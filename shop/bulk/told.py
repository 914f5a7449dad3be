"""Who is told of a bulk request's steps: those who may approve it, and whoever asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from django.urls import reverse
from django_tasks import task

from farmers.stock.models import Lot, Product
from marketplace.days import today
from marketplace.money import yuan
from marketplace.notices.tell import Telling, tell, tell_each
from marketplace.notices.words import in_both
from marketplace.templatetags.market import name_
from shop.buyers.models import Duty

from .clearing import asked_lately
from .models import State, Step

TO_WHO_ASKED = {State.APPROVED: "approved", State.LAPSED: "request_lapsed"}
# of what spoils, so many goods are named
MOST_NAMED = 6


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
    """Those who asked for such goods lately, each once a day."""
    day = today()
    products = {
        lot.product_id: lot.product for lot in Lot.objects.filter(pk__in=lot_ids).select_related("product")
    }
    asked = asked_lately().filter(product__in=products)
    by_person: dict[int, set[int]] = defaultdict(set)
    for person, product in asked.values_list("request__by", "product").distinct():
        by_person[person].add(product)
    link = reverse("shop:clearance")
    tellings = [
        Telling(
            person,
            "clearance",
            in_both("products", partial(_names, [products[pk] for pk in sorted(wanted)][:MOST_NAMED])),
            link,
        )
        for person, wanted in by_person.items()
    ]
    return tell_each(tellings, f"clearance:{day}")


def _names(products: Sequence[Product]) -> str:
    return "、".join(name_(product) for product in products)


def on_stock_in_danger(sender: object, lot_ids: Sequence[int], **kwargs: object) -> None:
    tell_of_clearance.enqueue(list(lot_ids))
