"""What the admin's home says needs attention today."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from cms import attention
from cms.letters import Letter
from cms.models import StoryIndexPage, StoryPage
from marketplace.access.models import Role
from marketplace.days import today
from shop.orders.models import Order, PayBy
from tests.makers import a_household, a_lot, accepted, an_order, signed_in

pytestmark = pytest.mark.django_db


KINDS = {
    "/cashier/": "books",
    "/ledger/": "unsealed",
    "/admin/lot/": "spoiling",
    "/admin/household/": "unasked",
    "/admin/letter/": "letters",
    "/admin/pages/": "stories",
}


def panel(client: Client) -> dict[str, str]:
    """What the panel speaks of, and where each line leads."""
    page = client.get("/admin/").content.decode()
    part = page[page.index('id="attention-section"') :].partition("</section>")[0]
    addresses = [
        html.unescape(found) for found in re.findall(r'<li class="w-py-2">\s*<a href="([^"]+)"', part)
    ]
    return {
        kind: address for address in addresses for begin, kind in KINDS.items() if address.startswith(begin)
    }


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Something of everything that may wait."""
    spoiling = a_lot(product="bocai", harvested_on=today())
    type(spoiling).objects.update(good_until=today() + dt.timedelta(days=2))
    agreed = a_lot(household=a_household(consent_on=today()))
    Letter.objects.create(subject="order", name="王", text="少了")
    draft = StoryPage(title="稿", slug="gao", intro="早", live=False)
    index = StoryIndexPage.objects.get(locale__language_code="zh-hans")
    index.add_child(instance=draft)
    draft.save_revision()
    accepted(an_order(PayBy.ON_DELIVERY, lots=[agreed], jin=1))
    later = timezone.now() + dt.timedelta(days=3)
    monkeypatch.setattr(attention.timezone, "now", lambda: later)
    Order.objects.update(paid_fen=F("paid_fen") + 1)
    return {"spoiling": spoiling, "agreed": agreed, "index": index}


def test_each_role_is_told_what_it_may_act_on(busy: dict[str, Any]) -> None:
    everything = set(KINDS.values())
    assert set(panel(signed_in(Role.ADMIN))) == everything
    assert set(panel(signed_in(Role.OFFICIAL))) == {"unsealed", "spoiling", "unasked"}
    assert set(panel(signed_in(Role.EDITOR))) == {"spoiling", "letters", "stories"}


def test_every_line_leads_to_what_it_counts(busy: dict[str, Any]) -> None:
    admin = signed_in(Role.ADMIN)
    pages = {kind: admin.get(address, follow=True) for kind, address in panel(admin).items()}
    assert {page.status_code for page in pages.values()} == {200}
    told = {kind: page.content.decode() for kind, page in pages.items()}
    assert busy["spoiling"].slug in told["spoiling"]
    assert busy["agreed"].slug not in told["spoiling"]
    assert f"household/inspect/{busy['spoiling'].household_id}/" in told["unasked"]
    assert f"household/inspect/{busy['agreed'].household_id}/" not in told["unasked"]
    assert "/admin/letter/edit/" in told["letters"]
    Letter.objects.update(done=True)
    assert "/admin/letter/edit/" not in admin.get("/admin/letter/?done=false").content.decode()


def test_a_quiet_day_says_so() -> None:
    lot = a_lot(household=a_household(consent_on=today()))
    assert lot.good_until is None or lot.good_until > today() + dt.timedelta(days=3)
    for role in (Role.EDITOR, Role.OFFICIAL, Role.ADMIN):
        assert panel(signed_in(role)) == {}
