"""Briefings in the admin: an official looks over and publishes, an editor words them, nobody else gets in."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from farmers.ledger.entries_hold import chain_holds
from farmers.ledger.models import Briefing, BriefingWords, Entry
from farmers.ledger.post import post_sales
from farmers.ledger.seal import seal_all
from marketplace.access.models import Role
from marketplace.days import today
from tests.ledger import books
from tests.ledger.books import forged, noon, potatoes
from tests.makers import a_person, signed_in

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
NEW = "/admin/briefing/new/"
LAST = today().replace(day=1) - dt.timedelta(1)


def said(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == status, path
    return answer.content.decode()


def press(client: Client, page: str) -> Any:
    """Send the form that the page shows."""
    form = dict(re.findall(r'name="(start|end|town|once)" value="([^"]*)"', page))
    return client.post(NEW, form, headers=ENGLISH)


@pytest.fixture
def sold() -> list[Entry]:
    return post_sales([potatoes(family, at=noon(LAST.year, LAST.month, 3)) for family in books.households(6)])


def test_an_official_publishes_last_month_with_two_presses(sold: list[Entry]) -> None:
    client = signed_in(Role.OFFICIAL)
    page = said(client, NEW)
    assert "<a href" in page
    assert "shown on the public ledger too" in page
    assert f"from={LAST.replace(day=1)}" in page
    assert "measure=households" in page
    answer = press(client, page)
    briefing = Briefing.objects.get()
    assert answer["Location"] == f"/admin/briefing/inspect/{briefing.pk}/"
    assert (briefing.start, briefing.end, briefing.is_public) == (LAST.replace(day=1), LAST, True)
    # pressed again, the same
    assert press(client, page)["Location"] == answer["Location"]
    assert Briefing.objects.count() == 1
    own = said(client, f"{answer['Location']}?check=1")
    assert "computed anew from 6 entries" in own
    assert briefing.block_hash in own
    assert "Shown on the public ledger, in these words" in own
    assert answer["Location"] in said(client, "/admin/briefing/")


def test_a_period_too_long_for_a_page_is_left_to_the_command(
    sold: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(Role.OFFICIAL)
    short = said(client, NEW)
    monkeypatch.setattr("cms.briefings.MOST_ENTRIES_AT_ONCE", 5)
    page = said(client, NEW)
    command = re.search(r"<code>manage.py briefing (.*?)</code>", page)
    assert command
    assert "6 entries" in page
    assert press(client, short).status_code == 409
    assert not Briefing.objects.exists()
    text = StringIO()
    call_command("briefing", *command[1].split(), stdout=text, stderr=StringIO())
    briefing = Briefing.objects.get()
    assert text.getvalue().strip() == "".join(words for words, _figure in briefing.chinese)
    assert (briefing.start, briefing.end) == (LAST.replace(day=1), LAST)
    assert "6 entries" in said(client, f"/admin/briefing/inspect/{briefing.pk}/?check=1")


def test_the_command_publishes_for_nobody_else(sold: list[Entry]) -> None:
    cashier = a_person(Role.CASHIER)
    with pytest.raises(CommandError, match="may not publish"):
        call_command("briefing", "--from", LAST, "--to", LAST, "--publish", cashier.username)
    assert not Briefing.objects.exists()


def test_a_town_and_days_of_ones_own(sold: list[Entry]) -> None:
    town = sold[0].town
    asked = f"{NEW}?period=&start={LAST:%Y-%m}-02&end={LAST:%Y-%m}-03&town={town.slug}"
    client = signed_in(Role.ADMIN)
    page = said(client, asked)
    assert f"{town.name_en} sold" in page
    assert "not shown on the public ledger" in page
    assert f"town={town.slug}" in page
    assert "rows=village" in page
    press(client, page)
    assert Briefing.objects.get().town == town
    public = Client()
    assert public.get(Briefing.objects.get().get_absolute_url()).status_code == 404
    assert client.get(Briefing.objects.get().get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("period=&start=2026-13-01&end=2026-01-01", "valid date"),
        ("period=&start=&end=", "Choose a day, or a period above."),
        ("period=&start=1999-01-01&end=2026-01-01", "between 2000 and today"),
        ("period=&start=2026-02-01&end=2999-01-01", "between 2000 and today"),
        ("period=&start=2026-02-02&end=2026-02-01", "The last day is before the first."),
        ("period=never", "Select a valid choice"),
        ("town=%00", "Null characters"),
        ("town=nowhere", "Select a valid choice"),
    ],
)
def test_what_is_asked_wrongly_is_told_at_its_field(asked: str, word: str) -> None:
    assert word in said(signed_in(Role.OFFICIAL), f"{NEW}?{asked}", 422)


def test_what_does_not_verify_is_not_published_and_the_entry_is_named(sold: list[Entry]) -> None:
    seal_all()
    client = signed_in(Role.OFFICIAL)
    page = said(client, NEW)
    with forged(f"UPDATE ledger_entry SET buyer_name = 'x' WHERE id = {sold[2].pk}"):
        told = said(client, NEW)
        assert sold[2].key in told
        assert "amount in yuan" in told
        assert 'name="once"' not in told
        refused = press(client, page)
        assert refused.status_code == 409
        assert sold[2].key in refused.content.decode()
        assert not Briefing.objects.exists()


CHINESE = {
    "its facts do not match its digest: it was changed after it was posted": "内容与摘要不符",
    "it says %(told)s, the entries %(found)s": "汇总数是 %(told)s，分录加起来是 %(found)s",
    "block %(block)s is missing": "区块 %(block)s 不见了",
}


def test_a_refusal_says_why_in_the_readers_language(
    sold: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a catalogue of three: that each of ours is in the real one, its own test says."""
    seal_all()
    monkeypatch.setattr("farmers.ledger.bad.gettext", CHINESE.__getitem__)
    client = signed_in(Role.OFFICIAL)

    def refused() -> str:
        return client.get(NEW, headers={"accept-language": "zh-hans"}).content.decode()

    with forged(f"UPDATE ledger_entry SET buyer_name = 'x' WHERE id = {sold[2].pk}"):
        assert "<p>内容与摘要不符</p>" in refused()
    with forged("UPDATE ledger_daytotal SET amount_fen = amount_fen + 1"):
        assert re.search(r"<p>汇总数是 [\d,.]+，分录加起来是 [\d,.]+</p>", refused())
    with forged("UPDATE ledger_block SET number = 2"):
        found = next(chain_holds())
        assert found.told == "区块 1 不见了"
        # programs read it in one language
        assert found.as_json() == {"entry": None, "key": "", "reason": "block 1 is missing"}


def test_an_entry_that_is_gone_leads_nowhere(sold: list[Entry]) -> None:
    seal_all()
    gone = sold[3].pk
    with forged(f"DELETE FROM ledger_entry WHERE id = {gone}"):
        told = said(signed_in(Role.OFFICIAL), NEW)
        assert "it was sealed in block 1 and is gone" in told
        assert f"inspect/{gone}/" not in told


def test_nothing_can_be_published_of_an_empty_ledger() -> None:
    client = signed_in(Role.OFFICIAL)
    page = said(client, NEW)
    assert "The ledger is empty" in page
    assert 'name="once"' not in page
    made_by_hand = {"start": LAST, "end": LAST, "once": uuid.uuid4()}
    answer = client.post(NEW, made_by_hand, headers=ENGLISH)
    assert answer.status_code == 409
    assert "The ledger is empty" in answer.content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"start": "x"}, {"start": "2026-05-01", "end": "2026-04-01", "once": "1"}]
)
def test_a_form_made_by_hand_publishes_nothing(data: dict[str, str], sold: list[Entry]) -> None:
    assert signed_in(Role.OFFICIAL).post(NEW, data).status_code == 422
    assert not Briefing.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OFFICIAL, Role.ADMIN)])
def test_nobody_else_publishes(role: Role, sold: list[Entry]) -> None:
    client = signed_in(role)
    once = {"start": LAST, "end": LAST, "once": uuid.uuid4()}
    for answer in (client.get(NEW), client.post(NEW, once), client.get("/admin/briefing/")):
        assert answer.status_code in (302, 403)
        assert "briefing" not in answer.get("Location", "") or "login" in answer["Location"]
    assert not Briefing.objects.exists()


# --- wording ------------------------------------------------------------------------------------


def words_page() -> str:
    return f"/admin/briefingwords/edit/{BriefingWords.objects.get(language='zh-hans').pk}/"


def test_an_editor_words_the_paragraph_and_a_mistake_is_told_at_its_field() -> None:
    client = signed_in(Role.EDITOR)
    assert "惠及农户{households}户" in said(client, words_page())
    wrong = client.post(words_page(), {"sold": "{period}{place}{money}"}, headers=ENGLISH)
    assert wrong.status_code == 422
    assert "{money} is not known here" in wrong.content.decode()
    assert client.post(words_page(), {"others": "土特产"}).status_code == 302
    assert BriefingWords.objects.get(language="zh-hans").others == "土特产"


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.CASHIER])
def test_wording_is_the_editors_alone(role: Role) -> None:
    client = signed_in(role)
    for path in (words_page(), "/admin/briefingwords/"):
        assert client.get(path).status_code in (302, 403)
    client.post(words_page(), {"others": "x"})
    assert not BriefingWords.objects.get(language="zh-hans").others


def test_the_menu_leads_there(sold: list[Entry]) -> None:
    official, editor = (said(signed_in(role), "/admin/") for role in (Role.OFFICIAL, Role.EDITOR))
    assert "/admin/briefing/" in official
    assert "/admin/briefingwords/" not in official
    assert "/admin/briefingwords/" in editor
