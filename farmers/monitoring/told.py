"""Who is told: officers of new warnings about their villages' people, the city's office of problems that are overdue."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import partial

from django.urls import reverse
from django_tasks import task

from farmers.registry.officers import answering_for
from marketplace.access.models import Role, User
from marketplace.days import SHANGHAI
from marketplace.notices.tell import Telling, tell, tell_each
from marketplace.notices.words import in_both
from marketplace.templatetags.market import month_day

from .models import Problem, State, Warning


@task(backend="notices")
def warnings_raised(day: str) -> int:
    """Each officer once a day, of how many there are and never of whom."""
    begun = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), SHANGHAI)
    raised = Warning.objects.filter(
        state=State.NEW, raised_at__gte=begun, raised_at__lt=begun + dt.timedelta(days=1)
    )
    villages = Counter(raised.values_list("household__village", flat=True))
    link = reverse("monitoring:warnings")
    tellings = [
        Telling(user_id, "warnings", {"count": str(sum(villages[village] for village in own))}, link)
        for user_id, own in answering_for(villages).items()
    ]
    return tell_each(tellings, f"warnings:{day}")


@task(backend="notices")
def problems_overdue(day: str) -> int:
    """The city's office, of each problem once for the day by which it was to be closed."""
    officials = list(User.objects.filter(role=Role.OFFICIAL, is_active=True).values_list("pk", flat=True))
    told = 0
    for problem in Problem.objects.open().filter(due_on__lt=dt.date.fromisoformat(day)).order_by("pk"):
        facts = {"number": str(problem.pk), **in_both("day", partial(month_day, problem.due_on))}
        key = f"problem:{problem.pk}:overdue:{problem.due_on}"
        told += tell(officials, "problem_overdue", facts, problem.get_absolute_url(), key)
    return told
