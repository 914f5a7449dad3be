"""Another town's household is met at no address, in no form, export, paper or search: the way the views are not asked alone.

An order of several villages is open to the officers of each of them, and so is the edge along which something could be
told: every address of such an order is read, and holds nothing of the other village's goods and people.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import typst
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from farmers.registry.models import Household, Village
from farmers.selling.models import LotDraft
from farmers.stock.models import Lot
from marketplace.access.models import Role
from shop.orders.complain import complain
from shop.orders.models import Complaint, Order, PayBy, Weighing, WeighingPhoto
from tests.makers import a_household, a_lot, a_person, an_order, sent_off, signed_in

from .scene import NAME, OUTSIDERS, SECRETS, STRANGER, Scene, a_picture, a_scene
from .test_every_view import ADDRESSES, address, asked, in_plain, verdict

pytestmark = pytest.mark.django_db

FAR, NEIGHBOUR, BUYER, NEXT_VILLAGE = OUTSIDERS
OFFICERS = (FAR, NEXT_VILLAGE)
# rooms of people's own, where no name of another village has any business
ROOMS = ("officer/", "seller/", "orders/", "canteen/", "complaints/", "account/", "consignments/")


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture(autouse=True)
def _papers_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of the paper, all that is handed to the typesetter."""

    def told(*args: Any, sys_inputs: dict[str, str], **how: Any) -> bytes:
        return json.dumps(json.loads(sys_inputs["data"]), ensure_ascii=False).encode()

    monkeypatch.setattr(typst, "compile", told)


def client_of(scene: Scene, who: str) -> Client:
    user = scene.people[who]
    return signed_in(user) if user else Client()


def read(client: Client, path: str, method: str = "get", data: Any = None) -> str:
    return in_plain(asked(client, method, path, data)[1])


def unit_of(order: Order) -> str:
    assert order.organisation
    return order.organisation.name


# --- whatever a role can open -------------------------------------------------------------------


@pytest.mark.parametrize("who", ["citizen", "canteen", "approver", "nursery", "editor", NEXT_VILLAGE])
def test_who_has_no_business_with_a_household_reads_none_of_its_secrets(scene: Scene, who: str) -> None:
    client = client_of(scene, who)
    for name in ADDRESSES:
        text = read(client, address(scene, name))
        assert not [secret for secret in SECRETS if secret in text], name


@pytest.mark.parametrize("who", OFFICERS)
def test_no_room_of_an_officer_names_what_is_of_another_village(scene: Scene, who: str) -> None:
    """Lists, choices in forms and links: by names, numbers and addresses that nothing else has."""
    client = client_of(scene, who)
    order = Order.objects.get(number=scene.arguments["number"])
    marks = [
        NAME,
        scene.household.village.name,
        order.number,
        unit_of(order),
        "六月.xlsx",
        "七月.xlsx",
    ]
    for name, (path, arguments) in ADDRESSES.items():
        if not path.startswith(ROOMS) or arguments:
            continue
        text = read(client, address(scene, name))
        assert not [mark for mark in marks if mark in text], name


def test_the_officer_of_the_village_does_meet_them_there(scene: Scene) -> None:
    """Else the search above would find nothing, whatever was told."""
    client = client_of(scene, "officer")
    order = Order.objects.get(number=scene.arguments["number"])
    text = "".join(
        read(client, path)
        for path in ("/officer/households/", "/officer/consignments/", "/officer/workbook/")
    )
    assert NAME in text and scene.household.village.name in text and "七月.xlsx" in text
    paper = read(client, "/officer/picking.pdf?day=open")
    assert NAME in paper and unit_of(order) in paper


# --- choices, searches and keys that are typed by hand -------------------------------------------


@pytest.mark.parametrize("who", OFFICERS)
@pytest.mark.parametrize("page", ["households", "picking", "picking.pdf"])
def test_the_number_of_another_village_narrows_a_list_to_nothing(scene: Scene, who: str, page: str) -> None:
    village = scene.household.village_id
    text = read(client_of(scene, who), f"/officer/{page}/?village={village}&day=open".replace("pdf/", "pdf"))
    assert NAME not in text and scene.household.village.name not in text


@pytest.mark.parametrize("who", OFFICERS)
def test_a_household_is_entered_in_no_other_village(scene: Scene, who: str) -> None:
    client, village = client_of(scene, who), scene.household.village
    answer = client.post(
        "/officer/households/new/", {"village": village.pk, "head_name": NAME, "phone": SECRETS[1]}
    )
    assert answer.status_code == 422
    # nor is it told that such a household is there
    other = client.post("/officer/households/new/", {"village": village.pk, "head_name": "无名氏"})
    assert answer.context["form"].errors.keys() == other.context["form"].errors.keys() == {"village"}
    assert Household.objects.filter(village=village, head_name=NAME).count() == 1


@pytest.mark.parametrize("who", OFFICERS)
@pytest.mark.parametrize("words", [*SECRETS, NAME[1:], "欧", "oy", "ouyang"])
def test_no_search_of_another_officer_finds_a_household(scene: Scene, who: str, words: str) -> None:
    answer = client_of(scene, who).post("/officer/households/", {"q": words})
    assert scene.household.pk not in {household.pk for household in answer.context["page"]}
    nobody = client_of(scene, who).post("/officer/households/", {"q": "查无此人"})
    assert len(answer.context["page"]) == len(nobody.context["page"]) == 0


def test_a_neighbour_s_draft_cannot_be_written_or_thrown_away(scene: Scene) -> None:
    client = client_of(scene, NEIGHBOUR)
    before = {draft.pk: (draft.cells, draft.revision) for draft in LotDraft.objects.all()}
    assert before
    for key in before:
        for page in ("draft/", "throw-away/"):
            client.post(
                f"/seller/new/{page}", {"key": key, "product": "tudou", "amount": "9", "revision": 99}
            )
        client.post("/seller/new/", {"key": key, "product": "tudou", "amount": "9", "price": "1"})
    assert {draft.pk: (draft.cells, draft.revision) for draft in LotDraft.objects.all()} == before


@pytest.mark.parametrize("who", OFFICERS)
def test_the_key_of_another_s_form_lists_for_nobody(scene: Scene, who: str) -> None:
    """An officer sends a key that stands for a lot of another village already."""
    known = Lot.objects.filter(household=scene.household).earliest("pk")
    key = uuid.uuid4()
    Lot.objects.filter(pk=known.pk).update(import_key=f"officer:{key}")
    village = Village.objects.get(pk=post_of(scene, who))
    mine = a_household(village)
    answer = client_of(scene, who).post(
        f"/officer/households/{mine.pk}/list/",
        {
            "key": key,
            "product": "tudou",
            "amount": "80",
            "price": "1.2",
            "when": "today",
            "consent": "person",
            "seen": "on",
        },
    )
    assert answer.status_code == 404
    assert not Lot.objects.filter(household=mine).exists()


def post_of(scene: Scene, who: str) -> int:
    """A village that this officer answers for."""
    user = scene.people[who]
    assert user
    post = user.officer
    return int(post.village_id or Village.objects.filter(town=post.town).earliest("pk").pk)


# --- an order of several villages ----------------------------------------------------------------


@dataclass
class Shared:
    """An order with goods of the scene's household and of somebody else's; what is said of the former."""

    order: Order
    arguments: dict[str, Any]
    marks: list[str]


def shared_with(scene: Scene, other: Household, buyer_role: str = "citizen") -> Shared:
    buyer = scene.people[buyer_role]
    assert buyer
    Household.objects.filter(pk=scene.household.pk).update(consent_on="2026-01-01")
    scene.household.refresh_from_db()
    lots = [a_lot(household=scene.household, product="huluobo"), a_lot(household=other, product="dacong")]
    order = sent_off(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=lots), delivered=True)
    line = order.lines.get(household=scene.household)
    complaint = complain(
        line, Complaint.What.SPOILED, "底下全烂了", [a_picture()], key=uuid.uuid4(), by=buyer
    )
    photo = WeighingPhoto.objects.create(
        weighing=Weighing.objects.create(line=line, handed_over=line.quantity), image=a_picture()
    )
    arguments = {
        "number": order.number,
        "line_id": line.pk,
        "consignment_id": line.consignment_id,
        "complaint_id": complaint.pk,
        "photo_id": complaint.photos.get().pk,
        "orders:scale_photo photo_id": photo.pk,
    }
    # 胡萝卜 and the masked name are on no other line of the order
    return Shared(order, arguments, [*SECRETS, "胡萝卜", scene.household.public_name, "底下全烂了"])


def views_of_an_order() -> Iterator[str]:
    for name, (path, arguments) in ADDRESSES.items():
        of_orders = arguments & {"number", "consignment_id"} and path.startswith(ROOMS)
        if of_orders and not name.startswith(("bulk:", "statement", "green:")):
            yield name


@pytest.mark.parametrize("who", [FAR, NEXT_VILLAGE, NEIGHBOUR])
def test_whoever_shares_an_order_reads_nothing_of_the_others_goods(scene: Scene, who: str) -> None:
    if who == NEIGHBOUR:
        other = Household.objects.get(user=scene.people[NEIGHBOUR])
    else:
        other = a_household(Village.objects.get(pk=post_of(scene, who)))
    shared = shared_with(scene, other)
    scene.arguments |= shared.arguments
    client = client_of(scene, who)
    # the order is theirs to open, with their own part of it
    own = read(client, address(scene, "orders:detail"))
    assert shared.order.number in own and "大葱" in own
    names = list(views_of_an_order())
    assert {"orders:detail", "orders:complaint", "parcel_pdf", "orders:scale_photo"} <= set(names)
    for name in names:
        for method in ("get", "post"):
            answer, said = asked(client, method, address(scene, name))
            text = in_plain(said)
            assert not [mark for mark in shared.marks if mark in text], (method, name)
            if name in THE_OTHERS:
                assert verdict(answer) in "fn" or answer.status_code == 405, (method, name)


# of such an order, what is the other village's alone
THE_OTHERS = {
    "parcel",
    "parcel_pdf",
    "orders:dispatch",
    "orders:stop",
    "orders:deliver",
    "orders:complaint",
    "orders:complaint_photo",
    "orders:scale_photo",
}


def test_the_buyer_of_such_an_order_reads_all_of_it(scene: Scene) -> None:
    """Else nothing above would be looked for in vain."""
    shared = shared_with(scene, a_household())
    scene.arguments |= shared.arguments
    client = client_of(scene, "citizen")
    text = read(client, address(scene, "orders:detail")) + read(client, address(scene, "orders:complaint"))
    assert "胡萝卜" in text and scene.household.public_name in text and "底下全烂了" in text


# --- the admin ------------------------------------------------------------------------------------


def admin_addresses() -> Iterator[str]:
    """Every pattern of the admin."""

    def walk(resolver: URLResolver, path: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            whole = path + str(pattern.pattern).lstrip("^")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, whole)
            elif isinstance(pattern, URLPattern):
                yield whole

    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "admin/":
            yield from walk(resolver, "/admin/")


def filled(path: str, pk: int) -> str:
    """The pattern with `pk`, or an invented UUID, for each of its arguments."""
    path = re.sub(r"<uuid:\w+>", str(uuid.UUID(int=1)), path)
    return re.sub(r"<[^>]+>", str(pk), path)


@pytest.mark.parametrize("who", [STRANGER, "seller", "officer", "cashier", "canteen", FAR])
def test_no_address_of_the_admin_opens_to_those_who_work_elsewhere(scene: Scene, who: str) -> None:
    client = client_of(scene, who)
    pk = scene.household.pk
    paths = {filled(path, pk) for path in admin_addresses()} - {"/admin/login/", "/admin/logout/"}
    assert len(paths) > 200
    for path in paths:
        if "(" in path:
            continue
        answer, said = asked(client, "get", path)
        public = path.startswith(
            ("/admin/jsi18n", "/admin/password_reset", "/admin/sprite")
        )  # words and icons
        assert public or answer.status_code in {301, 302, 403, 404, 405}, (path, answer.status_code)
        assert not [secret for secret in SECRETS if secret in in_plain(said)], path


@pytest.mark.parametrize("who", ["editor", "official"])
def test_lists_choosers_and_exports_of_the_admin_hold_no_secret(scene: Scene, who: str) -> None:
    """An editor reads no household's name; nobody there its telephone, identity number or account."""
    client = client_of(scene, who)
    hidden = SECRETS if who == "editor" else SECRETS[1:]
    pages = [path for path in admin_addresses() if "<" not in path and "(" not in path]
    lists = [f"/admin/{name}/" for name in ("household", "lot", "entry", "village", "town", "product")]
    exports = [
        f"{path}?export={kind}{more}"
        for path in lists
        for kind in ("xlsx", "csv")
        for more in ("", "&q=欧阳")
    ]
    assert len(pages) > 50
    for path in [*pages, *exports, *(f"{path}?q={secret}" for path in lists for secret in SECRETS)]:
        if any(word in path for word in ("logout", "failwhale")):
            continue
        text = in_plain(asked(client, "get", path)[1])
        # what was typed is told back, and tells nothing
        assert not [secret for secret in hidden if secret in text and secret not in path], path


def test_an_officer_without_a_post_meets_nobody(scene: Scene) -> None:
    client = signed_in(a_person(Role.OFFICER))
    for name, (path, arguments) in ADDRESSES.items():
        if path.startswith(ROOMS) and not arguments:
            text = read(client, address(scene, name))
            assert not [mark for mark in (NAME, scene.household.village.name) if mark in text], name
