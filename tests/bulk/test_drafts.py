"""Drafts are kept as typed, never overwritten by an older page, copied a week on, and read before they go."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from marketplace.access.models import Role
from marketplace.days import today
from shop.bulk import drafts, weekly
from shop.bulk.drafts import MAX_LINES, NoDraft, Stale, TooMany
from shop.bulk.models import BulkRequest, State
from shop.bulk.named import Named
from shop.bulk.read import Typed, read_rows
from shop.buyers.models import Duty
from tests.makers import a_person, at_once

from .needs import a_request, a_unit, approver, in_a_week, member, requester

pytestmark = pytest.mark.django_db
POTATOES = Typed("土豆", "800 斤", "1.20", "明天", "北校区")


def begun(**facts: Any) -> tuple[BulkRequest, Any]:
    by = requester(a_unit(**facts))
    return drafts.begin(by, by.membership.organisation), by


def cells(request: BulkRequest) -> list[Typed]:
    return [drafts.typed(line) for line in request.lines.all()]


# --- saving --------------------------------------------------------------------------------------


def test_cells_are_kept_as_they_were_typed_however_wrong() -> None:
    draft, by = begun()
    rows = [Typed("绝无此物", "a few", "面议", "月底", ""), Typed(), Typed("", "", "", "", "北校区")]
    draft = drafts.save(draft.pk, by, 0, rows)
    assert cells(draft) == [rows[0], rows[2]]
    assert draft.revision == 1


def test_a_day_said_in_words_is_kept_as_the_day_it_was() -> None:
    draft, by = begun()
    drafts.save(draft.pk, by, 0, [POTATOES])
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()
    assert cells(draft) == [POTATOES._replace(wanted=tomorrow)]


def test_the_same_saved_twice_counts_once() -> None:
    draft, by = begun()
    first = drafts.save(draft.pk, by, 0, [POTATOES])
    # the answer was lost on the way, so the page sends it again
    assert drafts.save(draft.pk, by, 0, [POTATOES]).revision == first.revision == 1


def test_an_older_page_overwrites_nothing() -> None:
    draft, by = begun()
    drafts.save(draft.pk, by, 0, [POTATOES])
    with pytest.raises(Stale) as stale:
        drafts.save(draft.pk, by, 0, [Typed("白菜", "100")])
    assert stale.value.request.revision == 1
    assert cells(draft)[0].product == "土豆"


def test_a_line_that_moves_stays_the_line_it_was() -> None:
    draft, by = begun()
    rows = [Typed(name, "100") for name in ("土豆", "白菜", "菠菜", "芹菜")]
    drafts.save(draft.pk, by, 0, rows)
    before = {line.product_text: line.pk for line in draft.lines.all()}
    drafts.save(draft.pk, by, 1, [rows[3], rows[0], Typed("大葱", "5"), rows[2]])
    after = {line.product_text: line.pk for line in draft.lines.all()}
    assert [row.product for row in cells(draft)] == ["芹菜", "土豆", "大葱", "菠菜"]
    assert all(after[name] == before[name] for name in ("芹菜", "土豆", "菠菜"))


def test_what_was_read_of_old_cells_says_nothing_of_new_ones() -> None:
    by = requester(a_unit())
    draft = a_request(by)
    drafts.save(draft.pk, by, 0, [Typed("白菜", "5")])
    (line,) = draft.lines.all()
    assert (line.product, line.quantity, line.wanted_on) == (None, None, None)


def test_so_many_rows_and_no_more() -> None:
    draft, by = begun()
    rows = [Typed("土豆", str(number + 1)) for number in range(MAX_LINES)]
    drafts.save(draft.pk, by, 0, rows)
    with pytest.raises(TooMany):
        drafts.save(draft.pk, by, 1, [*rows, POTATOES])
    assert draft.lines.count() == MAX_LINES


def test_cells_longer_than_the_table_and_null_bytes_are_cut() -> None:
    draft, by = begun()
    drafts.save(draft.pk, by, 0, [Typed(*["a\0" + "字" * 500] * 5)])
    assert [len(text) for text in cells(draft)[0]] == [80, 40, 40, 40, 200]


def test_what_was_submitted_is_no_draft() -> None:
    draft, by = begun()
    BulkRequest.objects.update(state=State.WITHDRAWN)
    for act in (
        lambda: drafts.save(draft.pk, by, 0, [POTATOES]),
        lambda: drafts.remove(draft.pk, by),
    ):
        with pytest.raises(NoDraft):
            act()


def test_an_untouched_draft_is_taken_up_again_rather_than_a_second_begun() -> None:
    draft, by = begun()
    assert drafts.begin(by, draft.organisation) == draft
    drafts.save(draft.pk, by, 0, [POTATOES])
    assert drafts.begin(by, draft.organisation) != draft


# --- who may -------------------------------------------------------------------------------------


def outsiders(unit: Any) -> list[Any]:
    return [
        approver(unit),
        member(unit, Duty.Kind.RECEIVER, Duty.Kind.BOOKKEEPER),
        # the duty without the role, the role without the duty, and neither of this unit
        member(unit, Duty.Kind.REQUESTER, role=Role.CITIZEN),
        member(unit),
        requester(a_unit()),
        a_person(Role.CANTEEN),
        a_person(Role.OFFICIAL),
        a_person(Role.ADMIN),
    ]


def test_nobody_but_those_who_state_the_unit_s_needs_writes() -> None:
    draft, by = begun()
    drafts.save(draft.pk, by, 0, [POTATOES])
    draft.refresh_from_db()
    for stranger in outsiders(draft.organisation):
        for act in (
            lambda who: drafts.begin(who, draft.organisation),
            lambda who: drafts.save(draft.pk, who, 1, []),
            lambda who: drafts.copy(draft, who),
            lambda who: drafts.remove(draft.pk, who),
        ):
            with pytest.raises(PermissionDenied):
                act(stranger)
    assert len(cells(draft)) == 1
    assert BulkRequest.objects.count() == 1


def test_who_sees_a_unit_s_requests() -> None:
    draft, by = begun()
    unit = draft.organisation

    def sees(user: Any) -> bool:
        return BulkRequest.objects.visible_to(user).filter(pk=draft.pk).exists()

    assert all(sees(user) for user in (by, approver(unit), member(unit), a_person(Role.OFFICIAL)))
    strangers = [requester(a_unit()), a_person(), a_person(Role.SELLER), a_person(Role.OFFICER)]
    assert not any(sees(user) for user in strangers)
    assert not sees(member(unit, Duty.Kind.REQUESTER, role=Role.CITIZEN))


def test_an_operator_s_people_write_for_the_unit_they_cook_for() -> None:
    operator = a_unit()
    unit = a_unit(canteen="contracted", operator=operator)
    cook = requester(operator)
    assert unit in drafts.units_for(cook)
    draft = drafts.begin(cook, unit)
    assert BulkRequest.objects.visible_to(cook).get() == draft
    assert requester(unit) is not None
    with pytest.raises(PermissionDenied):
        drafts.begin(requester(unit), operator)


# --- copies --------------------------------------------------------------------------------------


def test_last_week_s_rows_come_again_seven_days_later() -> None:
    by = requester(a_unit())
    first = a_request(by, [("tudou", 100), ("dacong", 5)])
    copy = drafts.copy(first, by)
    assert [row.wanted for row in cells(copy)] == [(in_a_week() + drafts.WEEK).isoformat()] * 2
    assert [row._replace(wanted="") for row in cells(copy)] == [
        row._replace(wanted="") for row in cells(first)
    ]
    assert (copy.state, copy.weekly, copy.copied_from) == (State.DRAFT, False, None)


def test_an_old_request_is_moved_by_whole_weeks_into_the_days_to_come() -> None:
    monday, friday = dt.date(2026, 9, 7), dt.date(2026, 9, 11)
    moved = drafts.moved_on(
        [(Typed("土豆"), friday), (Typed("白菜"), monday), (Typed("葱"), None)], dt.date(2026, 11, 25)
    )
    assert [row.wanted for row in moved] == ["2026-12-04", "2026-11-30", ""]


def test_a_draft_that_nobody_has_read_is_copied_by_the_days_it_names() -> None:
    draft, by = begun()
    drafts.save(draft.pk, by, 0, [POTATOES, POTATOES._replace(wanted="月底")])
    first, second = cells(drafts.copy(draft, by))
    assert first.wanted == (today() + dt.timedelta(days=8)).isoformat()
    assert second.wanted == "月底"


def test_a_draft_is_removed_and_one_that_was_submitted_is_kept_as_taken_back() -> None:
    draft, by = begun()
    drafts.remove(draft.pk, by)
    assert not BulkRequest.objects.exists()
    again = a_request(by)
    BulkRequest.objects.update(round=1)
    drafts.remove(again.pk, by)
    again.refresh_from_db()
    assert again.state == State.WITHDRAWN
    assert again.steps.get().by == by


# --- every week ----------------------------------------------------------------------------------


def a_weekly(**facts: Any) -> BulkRequest:
    request = a_request(requester(a_unit()))
    facts = {"weekly": True, "state": State.APPROVED} | facts
    BulkRequest.objects.filter(pk=request.pk).update(**facts)
    request.refresh_from_db()
    return request


def test_a_weekly_request_has_one_next_week_however_often_it_is_asked_for() -> None:
    request = a_weekly()
    out = io.StringIO()
    call_command("repeat_requests", stdout=out)
    call_command("repeat_requests", stdout=out)
    assert out.getvalue().split() == ["1", "made", "0", "made"]
    copy = request.copies.get()
    assert (copy.state, copy.weekly, copy.by) == (State.DRAFT, True, request.by)
    assert cells(copy)[0].wanted == (in_a_week() + drafts.WEEK).isoformat()
    # a week that was taken back does not come again by itself
    drafts.remove(copy.pk, copy.by)
    assert weekly.repeat() == 0


@pytest.mark.parametrize("facts", [{"weekly": False}, {"state": State.DRAFT}, {"state": State.WITHDRAWN}])
def test_what_is_not_weekly_or_was_never_asked_for_is_not_repeated(facts: dict[str, Any]) -> None:
    a_weekly(**facts)
    assert weekly.repeat() == 0


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_make_one_next_week() -> None:
    request = a_weekly()
    made = at_once([weekly.repeat] * 4)
    assert all(isinstance(each, int) for each in made), made
    assert sum(made) == 1
    assert request.copies.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_pages_saving_at_once_one_is_told() -> None:
    draft, by = begun()
    told = at_once(
        [
            lambda: drafts.save(draft.pk, by, 0, [Typed("土豆", "1")]),
            lambda: drafts.save(draft.pk, by, 0, [Typed("白菜", "2")]),
        ]
    )
    assert sum(isinstance(each, Stale) for each in told) == 1, told
    assert draft.lines.count() == 1


# --- reading -------------------------------------------------------------------------------------


def test_rows_that_can_be_read_are_kept_as_values() -> None:
    draft, by = begun()
    drafts.save(draft.pk, by, 0, [POTATOES, Typed("guohuai", "50 棵", "", "下下周一")])
    assert drafts.settle_lines(draft) == []
    first, second = draft.lines.all()
    assert (first.product.slug, first.quantity, first.unit, first.unit_size) == ("tudou", 400_000, "jin", 500)
    assert (first.max_price_fen, first.wanted_on) == (120, today() + dt.timedelta(days=1))
    assert (second.product.slug, second.quantity, second.unit, second.max_price_fen) == (
        "guohuai",
        50,
        "ke",
        None,
    )


def test_one_row_that_cannot_be_read_keeps_all_from_going() -> None:
    draft, by = begun()
    drafts.save(draft.pk, by, 0, [POTATOES, Typed("土豆", "a few", "", "昨天")])
    (wrong,) = drafts.settle_lines(draft)
    assert set(wrong.errors) == {"quantity", "wanted"}
    assert draft.lines.filter(quantity=None).count() == 2


def test_a_draft_without_rows_cannot_go() -> None:
    draft, _by = begun()
    assert drafts.settle_lines(draft)


@pytest.mark.parametrize("number", [10, 150])
def test_saving_and_reading_cost_the_same_for_few_rows_and_for_many(number: int, query_budget: Any) -> None:
    draft, by = begun()
    rows = [POTATOES._replace(quantity=str(each + 1)) for each in range(number)]
    drafts.save(draft.pk, by, 0, rows)
    with query_budget(3):
        typed = [drafts.typed(line) for line in draft.lines.all()]
        assert all(row.line for row in read_rows(typed, Named.load(), today()))
    # one cell typed anew: lock, unit, duty, lines, savepoint, line, request
    rows[number // 2] = rows[number // 2]._replace(quantity="9999")
    with query_budget(10):
        drafts.save(draft.pk, by, 1, rows)
    with query_budget(10):
        assert drafts.settle_lines(draft) == []
