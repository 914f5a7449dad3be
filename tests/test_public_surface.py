"""Every public address, as everybody, on an empty site and on the demo: the right answer, and never an error."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from marketplace.access.models import Role, User
from tests.demo_city import City
from tests.makers import signed_in

EVERYBODY: tuple[str, ...] = ("", *Role.values)
SIGNED_IN = frozenset(Role.values)
ROOMS = {
    "/canteen/": {"canteen", "approver", "nursery", "admin"},
    "/canteen/progress/": {"official", "cashier", "admin"},
    "/canteen/statements/": {"canteen", "approver", "nursery", "official", "cashier", "admin"},
    "/canteen/requests/": {"canteen", "approver", "nursery", "official", "cashier", "admin"},
    "/seller/": {"seller", "admin"},
    "/officer/": {"officer", "admin"},
    "/officer/picking/": {"officer", "admin"},
    "/officer/picking.pdf": {"officer", "admin"},
    "/seller/bring/": {"seller", "admin"},
    "/cashier/": {"cashier", "admin"},
}
OPEN = (
    "/",
    "/shop/",
    "/basket/",
    "/ledger/",
    "/healthz",
    "/api/v1/docs",
    "/api/v1/openapi.json",
    "/api/v1/offers",
)
ADMIN = {"editor", "official", "admin"}


def expected(address: str, who: str) -> int:
    """What the address should answer, told from DESIGN's table of people alone."""
    if address in OPEN:
        return 200
    if address in {"/api/v1/", "/i18n/setlang/"}:
        return 302
    if address == "/webhooks/stripe/":
        return 405
    if address in {"/accounts/login/", "/accounts/signup/"}:
        return 302 if who else 200
    if address == "/admin/":
        return 200 if who in ADMIN else 302
    if not who:
        return 302  # to sign in
    if address == "/room/":
        return 302
    if address == "/checkout/":
        return 403 if who == "approver" else 302  # with nothing in the basket, back to it
    if address in ROOMS:
        return 200 if who in ROOMS[address] else 403
    if address == "/orders/":
        return 200
    return 404


ADDRESSES = (
    *OPEN,
    *ROOMS,
    "/api/v1/",
    "/i18n/setlang/",
    "/webhooks/stripe/",
    "/accounts/login/",
    "/accounts/signup/",
    "/admin/",
    "/room/",
    "/checkout/",
    "/orders/",
    "/orders/DZ260101-NEVERWAS/",
    "/canteen/requests/JC260101-NEVERWAS/",
    "/canteen/statements/ZD202601-0000/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("who", EVERYBODY)
def test_an_empty_site_answers_everybody(who: str) -> None:
    client = signed_in(Role(who)) if who else Client()
    told = {address: client.get(address).status_code for address in ADDRESSES}
    assert told == {address: expected(address, who) for address in ADDRESSES}
    for address in ("/shop/never-was/", "/never/was/", "/api/v1/offers/never-was"):
        assert client.get(address, follow=True).status_code == 404, address


def account(who: str) -> Client:
    client = Client()
    if who:
        client.force_login(User.objects.get(username=who))
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("who", EVERYBODY)
def test_the_demo_answers_everybody(who: str, city: City) -> None:
    client = account(who)
    own = {"/checkout/": {200, 302, 403}}  # somebody's basket may be filled
    for address in ADDRESSES:
        status = client.get(address).status_code
        assert status in own.get(address, {expected(address, who)}), (address, status)


def kind_of(address: str) -> str:
    """Addresses that differ only in which offer, order or page they mean are of one kind."""
    rooms = r"/shop|/orders|/ledger|/canteen/requests(?!/new/)"
    path = re.sub(rf"^({rooms})/[^/?]+", r"\1/one", address.partition("?")[0])
    return re.sub(r"\d+", "1", path) + ("?" if "?" in address else "")


@pytest.mark.django_db
@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_link_of_the_demos_pages_leads_somewhere(who: str, language: str, city: City) -> None:
    """One link of each kind, three clicks deep from where people begin."""
    client = account(who)
    headers = {"accept-language": language}
    queue = [(address, 0) for address in ("/", "/shop/", "/ledger/", *(["/room/"] if who else []))]
    seen, broken = set(), []
    while queue:
        address, depth = queue.pop(0)
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        response = client.get(address, headers=headers)
        # the home page shows canteens their door, which opens to canteens alone
        if response.status_code not in {200, 301, 302} and (address, response.status_code) != (
            "/canteen/",
            403,
        ):
            broken.append((address, response.status_code))
        if response.status_code in {301, 302}:
            queue.append((response["Location"], depth))  # type: ignore[index]
        # the admin's own pages are Wagtail's business
        elif (
            depth < 3 and response.headers["Content-Type"].startswith("text/html") and "/admin" not in address
        ):
            links = re.findall(r'<a\b[^>]*\bhref="(/[^"#]*)', response.content.decode())
            files = ("/static/", "/media/")
            queue += [(html.unescape(link), depth + 1) for link in links if not link.startswith(files)]
    assert broken == []
    assert len(seen) > 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address"),
    [
        *(("post", address) for address in ("/shop/", "/basket/", "/room/", "/orders/", "/healthz", *ROOMS)),
        *(("put", address) for address in ("/checkout/", "/accounts/signup/", "/shop/")),
        *(("delete", address) for address in ("/shop/", "/orders/", "/api/v1/offers")),
        *(("get", address) for address in ("/basket/add/1/", "/basket/change/1/", "/webhooks/stripe/")),
        *(
            ("get", address)
            for address in ("/orders/X/accept/", "/orders/X/cancel/", "/orders/X/lines/1/return/")
        ),
        *(("get", f"/consignments/1/{step}/") for step in ("dispatch", "stop", "deliver")),
    ],
)
def test_a_wrong_method_is_told(method: str, address: str) -> None:
    response = getattr(signed_in(Role.ADMIN), method)(address)
    assert response.status_code == 405
    assert response.headers["Allow"]


@pytest.mark.django_db
def test_a_browser_that_opens_a_form_s_address_gets_a_page() -> None:
    response = Client(headers={"accept": "text/html"}).get("/basket/add/1/")
    assert response.status_code == 405
    assert "<h1>" in response.content.decode()
    assert Client().get("/webhooks/stripe/").content == b""


@pytest.mark.django_db
class TestTooMuch:
    def test_a_form_too_large_is_refused(self) -> None:
        response = signed_in().post("/checkout/", {"note": "x" * 3_000_000})
        assert response.status_code in {400, 409, 413}

    def test_a_form_of_too_many_fields_is_refused(self) -> None:
        body = "&".join(f"f{number}=1" for number in range(2_001))
        response = Client().post("/accounts/login/", body, content_type="application/x-www-form-urlencoded")
        assert response.status_code == 400

    @pytest.mark.parametrize(
        "path", ["/shop/a%00b/", "/%00/", "/orders/a%00b/", "/shop/%ff%fe/", "/" + "x" * 3000 + "/"]
    )
    def test_a_senseless_address_is_not_found(self, path: str) -> None:
        assert signed_in(Role.ADMIN).get(path).status_code in {302, 400, 404}

    def test_a_strange_host_and_language_are_answered(self) -> None:
        for language in ("xx", "zh-hans" * 200, "\x00", "en;q=nan"):
            assert Client(headers={"accept-language": language}).get("/shop/").status_code == 200
