"""What an act makes people hear: who hears which kind, though every task is done twice, and that it names no person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from farmers.registry.models import Household, Officer
from marketplace.access.models import Role, User
from marketplace.notices.models import Notice
from marketplace.notices.words import said, said_outside
from shop.orders.models import Complaint, Order
from shop.payments.models import Tick

from .worker import work

Heard = list[tuple[User, str]]


def heard(act: Callable[[], Any]) -> Heard:
    """Who was told what because of this act, and of nothing before it; a person told twice of a kind stands twice."""
    DBTaskResult.objects.all().delete()
    Notice.objects.all().delete()
    act()
    work(times=2)
    told = list(Notice.objects.select_related("user").order_by("pk"))
    assert_tell_of_nobody(told)
    return by_name((notice.user, notice.kind) for notice in told)


def by_name(pairs: Any) -> Heard:
    return sorted(pairs, key=lambda pair: (pair[0].username, pair[1]))


def assert_tell_of_nobody(notices: Iterable[Notice]) -> None:
    """What leaves the site has no name, number or address in it, and no word that somebody wrote."""
    private = {text for text in _private() if len(text) > 1}
    for notice, language in product(notices, ("zh-hans", "en")):
        with override(language):
            text = said_outside(notice)
            assert text and "–" not in text + said(notice), f"{notice.kind} lacks a fact: {text}"
        assert not [word for word in private if word in text], (notice.kind, text)


def _private() -> Iterator[str]:
    for person in User.objects.all():
        # the demo's accounts are named for their roles, which is what anybody may be called
        if person.username not in Role.values:
            yield person.username
        yield from (person.email, person.phone, person.get_full_name())
    for home in Household.objects.all():
        yield from (home.head_name, home.phone)
    yield from Officer.objects.values_list("name", flat=True)
    for order in Order.objects.all():
        yield from (order.recipient, order.phone, order.address)
    for words in Complaint.objects.values_list("words", "answer"):
        yield from words
    for words in Tick.objects.values_list("words", "answer"):
        yield from words
