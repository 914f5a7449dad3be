"""How much waits for who serves villages, for the page of the day."""

from __future__ import annotations

from typing import NamedTuple

from django import template
from django.db.models import Count, Q

from farmers.monitoring.models import Warning
from marketplace.access.models import User
from marketplace.days import today

register = template.Library()


class Waiting(NamedTuple):
    open: int
    overdue: int


@register.simple_tag
def warnings_waiting(user: User) -> Waiting:
    """The open warnings of the own villages, and those of them whose next step is overdue. One query and the post's."""
    late = Count("pk", filter=Q(due_on__lt=today()))
    counts = Warning.objects.visible_to(user).open().order_by().aggregate(open=Count("pk"), overdue=late)
    return Waiting(**counts)
