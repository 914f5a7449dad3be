"""The proposal's page and the decision's buttons, as the unit's people meet them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from farmers.stock.models import Lot
from marketplace.access.models import Role
from marketplace.days import today
from shop.bulk.approve import withdraw
from shop.bulk.models import BulkRequest, State
from shop.bulk.propose import propose
from shop.bulk.submit import submit
from shop.buyers.models import CanteenBudget
from tests.makers import JIN, a_household, a_lot, a_person, a_village, counters, signed_in

from .needs import a_request, a_unit, approver, in_a_week, member, requester, watched

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def url(request: BulkRequest, name: str = "proposal") -> str:
    return reverse(f"bulk:{name}", args=[request.number])


def shown(client: Client, request: BulkRequest) -> BeautifulSoup:
    answer = client.get(url(request), headers=ENGLISH)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def act(client: Client, request: BulkRequest, do: str, status: int = 200, **fields: str) -> BeautifulSoup:
    answer = client.post(url(request), {"do": do, **fields}, headers=ENGLISH)
    assert answer.status_code == status
    return BeautifulSoup(answer.content, "html.parser")


def shares(soup: BeautifulSoup) -> dict[int, str]:
    """What each lot gives, as the fields have it."""
    found = {}
    for field in soup.select(".share-edit input"):
        match = re.fullmatch(r"amount-\d+-(\d+)", str(field["name"]))
        assert match
        found[int(match[1])] = str(field["value"])
    return found


@pytest.fixture
def lots() -> list[Lot]:
    return [a_lot(60, household=watched(consent_on="2024-01-01")) for _ in range(3)]


@pytest.fixture
def request_(lots: list[Lot]) -> BulkRequest:
    return a_request(requester(a_unit()), [("tudou", 90)])


def test_each_share_is_shown_with_its_price_and_its_reason(request_: BulkRequest, lots: list[Lot]) -> None:
    soup = shown(signed_in(request_.by), request_)
    assert shares(soup) == dict.fromkeys([lot.pk for lot in lots], "30")
    said = soup.select_one(".shares li").get_text(" ", strip=True)
    assert "Watched households come first: 3 households share" in said
    assert "¥1.20" in said


def test_a_lot_is_swapped_a_village_dropped_an_amount_changed_and_all_undone(
    request_: BulkRequest, lots: list[Lot]
) -> None:
    client = signed_in(request_.by)
    assert shares(act(client, request_, f"leave_out:{lots[0].pk}")) == {lots[1].pk: "45", lots[2].pk: "45"}
    assert "Compared with equal shares" in shown(client, request_).get_text()
    act(client, request_, f"drop:{lots[1].village_id}")
    line = request_.lines.get().pk
    soup = act(client, request_, "set", **{f"amount-{line}-{lots[2].pk}": "20"})
    assert shares(soup) == {lots[2].pk: "20"}
    assert "70 jin cannot be had" in soup.select_one(".notice").get_text(" ", strip=True)
    assert len(shares(act(client, request_, "undo"))) == 3


@pytest.mark.parametrize(
    ("typed", "word"),
    [("a few", "plain number"), ("0.3", "Whole units"), ("61", "60 at most"), ("-5", "plain")],
)
def test_an_amount_that_cannot_be_is_said_at_its_field(
    typed: str, word: str, request_: BulkRequest, lots: list[Lot]
) -> None:
    line = request_.lines.get().pk
    soup = act(signed_in(request_.by), request_, "set", 422, **{f"amount-{line}-{lots[0].pk}": typed})
    wrong = soup.select_one(".share-edit .errorlist")
    assert wrong and word in wrong.get_text()
    field = soup.select_one("input[aria-invalid]")
    assert field and field["value"] == typed and field["aria-describedby"] == wrong["id"]
    request_.refresh_from_db()
    assert request_.adjustments == {}


@pytest.mark.parametrize(
    "do", ["leave_out:x", "leave_out:99999999999999999999", "drop:", "leave_out:²", "fly"]
)
def test_a_hostile_change_changes_nothing(do: str, request_: BulkRequest, lots: list[Lot]) -> None:
    assert len(shares(act(signed_in(request_.by), request_, do))) == 3


def test_what_is_missing_is_said_with_what_comes_nearest(request_: BulkRequest, lots: list[Lot]) -> None:
    Lot.objects.filter(pk=lots[0].pk).update(price_fen=260)
    Lot.objects.filter(pk=lots[1].pk).update(good_until=in_a_week() - dt.timedelta(days=1))
    a_lot(40, product="hongshu")
    soup = shown(signed_in(request_.by), request_)
    assert "30 jin more, if it may come by" in soup.select_one(".notice li").get_text(" ", strip=True)
    request_.lines.update(quantity=200 * JIN, quantity_text="200斤")
    said = [
        each.get_text(" ", strip=True)
        for each in shown(signed_in(request_.by), request_).select(".notice li")
    ]
    assert "60 jin more, at up to ¥2.60 / jin" in said
    assert "Sweet potato instead: 40 jin in all" in said


def test_holding_goes_to_the_request_and_twice_holds_once(request_: BulkRequest, lots: list[Lot]) -> None:
    client = signed_in(request_.by)
    digest = shown(client, request_).select_one("input[name=shown]")["value"]
    for _ in range(2):
        answer = client.post(url(request_), {"do": "hold", "shown": digest})
        assert answer.status_code == 302 and answer["Location"] == request_.get_absolute_url()
    assert counters(lots[0])[1] == 30 * JIN


def test_what_changed_meanwhile_is_shown_and_not_held(request_: BulkRequest, lots: list[Lot]) -> None:
    client = signed_in(request_.by)
    digest = propose(request_).digest
    Lot.objects.filter(pk=lots[0].pk).update(price_fen=130)
    soup = act(client, request_, "hold", 409, shown=digest)
    assert "meanwhile" in soup.select_one("[role=alert]").get_text()
    assert counters(lots[0])[1] == 0
    fresh = soup.select_one("input[name=shown]")["value"]
    assert client.post(url(request_), {"do": "hold", "shown": fresh}).status_code == 302


def test_a_request_taken_back_at_that_moment_is_not_held_and_says_so(
    request_: BulkRequest, lots: list[Lot], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(request_.by)
    digest = str(shown(client, request_).select_one("input[name=shown]")["value"])

    def taken_back(asked: BulkRequest) -> list[object]:
        withdraw(asked.pk, request_.by)
        return []

    monkeypatch.setattr("shop.bulk.proposal_views.settle_lines", taken_back)
    answer = client.post(url(request_), {"do": "hold", "shown": digest}, headers=ENGLISH)
    assert answer.status_code == 302 and answer["Location"] == request_.get_absolute_url()
    assert counters(lots[0])[1] == 0


def test_nobody_else_sees_or_changes_a_proposal(request_: BulkRequest, lots: list[Lot]) -> None:
    unit = request_.organisation
    for other, status in [
        (requester(a_unit()), 404),
        (a_person(), 404),
        (approver(unit), 403),
        (member(unit), 403),
    ]:
        client = signed_in(other)
        assert client.get(url(request_)).status_code == status
        assert client.post(url(request_), {"do": "hold"}).status_code == status
    assert Client().get(url(request_)).status_code == 302
    assert counters(lots[0])[1] == 0


def test_a_household_without_consent_is_no_more_than_a_household(
    request_: BulkRequest, lots: list[Lot]
) -> None:
    lots[0].household.consent_on = None
    lots[0].household.save()
    soup = shown(signed_in(request_.by), request_)
    assert lots[0].household.head_name not in soup.get_text()
    (unnamed,) = [row for row in soup.select(".shares li") if "A household" in row.get_text()]
    # nor is it told that the household is a watched one
    assert "Its share by the rules: 30 jin." in unnamed.get_text(" ", strip=True)
    assert "Watched" not in unnamed.get_text()


@pytest.mark.parametrize("number", [5, 40])
def test_the_page_costs_the_same_for_few_shares_and_many(number: int, query_budget) -> None:
    village = a_village()
    for _ in range(number):
        a_lot(10, household=a_household(village))
    request = a_request(requester(a_unit()), [("tudou", 10 * number), ("dabaicai", 10)])
    client = signed_in(request.by)
    with query_budget(26):
        client.get(url(request))


# --- deciding ----------------------------------------------------------------------------------


@pytest.fixture
def held(request_: BulkRequest) -> BulkRequest:
    return submit(request_.pk, request_.by)


def decided(person: object, request: BulkRequest, step: str, **fields: str) -> str:
    """What the page then says."""
    answer = signed_in(person).post(url(request, step), fields, headers=ENGLISH, follow=True)  # type: ignore[arg-type]
    assert answer.status_code == 200
    request.refresh_from_db()
    return answer.content.decode()


def test_a_colleague_approves_on_the_request_s_page(held: BulkRequest) -> None:
    person = approver(held.organisation)
    assert url(held, "approve") in signed_in(person).get(held.get_absolute_url()).content.decode()
    assert "The villages begin" in decided(person, held, "approve")
    assert held.state == State.APPROVED


def test_who_asked_is_told_that_a_colleague_has_to(request_: BulkRequest) -> None:
    from shop.buyers.models import Duty

    both = member(request_.organisation, Duty.Kind.REQUESTER, Duty.Kind.APPROVER)
    own = submit(a_request(both, [("tudou", 10)]).pk, both)
    page = signed_in(both).get(own.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "a colleague has to agree" in page and url(own, "approve") not in page
    assert "Nobody approves their own request" in decided(both, own, "approve")
    assert own.state == State.HELD


def test_sending_back_wants_a_reason_that_the_requester_reads(held: BulkRequest) -> None:
    person = approver(held.organisation)
    assert "Say what should be changed" in decided(person, held, "send_back", why=" ")
    assert held.state == State.HELD
    decided(person, held, "send_back", why="土豆太多了")
    assert held.state == State.DRAFT
    assert "土豆太多了" in signed_in(held.by).get(held.get_absolute_url()).content.decode()


@pytest.mark.parametrize("step", ["approve", "send_back", "withdraw", "reopen"])
def test_no_stranger_decides_and_no_link_does(step: str, held: BulkRequest) -> None:
    for other in (requester(a_unit()), approver(a_unit()), a_person()):
        assert signed_in(other).post(url(held, step), {"why": "x"}).status_code == 404
    assert signed_in(member(held.organisation)).post(url(held, step), {"why": "x"}).status_code == 403
    assert signed_in(approver(held.organisation)).get(url(held, step)).status_code == 405
    held.refresh_from_db()
    assert held.state == State.HELD


def test_what_waits_is_on_the_page_that_people_begin_on(held: BulkRequest) -> None:
    person = approver(held.organisation)
    link = f'href="{held.get_absolute_url()}"'
    assert link in signed_in(person).get("/canteen/").content.decode()
    assert link not in signed_in(held.by).get("/canteen/").content.decode(), "nobody decides on their own"
    assert link not in signed_in(approver(a_unit())).get("/canteen/").content.decode()
    decided(person, held, "send_back", why="土豆太多了")
    assert link not in signed_in(person).get("/canteen/").content.decode()
    told = signed_in(held.by).get("/canteen/").content.decode()
    assert link in told and "土豆太多了" in told


def test_who_agreed_already_is_not_asked_again(lots: list[Lot]) -> None:
    unit = a_unit(two_approvals_from_fen=2)
    by = requester(unit)
    asked = submit(a_request(by, [("tudou", 10)]).pk, by)
    first, second = approver(unit), approver(unit)
    decided(first, asked, "approve")
    link = f'href="{asked.get_absolute_url()}"'
    assert link not in signed_in(first).get("/canteen/").content.decode()
    assert link in signed_in(second).get("/canteen/").content.decode()


def test_who_decides_sees_what_is_reserved_and_what_is_missing(held: BulkRequest) -> None:
    CanteenBudget.objects.create(
        organisation=held.organisation,
        year=today().year,
        version=1,
        budget_fen=5_000_000,
        reserved_percent=10,
        filed_by=held.by,
        state=CanteenBudget.State.CHECKED,
        decided_by=a_person(Role.OFFICIAL),
        decided_at=timezone.now(),
    )
    page = signed_in(approver(held.organisation)).get(held.get_absolute_url())
    assert page.context["share"].reserved == 500_000
    assert "¥5,000" in page.content.decode()
    assert signed_in(held.by).get(held.get_absolute_url()).context["share"] is None
