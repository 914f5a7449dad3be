from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from marketplace.access.models import Role
from shop.orders.accept import give_back as give_goods_back
from shop.orders.cancel import cancel
from shop.orders.models import Order, PayBy, State
from shop.payments.models import Payment
from tests.stripe_standin import StandIn

from .shop import JIN, a_lot, a_person, accepted, an_order, deliver, sent_to_pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier(client: Client) -> Client:
    client.force_login(a_person(Role.CASHIER))
    return client


def hand_in(client: Client, number: str, **data: Any) -> Any:
    return client.post(
        f"/cashier/orders/{number}/collect/", {"amount": "25", "provider": "cash", "receipt": "R-1"} | data
    )


def test_the_page_is_the_cashiers(client: Client) -> None:
    assert client.get("/cashier/").url.startswith("/accounts/login/")
    for role in Role:
        client.force_login(a_person(role))
        allowed = role in {Role.CASHIER, Role.ADMIN}
        assert client.get("/cashier/").status_code == (200 if allowed else 403), role
        assert hand_in(client, "DZ-none").status_code == (404 if allowed else 403), role
        assert client.post("/cashier/orders/DZ-none/refund/").status_code == (404 if allowed else 403), role
        assert client.post("/cashier/payments/1/count/").status_code == (404 if allowed else 403), role


def test_an_empty_site_has_an_empty_page(cashier: Client) -> None:
    page = cashier.get("/cashier/")
    assert page.context["books"].received == 0
    assert page.context["books"].difference == 0


def test_money_is_collected_to_the_fen(cashier: Client) -> None:
    order = accepted(an_order(PayBy.ON_DELIVERY), short_jin=1)
    page = cashier.get("/cashier/")
    assert [each for each, _form in page.context["collect_forms"]] == [order]
    assert 'value="23.80"' in page.content.decode()
    assert page.context["books"].due == page.context["books"].owed_households == 2380
    assert hand_in(cashier, order.number, amount="23.80").url == "/cashier/"
    assert hand_in(cashier, order.number, amount="23.80").url == "/cashier/", "sent twice"
    page = cashier.get("/cashier/")
    assert not page.context["collect_forms"]
    assert page.context["books"].received == page.context["books"].paid == 2380
    assert Payment.objects.get().by == page.wsgi_request.user


def test_the_pages_own_forms_are_let_in() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(a_person(Role.CASHIER))
    order = accepted(an_order(PayBy.ON_DELIVERY))
    assert hand_in(strict, order.number).status_code == 403
    for act, amount in (("collect", "25"), ("refund", "1")):
        page = strict.get("/cashier/").content.decode()
        form = page.split(f'action="/cashier/orders/{order.number}/{act}/"')[1].split("</form>")[0]
        token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        sent = {"amount": amount, "provider": "cash", "receipt": "R-1", "csrfmiddlewaretoken": token}
        assert strict.post(f"/cashier/orders/{order.number}/{act}/", sent).url == "/cashier/"
        line = order.lines.first()
        if act == "collect" and line:
            give_goods_back(line.pk, 1 * JIN, returned_before=0, sound=True, reason="bruised", by=order.buyer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "1.005"},
        {"amount": "1e3"},
        {"amount": "25.01"},
        {"amount": "9" * 16},
        {"receipt": " "},
        {"receipt": "R" * 61},
        {"provider": "stripe"},
    ],
    ids=str,
)
def test_a_slip_is_told_and_records_nothing(cashier: Client, wrong: dict[str, str]) -> None:
    order = accepted(an_order(PayBy.ON_DELIVERY))
    answer = hand_in(cashier, order.number, **wrong)
    assert answer.status_code in {409, 422}
    assert answer.context["form"].errors
    assert order.number in answer.content.decode()
    assert not Payment.objects.exists()


def test_a_receipt_used_before_is_told(cashier: Client) -> None:
    first, second = (accepted(an_order(PayBy.ON_DELIVERY)) for _ in range(2))
    hand_in(cashier, first.number)
    answer = hand_in(cashier, second.number)
    assert answer.status_code == 409
    assert "R-1" in str(answer.context["form"].non_field_errors())
    assert Payment.objects.count() == 1


def test_money_before_acceptance_is_found_by_the_orders_number(cashier: Client) -> None:
    order = an_order(PayBy.ON_DELIVERY)
    page = cashier.get("/cashier/", {"q": f" {order.number.lower()} "})
    assert page.context["order"] == order
    assert not page.context["collect_forms"]
    hand_in(cashier, order.number)
    assert cashier.get("/cashier/", {"q": order.number}).context["form"] is None
    assert cashier.get("/cashier/", {"q": "DZ\x00"}).status_code == 200


def test_differences_and_money_to_give_back_are_listed_and_counted(
    cashier: Client, stripe_standin: StandIn
) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    stripe_standin.sessions.pay(payment.reference, amount=2600)
    deliver(Client(), stripe_standin)
    page = cashier.get("/cashier/")
    assert list(page.context["match"].page) == [payment]
    assert (page.context["books"].to_match, page.context["books"].difference) == (2600, 0)
    assert cashier.post(f"/cashier/payments/{payment.pk}/count/").url == "/cashier/"
    page = cashier.get("/cashier/")
    assert not list(page.context["match"].page)
    assert [each for each, _form in page.context["back_forms"]] == [order]
    assert 'value="1.00"' in page.content.decode()
    order.refresh_from_db()
    assert order.state == State.CONFIRMED


def test_money_given_back_leaves_the_books_even(cashier: Client) -> None:
    order = an_order(PayBy.ON_DELIVERY)
    hand_in(cashier, order.number)
    cancel(order.pk, order.buyer, "")
    sent = {"amount": "30", "provider": "transfer", "receipt": "T-1"}
    assert cashier.post(f"/cashier/orders/{order.number}/refund/", sent).status_code == 409
    assert cashier.post(f"/cashier/orders/{order.number}/refund/", sent | {"amount": ""}).status_code == 422
    for _ in range(2):
        assert (
            cashier.post(f"/cashier/orders/{order.number}/refund/", sent | {"amount": "20"}).url
            == "/cashier/"
        )
    books = cashier.get("/cashier/").context["books"]
    assert (books.received, books.given_back, books.overpaid, books.paid) == (2500, 2000, 500, 0)
    assert books.difference == 0


def test_a_fault_in_the_books_is_shouted_out(cashier: Client) -> None:
    order = an_order(PayBy.ON_DELIVERY)
    hand_in(cashier, order.number)
    assert 'role="alert"' not in cashier.get("/cashier/").content.decode()
    Order.objects.filter(pk=order.pk).update(paid_fen=2499)
    page = cashier.get("/cashier/")
    assert page.context["books"].difference == 1
    assert 'role="alert"' in page.content.decode()


def test_the_page_costs_the_same_with_many_orders(
    cashier: Client, query_budget: Any, stripe_standin: StandIn
) -> None:
    buyer, lot = a_person(), a_lot()
    for _ in range(25):
        accepted(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[lot], jin=4))
    for _ in range(3):
        stripe_standin.sessions.pay(sent_to_pay(an_order(buyer=buyer)).reference, amount=1)
        deliver(Client(), stripe_standin)
    for _ in range(3):
        order = an_order(buyer=buyer)
        stripe_standin.sessions.pay(sent_to_pay(order).reference)
        deliver(Client(), stripe_standin)
        cancel(order.pk, buyer, "")
    with query_budget(23):
        page = cashier.get("/cashier/")
    assert len(page.context["collect_forms"]) == 20
    rest = cashier.get(page.context["collect"].later.partition("#")[0])
    assert len(rest.context["collect_forms"]) == 5
    assert rest.context["collect"].earlier.startswith("/cashier/?page=1")
