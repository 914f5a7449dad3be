"""The one table of kinds: each is told by somebody, each may be wished for or not, and none names a person."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from marketplace.access.models import Role
from marketplace.access.phones import set_phone
from marketplace.notices import deliver as postman
from marketplace.notices.models import Channel, Delivery, Group, Notice, Wish
from marketplace.notices.tell import tell
from marketplace.notices.words import KINDS, said, said_outside
from marketplace.sms import LONGEST_FACT
from tests.makers import a_person

ROOT = Path(__file__).parents[2]
# who tells: each room's `told.py`, and the alerts of goods that are back
TELLERS = [*ROOT.glob("*/*/told.py"), ROOT / "shop/buyers/wishes.py"]
# facts that leave the site: goods, places, sums, numbers and days; a firm is no person; of an account, as banks
# write it, its last digits
OUTSIDE = {
    *("number", "amount", "price", "count", "goods", "product", "products"),
    *("town", "village", "place", "firm", "day", "month", "tail"),
}
OF_ANY_LENGTH = {"goods", "products", "count", "firm"}
# as long as they get, but for goods, of which any number may be sold at once
LONG = {
    "number": "DZ261130-ABCDEFGH",
    "amount": "12,345.67",
    "price": "123.45",
    "count": "1,200 株",
    "day": "12月30日",
    "month": "2026-11",
    "product": "国槐树苗",
    "products": "大白菜、土豆",
    "goods": "土豆 10 斤",
    "town": "清风店镇",
    "village": "东亭村",
    "place": "东亭村",
    "firm": "定州苗木场",
    "tail": "1234",
    "why": "照片看不清",
}


def words_of(path: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_kind_is_told_by_somebody() -> None:
    told = set().union(*map(words_of, TELLERS))
    assert set(KINDS) - told == set()


@pytest.mark.parametrize("kind", KINDS)
def test_what_leaves_the_site_names_only_what_may_be_known(kind: str) -> None:
    text = str(KINDS[kind].outside or KINDS[kind].text)
    assert set(re.findall(r"%\((\w+)\)s", text)) <= OUTSIDE


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_say_the_same_facts(kind: str) -> None:
    for text in filter(None, (KINDS[kind].text, KINDS[kind].outside)):
        facts = []
        for language in ("zh-hans", "en"):
            with override(language):
                facts.append(sorted(re.findall(r"%\((\w+)\)s", str(text))))
        assert facts[0] == facts[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_in_chinese_is_whole(kind: str) -> None:
    """A template's variable takes so many characters; only goods, of which there may be many, are cut."""
    with override("zh-hans"):
        pattern = str(KINDS[kind].outside or KINDS[kind].text)
        text = said_outside(Notice(kind=kind, facts=LONG))
    assert not pattern.isascii(), "it has no Chinese yet"
    if not OF_ANY_LENGTH & set(re.findall(r"%\((\w+)\)s", pattern)):
        assert len(text) <= LONGEST_FACT, f"{len(text)}: {text}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db
def test_every_kind_comes_by_message_to_those_who_wish_it_alone(kind: str) -> None:
    assert KINDS[kind].group in Group
    wants, does_not = a_person(Role.SELLER), a_person(Role.SELLER)
    for number, user in enumerate((wants, does_not)):
        set_phone(user, f"1390000010{number}")
        for channel in Channel:
            Wish.objects.create(user=user, group=KINDS[kind].group, channel=channel, wanted=user == wants)
    assert tell([wants.pk, does_not.pk], kind, LONG, "/", "k") == 2
    assert list(Delivery.objects.values_list("notice__user", "channel")) == [(wants.pk, "sms")]


def test_the_officers_reason_stands_in_the_inbox_and_not_in_a_message() -> None:
    notice = Notice(kind="sent_back", facts={"product": "土豆", "why": "李家的电话 13812345678"})
    assert "13812345678" in said(notice)
    assert "13812345678" not in said_outside(notice)


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "word"), [("", "土豆"), ("zh-hans", "土豆"), ("en", "Potato")])
def test_messages_are_in_the_language_that_their_reader_chose(
    chosen: str, word: str, monkeypatch: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(postman, "quiet_until", lambda now: None)
    monkeypatch.setattr(postman, "send_sms", lambda phone, template, facts: sent.append(facts["text"]))
    user = a_person(Role.SELLER)
    set_phone(user, "13900000001")
    user.language = chosen
    user.save()
    with override("en" if chosen != "en" else "zh-hans"):  # the worker's own is another
        tell([user.pk], "on_sale", {"product": "土豆", "product_en": "Potato"}, "/", "k")
        postman.send_due.func()
    assert word in sent[0]


@pytest.mark.parametrize(
    "text", ["short", "三十五" * 12, "Order DZ261130-ABCDEFGH is confirmed. The village"]
)
def test_what_is_too_long_is_cut_at_a_word_and_says_so(text: str) -> None:
    cut = postman._cut(text)
    assert len(cut) <= LONGEST_FACT
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
    if " " in text and cut != text:
        assert text[len(cut) - 1] == " "
