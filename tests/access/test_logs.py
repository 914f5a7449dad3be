"""What a day's work writes into the logs names nobody."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from marketplace.access.models import Role
from shop.orders.models import Order, PayBy
from tests.makers import ADDRESS, PHONE, a_household, a_lot, a_person, sent_off, signed_in

SECRETS = (PHONE, ADDRESS, "王小明", "李国庆", "13911112222", "a-long-pass-word")


@pytest.mark.django_db
def test_no_log_and_no_address_names_a_person(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    lot = a_lot(household=a_household(head_name="李国庆", phone="13911112222"))
    buyer = a_person(password="a-long-pass-word")
    client, visited = Client(), []

    def note(response: object) -> object:
        visited.append(getattr(response, "url", ""))
        return response

    note(client.post("/accounts/login/", {"username": buyer.username, "password": "a-long-pass-word"}))
    note(client.post(f"/basket/add/{lot.pk}/", {"amount": "5"}))
    offer = client.get("/checkout/").context["offer"]
    form = {
        "offer": offer,
        "recipient": "王小明",
        "phone": PHONE,
        "way": "address",
        "address": ADDRESS,
        "pay_by": PayBy.ON_DELIVERY.value,
    }
    note(client.post("/checkout/", form | {"offer": "forged"}))
    note(client.post("/checkout/", form | {"phone": f"x{PHONE}"}))
    note(client.post("/checkout/", form))
    order = sent_off(Order.objects.get())
    line = order.lines.get()
    note(client.post(f"/orders/{order.number}/accept/", {f"line-{line.pk}": "999"}))
    note(client.post(f"/orders/{order.number}/accept/", {f"line-{line.pk}": "4"}))
    note(signed_in(Role.OFFICER).get(f"/orders/{order.number}/"))
    assert len(caplog.records) >= 3, "what was refused is in the log"
    written = caplog.text + " ".join(visited)
    assert [secret for secret in SECRETS if secret in written] == []
