"""Reviews: by who bought, of goods accepted and kept, one for each line; hidden by an editor with a reason."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import BooleanField, Case, Count, QuerySet, Sum, Value, When, Window
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.written import Given, Written

from .models import OrderLine, Review
from .transitions import NotAllowed, locked

SHOWN = 5


@transaction.atomic
def write_review(line_id: int, stars: int, words: str, by: User) -> Review:
    """Say how a line's goods were. The same form sent twice is one review. Raises NotAllowed.

    Whether `by` acts for the buyer is asked before, by `views.abilities`.
    """
    line = OrderLine.objects.select_related("lot").get(pk=line_id)
    order = locked(line.order_id)
    line.refresh_from_db(fields=["accepted_quantity", "returned_quantity"])
    if line.kept_quantity <= 0:
        raise NotAllowed(_("Goods are reviewed when they were accepted and kept."))
    if there := Review.objects.filter(line=line).first():
        if (there.stars, there.words) != (stars, words):
            raise NotAllowed(_("These goods were reviewed already."))
        return there
    return Review.objects.create(
        line=line,
        product_id=line.lot.product_id,
        household_id=line.household_id,
        buyer_kind=order.buyer_kind,
        by=by,
        stars=stars,
        words=words,
    )


def hide(review: Review, by: User, reason: str) -> None:
    """Take a review off the pages and out of the average. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a review is hidden with a reason")
    review.hidden_at, review.hidden_by, review.hidden_reason = timezone.now(), by, reason.strip()
    review.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])


def show(review: Review) -> None:
    """Back onto the pages."""
    review.hidden_at = review.hidden_by = None
    review.hidden_reason = ""
    review.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])


class Told(NamedTuple):
    """What buyers say: of the product on average, and of this household's in words."""

    number: int
    average: float
    reviews: list[Review]


@lru_cache(maxsize=1)
def _shown() -> Written[Any]:
    own = When(household=Given("household"), then=Value(True))
    rows: QuerySet[Review, Any] = (
        Review.objects.filter(product=Given("product"), hidden_at=None)
        .annotate(
            number=Window(Count("pk")),
            sum=Window(Sum("stars")),
            own=Case(own, default=Value(False), output_field=BooleanField()),
        )
        .order_by("-own", "-created_at", "-pk")[:SHOWN]
    )
    return Written(rows)


def told_of(lot: Lot) -> Told:
    """In one query, for the offer page. Of a household that does not want to be shown, the product's average alone:
    the same words at two of its lots would tell that they are one household's."""
    told = lot.household_id if lot.household.consent_on else None
    found = _shown().ask(product=lot.product_id, household=told)
    if not found:
        return Told(0, 0.0, [])
    return Told(found[0].number, found[0].sum / found[0].number, [row for row in found if row.own])
