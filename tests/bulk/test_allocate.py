"""Fair shares, by examples and by properties; a brute-force search says what max-min fair is."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.bulk.allocate import Allocation, Candidate, Id, Line, allocate, is_affordable, is_good
from shop.bulk.reasons import sentence

DAY = dt.date(2026, 11, 30)


def line(id: Id = "L", quantity: int = 100, **facts: Any) -> Line:
    return Line(
        **{
            "id": id,
            "product": "potato",
            "quantity": quantity,
            "unit_size": 1,
            "max_price_fen": 100,
            "wanted": DAY,
        }
        | facts
    )


def lot(id: Id, available: int, household: Id = "", **facts: Any) -> Candidate:
    return Candidate(
        **{
            "id": id,
            "household": household or f"of {id}",
            "rank": 0,
            "village": "v",
            "product": "potato",
            "available": available,
            "price_fen": 100,
            "good_until": DAY,
        }
        | facts
    )


def by_lot(result: Allocation) -> dict[Id, int]:
    taken: dict[Id, int] = defaultdict(int)
    for share in result.shares:
        taken[share.lot] += share.quantity
    return dict(taken)


# --- the rules, one by one ---------------------------------------------------------------------


def test_only_lots_that_will_be_good_and_within_the_price_supply() -> None:
    lots = [
        lot("stale", 50, good_until=DAY - dt.timedelta(days=1)),
        lot("dear", 50, price_fen=101),
        lot("keeps", 50, good_until=None),
        lot("fits", 50),
    ]
    assert by_lot(allocate([line(quantity=200)], lots)) == {"keeps": 50, "fits": 50}


def test_watched_households_first_then_other_marked_then_the_rest() -> None:
    lots = [lot("rest", 100, rank=2), lot("marked", 30, rank=1), lot("watched", 50, rank=0)]
    assert by_lot(allocate([line(quantity=100)], lots)) == {"watched": 50, "marked": 30, "rest": 20}


def test_shares_are_as_equal_as_the_lots_allow() -> None:
    lots = [lot("small", 10), lot("a", 100), lot("b", 100)]
    assert by_lot(allocate([line(quantity=100)], lots)) == {"small": 10, "a": 45, "b": 45}


def test_a_household_with_several_lots_counts_once_and_gives_what_spoils_first() -> None:
    soon, late = DAY, DAY + dt.timedelta(days=9)
    lots = [
        lot("h1 late", 60, "h1", good_until=late),
        lot("h1 soon", 30, "h1", good_until=soon),
        lot("h2", 90, "h2", good_until=late),
    ]
    assert by_lot(allocate([line(quantity=100)], lots)) == {"h1 soon": 30, "h1 late": 20, "h2": 50}


def test_one_unit_more_goes_to_what_spoils_first() -> None:
    lots = [lot("late", 9, good_until=DAY + dt.timedelta(days=3)), lot("soon", 9)]
    assert by_lot(allocate([line(quantity=9)], lots)) == {"late": 4, "soon": 5}


def test_then_fewer_villages_are_called_at() -> None:
    lots = [lot("1", 9, village="lone"), *(lot(str(n), 9, village="full") for n in (2, 3, 4))]
    assert set(by_lot(allocate([line(quantity=3)], lots))) == {"2", "3", "4"}
    # a village that is called at for another line of the day goes before a larger one
    other = [line("K", 1, product="leek"), line("L", 1)]
    assert "1" in by_lot(allocate(other, [lot("leek", 1, product="leek", village="lone"), *lots]))


def test_lines_for_one_product_are_served_in_the_order_of_the_day() -> None:
    later = line("A", 60, wanted=DAY + dt.timedelta(days=1))
    result = allocate([later, line("B", 60)], [lot("x", 100, good_until=None)])
    assert result.shares == [("B", "x", 60), ("A", "x", 40)]
    assert result.unmet == [("A", 20)]


def test_shares_are_whole_units_and_what_fills_none_is_said() -> None:
    result = allocate([line(quantity=1250, unit_size=500)], [lot("x", 499), lot("y", 5000)])
    assert result.shares == [("L", "y", 1000)]
    assert result.unmet == [("L", 250)]


def test_a_price_per_another_unit_is_compared_to_the_fen() -> None:
    dear = lot("kilo", 5000, price_fen=201, price_size=1000)
    assert by_lot(allocate([line(quantity=500, unit_size=500)], [dear])) == {}
    assert by_lot(allocate([line(quantity=500, unit_size=500)], [dear._replace(price_fen=200)])) == {
        "kilo": 500
    }


def test_every_share_is_explained_in_one_sentence() -> None:
    lots = [lot("w", 10), lot("m", 100, rank=1), lot("n", 100, rank=1)]
    result = allocate([line(quantity=51)], lots)
    with translation.override("en"):
        said = {each: sentence(why[0]) for each, why in result.reasons.items()}
    assert (
        said["w"]
        == "Watched households come first: one household has goods that fit, and this one gives 10, all that it has."
    )
    assert said["m"].startswith("Other marked households come next: 2 households share")
    assert "one unit more" in said["m"]
    assert "one unit more" not in said["n"]


def test_no_reason_says_more_than_is_so() -> None:
    def said(quantity: int, *lots: Candidate) -> dict[Id, str]:
        result = allocate([line(quantity=quantity)], lots)
        with translation.override("en"):
            return {each: sentence(why[0]) for each, why in result.reasons.items()}

    # who gives nothing has goods that fit as well
    assert "1 of 2 households with goods that fit are enough" in said(1, lot(1, 1), lot(2, 1))[1]
    # where all villages are called at, none is saved
    assert "fewer villages" not in said(3, lot(1, 5, village="v2"), lot(2, 5, village="v1"))[2]
    assert "fewer villages" in said(2, lot(1, 5, village="a"), *(lot(n, 5, village="b") for n in (2, 3)))[2]
    # part of a unit is not given
    half = allocate([line(quantity=500, unit_size=500)], [lot(1, 700)]).reasons[1][0]
    assert not half.all_it_has


def test_an_id_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        allocate([line()], [lot("x", 1), lot("x", 2)])
    with pytest.raises(ValueError, match="twice"):
        allocate([line(), line()], [])


# --- what holds for every input ----------------------------------------------------------------

days = st.integers(0, 4).map(lambda n: DAY + dt.timedelta(days=n))


@st.composite
def requests(
    draw: st.DrawFn, most: int = 12, lines_at_most: int = 4, one_size: bool = False
) -> tuple[list[Line], list[Candidate]]:
    """Few products, days and prices, so that much collides."""
    sizes = draw(st.lists(st.sampled_from([1, 2, 5]), min_size=5, max_size=5))
    ranks = draw(st.lists(st.integers(0, 2), min_size=5, max_size=5))
    lines = [
        Line(
            n,
            draw(st.sampled_from("pq")),
            draw(st.integers(0, 40)),
            sizes[0 if one_size else n],
            draw(st.sampled_from([None, 5, 10])),
            draw(days),
        )
        for n in range(draw(st.integers(0, lines_at_most)))
    ]
    lots = []
    for n in range(draw(st.integers(0, most))):
        household = draw(st.integers(0, 4))
        lots.append(
            Candidate(
                n,
                household,
                ranks[household],
                household % 3,
                draw(st.sampled_from("pq")),
                draw(st.integers(0, 15)),
                draw(st.sampled_from([4, 5, 8, 12])),
                draw(st.none() | days),
            )
        )
    return lines, lots


@given(requests())
def test_never_more_than_a_lot_has_nor_over_the_request_and_nothing_is_lost(
    asked: tuple[list[Line], list[Candidate]],
) -> None:
    lines, lots = asked
    result = allocate(lines, lots)
    taken, known = by_lot(result), {each.id: each for each in lots}
    assert all(quantity <= known[each].available for each, quantity in taken.items())
    unmet = dict(result.unmet)
    for each in lines:
        mine = [share for share in result.shares if share.line == each.id]
        assert sum(share.quantity for share in mine) + unmet.get(each.id, 0) == each.quantity
        assert unmet.get(each.id, 1) > 0
        for share in mine:
            assert share.quantity > 0 and share.quantity % each.unit_size == 0
            its = known[share.lot]
            assert its.product == each.product and is_good(its, each) and is_affordable(its, each)
    assert len({(share.line, share.lot) for share in result.shares}) == len(result.shares)
    assert {share.lot for share in result.shares} == set(result.reasons)


@given(requests(lines_at_most=1))
def test_a_request_is_full_if_enough_exists(asked: tuple[list[Line], list[Candidate]]) -> None:
    lines, lots = asked
    result = allocate(lines, lots)
    for each in lines:
        fit = [
            one
            for one in lots
            if one.product == each.product and is_good(one, each) and is_affordable(one, each)
        ]
        units = sum(one.available // each.unit_size for one in fit)
        met = min(units, each.quantity // each.unit_size) * each.unit_size
        assert dict(result.unmet).get(each.id, 0) == each.quantity - met


@given(requests(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    asked: tuple[list[Line], list[Candidate]], chance: random.Random
) -> None:
    lines, lots = asked
    result = allocate(lines, lots)
    assert allocate(chance.sample(lines, len(lines)), chance.sample(lots, len(lots))) == result


# with lines of several sizes what is left of a lot may fall between them
@given(requests(one_size=True), st.data())
def test_more_supply_never_leaves_a_request_less_filled(
    asked: tuple[list[Line], list[Candidate]], data: st.DataObject
) -> None:
    lines, lots = asked
    more = data.draw(requests(most=3, lines_at_most=0))[1]
    ranks = {each.household: each.rank for each in lots}
    added = [
        each._replace(id=1000 + n, rank=ranks.get(each.household, each.rank)) for n, each in enumerate(more)
    ]
    before, after = allocate(lines, lots), allocate(lines, lots + added)
    assert sum(each.quantity for each in after.unmet) <= sum(each.quantity for each in before.unmet)


def fairest(caps: Sequence[int], need: int) -> list[int]:
    """Of every way to give `need` units, the one whose smallest share is largest, then the next, and so on."""
    total = min(need, sum(caps))
    ways = (way for way in itertools.product(*(range(cap + 1) for cap in caps)) if sum(way) == total)
    return max(sorted(way) for way in ways)


@settings(max_examples=150)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.integers(0, 25))
def test_shares_within_a_rank_are_max_min_fair(caps: list[int], need: int) -> None:
    result = allocate([line(quantity=need)], [lot(n, cap) for n, cap in enumerate(caps)])
    taken = by_lot(result)
    assert sorted(taken.get(n, 0) for n in range(len(caps))) == fairest(caps, need)


@given(requests(lines_at_most=1))
def test_nobody_gets_more_while_another_of_the_rank_who_has_stock_gets_less(
    asked: tuple[list[Line], list[Candidate]],
) -> None:
    lines, lots = asked
    if not lines:
        return
    each, taken = lines[0], by_lot(allocate(lines, lots))
    fit = [
        one for one in lots if one.product == each.product and is_good(one, each) and is_affordable(one, each)
    ]
    got: dict[tuple[int, Id], int] = defaultdict(int)
    spare: dict[tuple[int, Id], int] = defaultdict(int)
    for one in fit:
        got[one.rank, one.household] += taken.get(one.id, 0)
        spare[one.rank, one.household] += (one.available - taken.get(one.id, 0)) // each.unit_size
    for (rank, home), units in spare.items():
        if not units:
            continue
        for (other_rank, other), quantity in got.items():
            if other_rank == rank and other != home:
                assert quantity <= got[rank, home] + each.unit_size
            if other_rank > rank:
                assert quantity == 0


# --- the command -------------------------------------------------------------------------------

REQUEST = {
    "lines": [
        {
            "id": "a",
            "product": "土豆",
            "quantity": 50_000,
            "unit_size": 500,
            "max_price_fen": 120,
            "wanted": "2026-12-01",
        }
    ],
    "lots": [
        {
            "id": n,
            "household": f"h{n}",
            "rank": n % 2,
            "village": "v",
            "product": "土豆",
            "available": 20_000,
            "price_fen": 110,
            "good_until": "2026-12-20",
        }
        for n in range(4)
    ],
}


def ran(tmp_path: Path, capsys: pytest.CaptureFixture[str], request: object) -> dict[str, Any]:
    path = tmp_path / "request.json"
    path.write_text(request if isinstance(request, str) else json.dumps(request), encoding="utf-8")
    call_command("allocate", str(path))
    return json.loads(capsys.readouterr().out)


def test_the_command_prints_shares_what_is_unmet_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ran(tmp_path, capsys, REQUEST)
    assert {share["lot"]: share["quantity"] for share in said["shares"]} == {
        0: 20_000,
        2: 20_000,
        1: 5_000,
        3: 5_000,
    }
    assert said["unmet"] == []
    assert set(said["reasons"]) == {"0", "1", "2", "3"}
    assert all(said["reasons"].values())


@pytest.mark.parametrize(
    "request_, word",
    [
        ("[]", "object"),
        ("{", "no JSON"),
        ({"lines": []}, '"lots" is missing'),
        ({"lines": [{"id": 1}], "lots": []}, r"lines\[0\]: 'product' is missing"),
        ({**REQUEST, "lines": [{**REQUEST["lines"][0], "quantity": -5}]}, r"lines\[0\]: .quantity. is -5"),
        ({**REQUEST, "lines": [{**REQUEST["lines"][0], "wanted": "soon"}]}, r"lines\[0\]: "),
        ({**REQUEST, "lots": [REQUEST["lots"][0]] * 2}, "twice"),
        ({**REQUEST, "lots": ["x"]}, r"lots\[0\] is no object"),
        (
            {**REQUEST, "lots": [{**REQUEST["lots"][0], "good_until": 5}]},
            r"lots\[0\]: .good_until. is 5, no day",
        ),
        ({**REQUEST, "lots": [{**REQUEST["lots"][0], "id": "\ud83d"}]}, r"lots\[0\]: .id. is no text"),
        (
            {
                **REQUEST,
                "lots": [{**lot, "id": id} for id, lot in zip([7, "7"], REQUEST["lots"][::2], strict=False)],
            },
            "number and word",
        ),
        ({**REQUEST, "lines": REQUEST["lines"] * 2}, "line a is named twice"),
        ("[" * 200_000, "no JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(
    request_: object, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match=word):
        ran(tmp_path, capsys, request_)
