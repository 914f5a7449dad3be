"""An order's own page: what is told at each step, and what may be done there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from farmers.ledger.models import Entry
from farmers.ledger.queries import owed
from farmers.registry.models import Village
from marketplace.access.models import Role, User
from shop.orders.models import Order, OrderLine, PayBy, State
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    assert_stock_adds_up,
    counters,
    saplings,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> User:
    return a_person()


@pytest.fixture
def client(buyer: User) -> Client:
    return signed_in(buyer)


@pytest.fixture
def order(buyer: User) -> Order:
    """Ten jin each of two households of one village, ¥25.00, paid on delivery."""
    village = a_village()
    lots = [a_lot(household=a_household(village)), a_lot(price_fen=130, household=a_household(village))]
    return an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=lots)


def received(order: Order, *amounts: str) -> dict[str, str]:
    return {
        f"line-{line.pk}": amount for line, amount in zip(order.lines.order_by("pk"), amounts, strict=False)
    }


def now(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)


def test_the_main_path_from_village_to_ledger_and_back(client: Client, order: Order) -> None:
    page = order.get_absolute_url()
    consignment = order.consignments.get()
    officer = signed_in(an_officer(consignment.village))
    assert officer.post(f"/consignments/{consignment.pk}/dispatch/", {"note": "冀F12345"}).url == page
    assert officer.post(f"/consignments/{consignment.pk}/stop/", {"note": "城区分拣站"}).url == page
    assert officer.post(f"/consignments/{consignment.pk}/deliver/", {"back": "officer"}).url == "/officer/"
    shown = client.get(page).content.decode()
    assert "城区分拣站" in shown
    assert shown.count('value="10"') == 2, "what was ordered is filled in"
    assert client.post(f"{page}accept/", received(order, "8.5", "10") | {"note": "轻了"}).url == page
    assert now(order) == State.ACCEPTED
    assert sorted(Entry.objects.values_list("amount_fen", flat=True)) == [1020, 1300]
    shown = client.get(page).content.decode()
    assert "¥23.20" in shown
    assert "8.5 " in shown
    line = order.lines.earliest("pk")
    returns = {"quantity": "2", "returned_before": "0", "sound": "on", "reason": "烂了"}
    sent = {f"return-{line.pk}-{name}": value for name, value in returns.items()}
    official = signed_in(Role.OFFICIAL)
    assert official.post(f"{page}lines/{line.pk}/return/", sent).url == page
    line.refresh_from_db()
    assert (line.accepted_quantity, line.returned_quantity, line.kept_fen) == (4250, 1000, 780)
    assert owed([line.household_id]) == {line.household_id: 780}
    assert "¥20.80" in client.get(page).content.decode()
    assert_stock_adds_up()


def test_the_same_acceptance_sent_twice_counts_once(client: Client, order: Order) -> None:
    sent_off(order, delivered=True)
    for _ in range(2):
        assert (
            client.post(f"{order.get_absolute_url()}accept/", received(order, "9", "10")).status_code == 302
        )
    assert Entry.objects.count() == 2
    answer = client.post(f"{order.get_absolute_url()}accept/", received(order, "10", "10"))
    assert answer.status_code == 409
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("wrong", ["11", "-1", "1e1", "ten", "0.0001", "9" * 30, "\0", "１０", "10 jin"])
def test_a_slip_in_the_acceptance_is_told_and_posts_nothing(client: Client, order: Order, wrong: str) -> None:
    sent_off(order, delivered=True)
    answer = client.post(f"{order.get_absolute_url()}accept/", received(order, wrong, "10"))
    line = order.lines.earliest("pk")
    assert answer.status_code == 422
    assert set(answer.context["acceptance"].errors) == {f"line-{line.pk}"}
    assert 'class="errorlist"' in answer.content.decode()
    assert not Entry.objects.exists()
    assert now(order) == State.DELIVERED


def test_an_acceptance_of_nothing_written_down_is_no_acceptance(client: Client, order: Order) -> None:
    sent_off(order, delivered=True)
    answer = client.post(f"{order.get_absolute_url()}accept/", received(order, "", ""))
    assert (answer.status_code, now(order)) == (422, State.DELIVERED)


def test_goods_of_two_villages_are_accepted_as_they_come(client: Client, buyer: User) -> None:
    order = an_order(PayBy.ON_DELIVERY, buyer=buyer)
    first, second = order.lines.order_by("pk")
    officer = signed_in(Role.ADMIN)
    for step in ("dispatch", "deliver"):
        officer.post(f"/consignments/{first.consignment_id}/{step}/")
    page = client.get(order.get_absolute_url())
    assert [line for line, _field in page.context["acceptance"].rows()] == [first]
    assert client.post(f"{order.get_absolute_url()}accept/", {f"line-{first.pk}": "10"}).status_code == 302
    assert now(order) == State.DISPATCHED
    early = client.post(f"{order.get_absolute_url()}accept/", {f"line-{second.pk}": "10"})
    assert early.status_code == 409, "it has not left its village"
    officer.post(f"/consignments/{second.consignment_id}/dispatch/")
    rows = client.get(order.get_absolute_url()).context["acceptance"].rows()
    assert [(line, field.value()) for line, field in rows] == [(second, "")], "on the road: nothing filled in"
    client.post(f"{order.get_absolute_url()}accept/", {f"line-{second.pk}": "10"})
    assert now(order) == State.ACCEPTED


def test_saplings_are_counted_in_whole_pieces(client: Client, buyer: User) -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[saplings(5_000)]), delivered=True)
    accept = f"{order.get_absolute_url()}accept/"
    assert client.post(accept, received(order, "2.5")).status_code == 422
    assert client.post(accept, received(order, "4990")).status_code == 302
    assert Entry.objects.get().quantity == 4990


def test_cancelling_gives_the_goods_back_once(client: Client, order: Order) -> None:
    line = order.lines.earliest("pk")
    assert counters(line.lot) == (1_000 * JIN, 10 * JIN, 0)
    for _ in range(2):
        answer = client.post(f"{order.get_absolute_url()}cancel/", {"why": "不要了"})
        assert answer.url == order.get_absolute_url()
    assert now(order) == State.CANCELLED
    assert counters(line.lot) == (1_000 * JIN, 0, 0)
    assert "不要了" in client.get(order.get_absolute_url()).content.decode()


def test_what_has_left_is_not_cancelled_and_the_buyer_is_told(client: Client, order: Order) -> None:
    sent_off(order)
    answer = client.post(f"{order.get_absolute_url()}cancel/", {"why": ""})
    assert answer.status_code == 409
    assert 'class="notice notice-error"' in answer.content.decode()
    assert now(order) == State.DISPATCHED


def test_too_long_a_reason_is_told(client: Client, order: Order) -> None:
    answer = client.post(f"{order.get_absolute_url()}cancel/", {"why": "x" * 201})
    assert (answer.status_code, now(order)) == (422, State.CONFIRMED)
    assert answer.context["reason"].errors


def test_steps_out_of_order_are_refused_in_words(order: Order) -> None:
    consignment = order.consignments.get()
    officer = signed_in(an_officer(consignment.village))
    for step, data in (("deliver", {}), ("stop", {"note": "here"})):
        assert officer.post(f"/consignments/{consignment.pk}/{step}/", data).status_code == 409
    officer.post(f"/consignments/{consignment.pk}/dispatch/")
    answer = officer.post(f"/consignments/{consignment.pk}/stop/", {"note": " "})
    assert answer.status_code == 422
    assert officer.post("/consignments/999999/dispatch/").status_code == 404
    assert order.tracking.count() == 2


def test_a_step_leads_back_to_no_address_but_our_own(order: Order) -> None:
    consignment = order.consignments.get()
    answer = signed_in(an_officer(consignment.village)).post(
        f"/consignments/{consignment.pk}/dispatch/", {"back": "https://evil.example/"}
    )
    assert answer.url == order.get_absolute_url()


@pytest.mark.parametrize(
    "slip",
    [{"quantity": "11"}, {"quantity": "0"}, {"quantity": ""}, {"reason": ""}, {"returned_before": "x"}],
    ids=str,
)
def test_a_slip_in_a_return_is_told_and_reverses_nothing(order: Order, slip: dict[str, str]) -> None:
    line = accepted(order).lines.earliest("pk")
    form = {"quantity": "1", "returned_before": "0", "reason": "烂了"} | slip
    sent = {f"return-{line.pk}-{name}": value for name, value in form.items()}
    answer = signed_in(Role.OFFICIAL).post(f"{order.get_absolute_url()}lines/{line.pk}/return/", sent)
    assert answer.status_code == 422
    assert Entry.objects.count() == 2


def test_a_return_sent_twice_is_one_return(order: Order) -> None:
    line = accepted(order).lines.earliest("pk")
    form = {"quantity": "1", "returned_before": "0", "reason": "烂了"}
    sent = {f"return-{line.pk}-{name}": value for name, value in form.items()}
    official = signed_in(Role.OFFICIAL)
    answers = [official.post(f"{order.get_absolute_url()}lines/{line.pk}/return/", sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert Entry.objects.count() == 3


def test_back_from_the_payment_page_it_is_being_confirmed(client: Client, buyer: User, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    client.cookies["django_language"] = "en"
    order = an_order(PayBy.ONLINE, buyer=buyer)
    waiting = client.get(order.get_absolute_url()).content.decode()
    assert "held until" in waiting
    assert "is being confirmed" not in waiting
    assert "is being confirmed" in client.get(f"{order.get_absolute_url()}?paid=1").content.decode()


def test_an_unpaid_order_lapses_when_it_is_looked_at(client: Client, buyer: User) -> None:
    order = an_order(PayBy.ONLINE, buyer=buyer)
    Order.objects.filter(pk=order.pk).update(reserved_until=order.placed_at.replace(year=2020))
    page = client.get(order.get_absolute_url())
    assert now(order) == State.EXPIRED
    assert not page.context["can"].pay
    assert counters(order.lines.earliest("pk").lot)[1] == 0


def test_the_buyer_of_an_unpaid_order_pays_on_delivery_instead(client: Client, buyer: User) -> None:
    order = an_order(PayBy.ONLINE, buyer=buyer)
    assert client.post(f"{order.get_absolute_url()}pay-on-delivery/").url == order.get_absolute_url()
    assert now(order) == State.CONFIRMED


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", ["buyer", "seller", "officer", "official", "cashier"])
def test_every_state_has_its_page_for_everybody(order: Order, buyer: User, state: State, role: str) -> None:
    grower = a_person(Role.SELLER)
    line = order.lines.earliest("pk")
    type(line.household).objects.filter(pk=line.household_id).update(user=grower)
    Order.objects.filter(pk=order.pk).update(
        state=state, paid_fen=700, reserved_until=order.placed_at.replace(year=2999)
    )
    people = {"buyer": buyer, "seller": grower, "officer": an_officer(line.consignment.village)}
    answer = signed_in(people.get(role) or Role(role)).get(order.get_absolute_url(), {"paid": "1"})
    if (role, state) == ("seller", State.AWAITING_APPROVAL):
        assert answer.status_code == 404, "what a unit has not agreed to yet is nobody's promise"
        return
    assert answer.status_code == 200
    assert 'class="lede"' in answer.content.decode()


def test_an_order_keeps_saying_what_it_was_sold_as(client: Client, order: Order) -> None:
    line: OrderLine = order.lines.earliest("pk")
    type(line.lot.product).objects.filter(pk=line.lot.product_id).update(name="洋芋")
    type(line.lot).objects.filter(pk=line.lot_id).update(price_fen=999)
    shown = client.get(order.get_absolute_url()).content.decode()
    assert "土豆" in shown
    assert "洋芋" not in shown
    assert "9.99" not in shown


def test_what_people_write_is_shown_as_text(client: Client, order: Order) -> None:
    client.post(f"{order.get_absolute_url()}cancel/", {"why": "<script>alert(1)</script>"})
    shown = client.get(order.get_absolute_url()).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("state", ["placed", "sent off", "accepted"])
@pytest.mark.parametrize("role", [Role.CITIZEN, Role.ADMIN])
def test_the_page_costs_the_same_for_three_lines_and_for_thirty(
    query_count: Any, state: str, role: Role
) -> None:
    counts = []
    for lines in (3, 30):
        person = a_person(role)
        order = an_order(PayBy.ON_DELIVERY, buyer=person, lots=[a_lot() for _ in range(lines)])
        if state != "placed":
            sent_off(order, delivered=True)
        if state == "accepted":
            accepted(order)
        client = signed_in(person)
        client.get("/orders/")  # what the frame looks up once
        with query_count() as asked:
            page = client.get(order.get_absolute_url())
        assert sum(len(part.lines) for part in page.context["parts"]) == lines
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def in_english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_a_reader_of_english_reads_the_places_in_english_as_they_were_called(
    client: Client, buyer: User
) -> None:
    named = a_village()
    nameless = Village.objects.create(town=named.town, name="无名村")
    order = an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[a_lot(household=a_household(named))])
    Village.objects.filter(pk=named.pk).update(name_en="Renamed", name="改名村")
    shown = in_english(client).get(order.get_absolute_url()).content.decode()
    assert "From Test Village, Qingfengdian" in shown
    assert "Test Village is gathering the goods." in shown
    assert named.name not in shown
    assert "Renamed" not in shown
    sent_off(order, delivered=True)
    shown = client.get(order.get_absolute_url()).content.decode()
    assert "<span>Test Village</span>" in shown, "the timeline"
    assert "· Test Village" in shown, "the acceptance"
    other = an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[a_lot(household=a_household(nameless))])
    assert "From 无名村, Qingfengdian" in client.get(other.get_absolute_url()).content.decode()


def test_sentences_are_joined_as_the_language_has_it(client: Client, order: Order) -> None:
    def lede(client: Client) -> str:
        page = client.get(order.get_absolute_url()).content.decode()
        found = re.search(r'<p class="lede">(.*?)</p>', page, re.DOTALL)
        assert found
        return found[1].strip()

    assert re.search("。(?! )[^。 ]", lede(client))
    assert ". Then" in lede(in_english(client))
