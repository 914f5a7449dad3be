"""Tell people something: a line in each one's inbox, and what goes out of it by message, once for each key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from marketplace.access.models import User

from .deliver import send_due
from .models import Channel, Delivery, Group, Notice
from .wishes import channels
from .words import KINDS


class Telling(NamedTuple):
    """What one person is told. `facts` name goods and places, never a telephone or an address."""

    user_id: int
    kind: str
    facts: Mapping[str, Any]
    link: str


def tell(user_ids: Iterable[int | None], kind: str, facts: Mapping[str, Any], link: str, key: str) -> int:
    """Tell all of these the same, each once for `key`; how many were told now."""
    return tell_each([Telling(pk, kind, facts, link) for pk in user_ids if pk is not None], key)


@transaction.atomic
def tell_each(tellings: Sequence[Telling], key: str) -> int:
    """Tell each their own, in a fixed number of queries. Who was told of `key` before is not told again."""
    wanted = {telling.user_id: telling for telling in tellings}
    told = set(Notice.objects.filter(key=key, user__in=wanted).values_list("user", flat=True))
    people = {user.pk: user for user in User.objects.filter(pk__in=set(wanted) - told, is_active=True)}
    if not people:
        return 0
    Notice.objects.bulk_create(
        [
            Notice(
                user=user, key=key, kind=wanted[pk].kind, facts=dict(wanted[pk].facts), link=wanted[pk].link
            )
            for pk, user in people.items()
        ],
        ignore_conflicts=True,
    )
    _send_out(key, people, {pk: KINDS[wanted[pk].kind].group for pk in people})
    return len(people)


def _send_out(key: str, people: Mapping[int, User], groups: Mapping[int, Group]) -> None:
    by_group: dict[Group, list[User]] = defaultdict(list)
    for pk, group in groups.items():
        by_group[group].append(people[pk])
    ways: dict[int, list[Channel]] = {}
    for group, users in by_group.items():
        ways |= channels(users, group)
    if not any(ways.values()):
        return
    notices = Notice.objects.filter(key=key, user__in=[pk for pk, found in ways.items() if found])
    Delivery.objects.bulk_create(
        [Delivery(notice=notice, channel=channel) for notice in notices for channel in ways[notice.user_id]],
        ignore_conflicts=True,
    )
    send_due.enqueue()
