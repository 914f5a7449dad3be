"""What waits for one person, for the page that they begin on: requests to decide, and drafts that were sent back."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from marketplace.access.models import User
from shop.buyers.models import Duty

from .models import Approval, BulkRequest, State, Step

# a start page is no list: what is beyond stands among the requests
MOST = 5


def to_decide(user: User) -> QuerySet[BulkRequest]:
    """Held requests that this person may agree to and has not, the one that lapses first at the top. One query.

    The same rule as `approve.may_decide` and `approve.is_own`, asked of all requests at once.
    """
    decides = Duty.objects.filter(
        member__organisation=OuterRef("organisation"), member__user=user, kind=Duty.Kind.APPROVER
    )
    agreed = Approval.objects.filter(request=OuterRef("pk"), round=OuterRef("round"), by=user)
    submitted = Step.objects.filter(request=OuterRef("pk"), from_state=State.DRAFT).order_by("-pk")
    return (
        BulkRequest.objects.visible_to(user)
        .filter(Exists(decides), ~Exists(agreed), state=State.HELD, held_until__gte=timezone.now())
        .exclude(by=user)
        .annotate(submitted_by=Subquery(submitted.values("by")[:1]))
        .exclude(submitted_by=user.pk)
        .select_related("organisation", "by")
        .defer("organisation__phone")
        .order_by("held_until", "pk")
    )


def sent_back(user: User) -> QuerySet[BulkRequest]:
    """Drafts of this person that a colleague sent back to be changed, the newest first. One query."""
    last = Step.objects.filter(request=OuterRef("pk")).order_by("-pk")
    return (
        BulkRequest.objects.filter(by=user, state=State.DRAFT)
        .annotate(why=Subquery(last.values("why")[:1]), who=Subquery(last.values("by__username")[:1]))
        .exclude(why=None)
        .exclude(why="")
        .order_by("-pk")
    )
