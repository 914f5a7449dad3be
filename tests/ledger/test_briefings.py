"""Published briefings: nothing is printed that its entries do not bear out, and what was printed can be checked later."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from farmers.ledger import guards
from farmers.ledger.briefing import figures, figures_of_entries, printed, text
from farmers.ledger.briefing_check import Unsound, check_briefing
from farmers.ledger.models import Briefing, BriefingWords, Entry
from farmers.ledger.post import post_sales, reverse
from farmers.ledger.publish_briefing import NothingSealed, publish
from farmers.ledger.seal import newest_block, seal_all
from farmers.ledger.wording import CHINESE, ENGLISH, SENTENCES, faults, filled, plain
from farmers.registry.models import Town

from . import books
from .books import JIN, at_once, eggs, forged, noon, potatoes, saplings

APRIL = (dt.date(2026, 4, 1), dt.date(2026, 4, 30))


def published(start: dt.date = APRIL[0], end: dt.date = APRIL[1], town: Town | None = None) -> Briefing:
    return publish(start, end, town, by="official", once=uuid.uuid4())


def checked(briefing: Briefing) -> tuple[int, dict[str, Any]]:
    """What `verify_ledger --briefing` exits with, and says."""
    said, code = StringIO(), 0
    try:
        call_command("verify_ledger", briefing=briefing.pk, json=True, stdout=said)
    except SystemExit as error:
        code = int(error.code or 0)
    return code, json.loads(said.getvalue())


@pytest.fixture
def sold(db: None) -> list[Entry]:
    """Six households' April, and some saplings of the April before."""
    families = books.households(6)
    post_sales([saplings(family, 10, at=noon(2025, 4, 18)) for family in families])
    facts = [make(family) for make in (potatoes, saplings, eggs) for family in families]
    return post_sales(facts)


# --- publishing ---------------------------------------------------------------------------------


def test_a_published_briefing_tells_the_figures_and_is_frozen_with_the_newest_block(
    sold: list[Entry],
) -> None:
    briefing = published()
    assert briefing.figures == figures(*APRIL)
    assert briefing.text == briefing.public_text == text(figures(*APRIL), *APRIL)
    assert briefing.block_hash == newest_block().hash  # type: ignore[union-attr]
    assert "From 1 April 2026" in "".join(words for words, _figure in briefing.english)
    told = {figure for _words, figure in briefing.chinese if figure}
    assert {"amount_fen", "households", "buyers", "produce_grams", "canteen.amount_fen", "percent"} <= told
    assert checked(briefing) == (
        0,
        {
            "ok": True,
            "briefing": briefing.pk,
            "entries": 24,
            "head": briefing.block_hash,
            "figure": None,
            "first_bad": None,
        },
    )


def test_what_is_posted_or_taken_back_later_does_not_make_it_wrong(sold: list[Entry]) -> None:
    briefing = published()
    reverse(sold[0].key, key="r", quantity=JIN, at=noon(2026, 4, 29), reason="mouldy", by=None)
    post_sales([potatoes(books.a_household(), 99)])
    seal_all()
    assert figures(*APRIL) != briefing.figures
    assert checked(briefing)[0] == 0
    again = published()
    assert again.figures == figures(*APRIL)
    assert checked(again)[0] == 0


def test_a_town_s_briefing_tells_of_that_town_alone(sold: list[Entry]) -> None:
    other = books.households(2)
    post_sales([potatoes(family, 7) for family in other])
    town = other[0].village.town
    briefing = published(town=town)
    assert briefing.figures == figures_of_entries(*APRIL, town) == figures(*APRIL, town)
    assert (briefing.figures["produce_grams"], briefing.figures["households"]) == (14 * JIN, 2)
    assert f"，{town.name}通过消费帮扶" in briefing.text
    assert not briefing.is_public
    assert checked(briefing)[0] == 0


def test_nothing_is_published_of_an_empty_ledger(db: None) -> None:
    with pytest.raises(NothingSealed):
        published()


def test_the_same_press_of_the_button_publishes_once(sold: list[Entry]) -> None:
    once = uuid.uuid4()
    first, second = (publish(*APRIL, None, by="official", once=once) for _ in range(2))
    assert first == second
    assert Briefing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_publish_once() -> None:
    post_sales([potatoes(family) for family in books.households(5)])
    once = uuid.uuid4()
    done = at_once([lambda: publish(*APRIL, None, by="official", once=once)] * 4)
    assert {type(one) for one in done} == {Briefing}, done
    assert {one.pk for one in done} == {Briefing.objects.get().pk}


def test_the_database_refuses_to_change_or_delete_it(sold: list[Entry]) -> None:
    briefing = published()
    for sql in (
        "UPDATE ledger_briefing SET is_public = is_public",
        "DELETE FROM ledger_briefing",
    ):
        with (
            pytest.raises(DatabaseError, match=guards.NO_CHANGE),
            transaction.atomic(),
            connection.cursor() as at,
        ):
            at.execute(sql)
    with pytest.raises(DatabaseError), transaction.atomic():
        briefing.save()


# --- what is refused, and found -----------------------------------------------------------------

ONE_FEN_MORE = "UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE id = {id}"
NAME = "UPDATE ledger_entry SET product_name = 'x' WHERE id = {id}"
TOTAL = "UPDATE ledger_daytotal SET amount_fen = amount_fen + 1"
REACHED = "DELETE FROM ledger_householdday WHERE day = '2026-04-18'"
LEAF = "UPDATE ledger_seal SET leaf = '{zero}' WHERE entry_id = {id}"
ROOT = "UPDATE ledger_block SET merkle_root = '{zero}'"


@pytest.mark.parametrize(
    ("how", "figure", "named"),
    [
        (NAME, "amount_fen", True),
        (TOTAL, "amount_fen", False),
        (REACHED, "households", False),
        (LEAF, "amount_fen", True),
        (ROOT, "amount_fen", False),
    ],
)
def test_a_figure_that_does_not_verify_is_not_printed_nor_published(
    sold: list[Entry], how: str, figure: str, named: bool
) -> None:
    seal_all()
    last = sold[-1]
    with forged(how.format(id=last.pk, zero="0" * 64)):
        with pytest.raises(Unsound) as refused:
            published()
        assert refused.value.figure == figure
        assert (refused.value.bad.entry == last.pk) == named
        assert not Briefing.objects.exists()
        with pytest.raises(CommandError, match=f"not printed, {figure}"):
            call_command("briefing", "--from", "2026-04-01", "--to", "2026-04-30")


def test_an_entry_that_was_changed_before_it_was_sealed_is_named(sold: list[Entry]) -> None:
    with forged(NAME.format(id=sold[0].pk)), pytest.raises(Unsound, match=sold[0].key):
        published()


@pytest.mark.parametrize(
    ("how", "figure"),
    [
        (NAME, "amount_fen"),
        (LEAF, "amount_fen"),
        (ROOT, "amount_fen"),
        (
            "UPDATE ledger_briefing SET figures = replace(CAST(figures AS text), '\"households\": 6', '\"households\": 9'){json}",
            "households",
        ),
        (
            "UPDATE ledger_briefing SET chinese = replace(CAST(chinese AS text), '\"6\"', '\"9\"'){json}",
            "households",
        ),
        ("UPDATE ledger_briefing SET english = replace(CAST(english AS text), 'From', 'Fron'){json}", None),
        ("UPDATE ledger_block SET hash = '{zero}'", None),
    ],
)
def test_what_was_changed_since_is_found_by_checking_the_briefing(
    sold: list[Entry], how: str, figure: str | None
) -> None:
    briefing = published()
    how = how.replace("{json}", "::jsonb" if connection.vendor == "postgresql" else "")
    with forged(*guards.briefing_removals(connection.vendor), how.format(id=sold[0].pk, zero="0" * 64)):
        code, told = checked(Briefing.objects.get())
        assert (code, told["ok"], told["figure"]) == (1, False, figure), told
        assert told["first_bad"]["reason"]
        assert briefing.pk == told["briefing"]


def test_there_is_no_briefing_of_that_number(db: None) -> None:
    with pytest.raises(CommandError, match="no briefing 77"):
        call_command("verify_ledger", briefing=77)


# --- for everybody ------------------------------------------------------------------------------


def test_a_briefing_is_for_everybody_where_nobody_is_recognised(sold: list[Entry]) -> None:
    assert published().is_public


def test_what_fewer_than_five_sold_through_a_channel_is_withheld(sold: list[Entry]) -> None:
    post_sales([saplings(books.a_household(), at=noon(2026, 4, 20))])
    assert published().is_public, "one more hides among the six of the green channel"
    post_sales([potatoes(books.a_household(), channel="green", at=noon(2026, 4, 20))])
    briefing = published()
    assert "苗木绿色通道销售苗木140株、其他货物" in briefing.public_text, (
        "its produce is that of one household"
    )
    assert "电商平台销售货物，" in briefing.public_text, "else the green channel's would be known by it"
    assert "农产品70斤" in briefing.public_text
    assert "农产品10斤" in briefing.text
    assert check_briefing(briefing).ok


def test_it_is_not_where_the_rest_of_a_month_would_tell_of_a_few(sold: list[Entry]) -> None:
    post_sales([potatoes(books.a_household(), at=noon(2026, 4, 29))])
    assert not published(dt.date(2026, 4, 1), dt.date(2026, 4, 28)).is_public
    assert published().is_public


def test_it_is_not_where_another_briefing_taken_off_it_would(sold: list[Entry]) -> None:
    families = books.households(5)
    post_sales(
        [
            make(family, at=noon(2026, 4, day))
            for family in families
            for day in (3, 25)
            for make in (potatoes,)
        ]
    )
    assert published(dt.date(2026, 4, 10), dt.date(2026, 4, 20)).is_public
    post_sales([potatoes(books.a_household(), at=noon(2026, 4, 21))])
    assert not published(dt.date(2026, 4, 10), dt.date(2026, 4, 21)).is_public


# --- wording ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
@pytest.mark.parametrize("name", SENTENCES)
def test_the_default_sentences_are_ones_an_editor_could_write(name: str, language: str) -> None:
    assert not faults(name, SENTENCES[name].default(language))


@pytest.mark.parametrize(
    ("name", "written", "word"),
    [
        ("sold", "{period}{place}{amount", "brace"),
        ("sold", "{period}{place}{{amount}}", "brace"),
        ("sold", "{period}{place}{amount.__class__}", "brace"),
        ("sold", "{period}{place}{amount!r:>9}", "brace"),
        ("sold", "{period}{place}{}", "brace"),
        ("sold", "{period}{place}{sum}", "{sum}"),
        ("sold", "{place}{amount}", "{period}"),
        ("up", "{percent}% {households}", "{households}"),
        ("sold", "{period}{place}惠及农户4000户", "figures"),
        ("sold", "{period}{place}惠及农户４户", "figures"),
    ],
)
def test_a_sentence_that_would_not_do_is_refused_at_its_field(name: str, written: str, word: str) -> None:
    words = BriefingWords(language=CHINESE, **{name: written})
    with pytest.raises(ValidationError) as refused:
        words.clean()
    with override("en"):
        assert word in " ".join(refused.value.message_dict[name])


def test_code_in_a_sentence_stays_words() -> None:
    assert not faults("others", "{% load x %}".replace("{", "").replace("}", ""))
    assert faults("others", "{% load x %}")
    assert faults("others", "{{ settings.SECRET_KEY }}")
    assert plain(filled("a {nobody} b", {})) == "a {nobody} b"


@given(st.text(alphabet="{}ab月 .!:%", max_size=20))
def test_whatever_is_written_is_refused_or_told_as_it_stands(written: str) -> None:
    if not faults("others", written):
        assert plain(filled(written, {})) == written


def test_a_briefing_is_told_in_the_editors_words(sold: list[Entry]) -> None:
    BriefingWords.objects.filter(language=CHINESE).update(
        sold="{period}，{place}助农增收{amount}元，{households}户受益。{compared}", up="苗木多卖{percent}%。"
    )
    briefing = published()
    assert briefing.text.startswith("2026年4月1日至30日，全市助农增收")
    assert "苗木多卖100%。" in briefing.text
    assert printed(briefing.figures, "amount_fen", CHINESE) in briefing.text
    assert check_briefing(briefing).ok
    BriefingWords.objects.update(sold="", up="")
    assert check_briefing(briefing).ok, "later wording changes nothing in it"
