from __future__ import annotations

import threading

import pytest
from django.db import connection
from wagtail.models import Page

from marketplace.access.models import User


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_commits_is_gone_for_the_next(time: str) -> None:
    assert not User.objects.exists()
    assert Page.objects.filter(depth=1).exists(), "what migrations load is there each time"

    def sign_up() -> None:
        User.objects.create(username="from-another-thread")
        connection.close()

    other = threading.Thread(target=sign_up)
    other.start()
    other.join()
    assert User.objects.get().username == "from-another-thread"
    Page.objects.filter(depth__gt=0).delete()
