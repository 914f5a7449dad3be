"""Complaints with photos: made once, seen by those concerned alone, answered once, and no file is believed."""

from __future__ import annotations

import io
import struct
import uuid
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from farmers.ledger.models import Entry
from marketplace.access.models import Role
from marketplace.pictures import MAX_BYTES
from shop.orders.models import Complaint, ComplaintPhoto, Order, OrderLine, PayBy, TrackingEvent
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    an_organisation,
    assert_stock_adds_up,
    counters,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **how: Any) -> bytes:
    target = io.BytesIO()
    image = Image.new("RGB", size, "green")
    image.putpixel((0, 0), (255, 0, 0))
    image.save(target, kind, **how)
    return target.getvalue()


def upload(content: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


@pytest.fixture
def order() -> Order:
    """Ten jin each from two villages, accepted."""
    return accepted(an_order(PayBy.ON_DELIVERY, buyer=a_person()))


@pytest.fixture
def line(order: Order) -> OrderLine:
    return order.lines.order_by("pk")[0]


def complain(client: Client, about: OrderLine, /, *photos: SimpleUploadedFile, **data: Any) -> Any:
    facts = {"key": uuid.uuid4(), "line": about.pk, "what": "spoiled", "words": "烂了三斤"} | data
    address = f"/orders/{about.order.number}/complain/"
    return client.post(address, {**facts, "photos": list(photos)}, headers=ENGLISH)


def made(line: OrderLine, *photos: SimpleUploadedFile) -> Complaint:
    assert complain(signed_in(line.order.buyer), line, *photos).status_code == 302
    return Complaint.objects.get()


def page(complaint: Complaint, act: str = "") -> str:
    return f"/orders/{complaint.line.order.number}/complaints/{complaint.pk}/{act}"


def answer(client: Client, complaint: Complaint, **data: Any) -> Any:
    facts = {"outcome": "take_back", "quantity": "3", "returned_before": "0", "words": "确实坏了，退三斤。"}
    return client.post(page(complaint, "answer/"), facts | data, headers=ENGLISH)


def kept_files() -> list[Path]:
    folder = Path(settings.PRIVATE_ROOT)
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


# --- making one -----------------------------------------------------------------------------------


def test_a_complaint_reaches_the_buyer_the_officer_and_the_city(order: Order, line: OrderLine) -> None:
    buyer = signed_in(order.buyer)
    assert f"/orders/{order.number}/complain/" in buyer.get(order.get_absolute_url()).content.decode()
    complaint = made(line, upload(picture()), upload(picture("PNG"), "b.png"))
    assert (complaint.state, complaint.what, complaint.photos.count()) == ("open", "spoiled", 2)
    for client in (buyer, signed_in(an_officer(line.consignment.village)), signed_in(Role.OFFICIAL)):
        assert page(complaint) in client.get(order.get_absolute_url()).content.decode()
        shown = client.get(page(complaint)).content.decode()
        assert "烂了三斤" in shown
        assert shown.count('<img src="/orders/') == 2
    assert (
        order.tracking.filter(kind=TrackingEvent.Kind.COMPLAINED, consignment=line.consignment).count() == 1
    )


def test_the_same_form_twice_is_one_complaint_with_its_photos(line: OrderLine) -> None:
    client, key = signed_in(line.order.buyer), uuid.uuid4()
    answers = [complain(client, line, upload(picture()), key=key) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert Complaint.objects.get().photos.count() == 1
    assert line.order.tracking.filter(kind="complained").count() == 1


def test_while_one_waits_for_its_answer_no_other_is_made_of_the_same_goods(line: OrderLine) -> None:
    made(line)
    again = complain(signed_in(line.order.buyer), line)
    assert again.status_code == 409
    assert "waits for its answer" in again.content.decode()
    assert Complaint.objects.count() == 1


def test_nobody_complains_of_goods_that_are_not_there(line: OrderLine) -> None:
    fresh = an_order(PayBy.ON_DELIVERY, buyer=line.order.buyer)
    client = signed_in(line.order.buyer)
    assert client.get(f"/orders/{fresh.number}/complain/").status_code == 403
    assert complain(client, fresh.lines.all()[0]).status_code == 403
    sent_off(fresh, delivered=True)
    assert complain(client, fresh.lines.all()[0]).status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"words": ""}, {"words": "x" * 501}, {"what": "ugly"}, {"line": "0"}, {"key": "x"}]
)
def test_a_form_filled_in_wrongly_saves_nothing(line: OrderLine, wrong: dict[str, str]) -> None:
    assert complain(signed_in(line.order.buyer), line, upload(picture()), **wrong).status_code == 422
    assert not Complaint.objects.exists()


def test_a_line_of_another_order_is_no_choice(line: OrderLine) -> None:
    other = accepted(an_order(PayBy.ON_DELIVERY)).lines.all()[0]
    assert complain(signed_in(line.order.buyer), line, line=other.pk).status_code == 422


# --- who may what -------------------------------------------------------------------------------------


def test_from_everybody_elses_side() -> None:
    buyer, colleague, approver = a_person(Role.CANTEEN), a_person(Role.CANTEEN), a_person(Role.APPROVER)
    unit = an_organisation(buyer, colleague, approver)
    grower = a_person(Role.SELLER)
    here, there = a_village("gaopeng"), a_village()
    lots = [a_lot(household=a_household(here, user=grower)), a_lot(household=a_household(there))]
    order = accepted(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=lots, organisation=unit))
    line = order.lines.get(lot=lots[0])
    complaint = made(line, upload(picture()))
    photo = page(complaint, f"photos/{complaint.photos.get().pk}/")
    people = {
        "buyer": (buyer, "see make close"),
        "colleague": (colleague, "see make close"),
        "approver": (approver, "see"),
        "seller of it": (grower, ""),
        "officer of its village": (an_officer(here), "see"),
        "officer of the other village": (an_officer(there), ""),
        "officer of another town": (an_officer(a_village("dongting")), ""),
        "another citizen": (a_person(), ""),
        "cashier": (a_person(Role.CASHIER), "see"),
        "official": (a_person(Role.OFFICIAL), "see answer close"),
        "editor": (a_person(Role.EDITOR), ""),
        "admin": (a_person(Role.ADMIN), "see answer close"),
    }
    for who, (user, may) in people.items():
        client = signed_in(user)
        seen = 200 if "see" in may else 404
        assert client.get(page(complaint)).status_code == seen, who
        assert client.get(photo).status_code == seen, who
        assert (complain(client, line).status_code == 409) == ("make" in may), who
        if "answer" not in may:
            assert answer(client, complaint).status_code in {403, 404}, who
        if "close" not in may:
            assert client.post(page(complaint, "close/")).status_code in {403, 404}, who
    assert Client().get(photo).url.startswith("/accounts/login/")
    assert Complaint.objects.get().state == Complaint.State.OPEN
    assert not Entry.objects.exclude(reverses=None).exists()


def test_a_photo_has_no_address_of_its_own_and_another_orders_page_does_not_lead_to_it(
    line: OrderLine,
) -> None:
    complaint = made(line, upload(picture()))
    photo = complaint.photos.get()
    buyer = signed_in(line.order.buyer)
    answer = buyer.get(page(complaint, f"photos/{photo.pk}/"))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not photo.image.path.startswith(f"{settings.MEDIA_ROOT}/complaints")
    with pytest.raises(ValueError, match="no address"):
        _ = photo.image.url
    other = accepted(an_order(PayBy.ON_DELIVERY, buyer=line.order.buyer))
    assert buyer.get(f"/orders/{other.number}/complaints/{complaint.pk}/").status_code == 404
    assert buyer.get(page(complaint, "photos/999999/")).status_code == 404


def test_the_list_holds_what_waits_for_those_who_answer_for_it(line: OrderLine) -> None:
    complaint = made(line)
    other = accepted(an_order(PayBy.ON_DELIVERY)).lines.order_by("pk")[0]
    complain(signed_in(other.order.buyer), other)

    def listed(user: Any) -> set[int]:
        return {each.pk for each in signed_in(user).get("/complaints/").context["page"]}

    assert listed(an_officer(line.consignment.village)) == {complaint.pk}
    assert listed(Role.OFFICIAL) == {each.pk for each in Complaint.objects.all()}
    assert listed(an_officer(a_village("dongting"))) == set()
    for role in (Role.CITIZEN, Role.SELLER, Role.EDITOR, Role.APPROVER):
        assert signed_in(role).get("/complaints/").status_code == 403, role
    answer(signed_in(Role.OFFICIAL), complaint)
    signed_in(line.order.buyer).post(page(complaint, "close/"))
    assert complaint.pk not in listed(Role.OFFICIAL)


# --- the answer -------------------------------------------------------------------------------------


def test_goods_taken_back_are_a_reversing_entry_and_the_answer_sent_twice_is_one(line: OrderLine) -> None:
    complaint, official = made(line), signed_in(Role.OFFICIAL)
    assert answer(official, complaint).status_code == 302
    assert answer(official, complaint).status_code == 409
    line.refresh_from_db()
    assert line.returned_quantity == 3 * JIN
    assert Entry.objects.exclude(reverses=None).count() == 1
    complaint.refresh_from_db()
    assert (complaint.state, complaint.taken_back) == ("answered", 3 * JIN)
    shown = signed_in(line.order.buyer).get(page(complaint), headers=ENGLISH).content.decode()
    assert "3 jin were taken back" in shown
    assert "退三斤" in shown
    assert_stock_adds_up()


def test_a_refusal_takes_nothing_back(line: OrderLine) -> None:
    complaint, before = made(line), counters(line.lot)
    assert answer(signed_in(Role.OFFICIAL), complaint, outcome="refuse", quantity="").status_code == 302
    complaint.refresh_from_db()
    assert (complaint.state, complaint.taken_back) == ("answered", 0)
    assert counters(line.lot) == before


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"words": ""}, 422),
        ({"quantity": ""}, 422),
        ({"quantity": "11"}, 422),
        ({"quantity": "-1"}, 422),
        ({"outcome": "give"}, 422),
        ({"returned_before": "500"}, 409),
    ],
)
def test_an_answer_that_cannot_be_changes_nothing(
    line: OrderLine, wrong: dict[str, str], status: int
) -> None:
    complaint = made(line)
    assert answer(signed_in(Role.OFFICIAL), complaint, **wrong).status_code == status
    assert Complaint.objects.get().state == Complaint.State.OPEN
    assert not Entry.objects.exclude(reverses=None).exists()


def test_it_is_closed_after_its_answer_and_only_once(line: OrderLine) -> None:
    complaint, buyer = made(line), signed_in(line.order.buyer)
    assert buyer.post(page(complaint, "close/")).status_code == 409
    answer(signed_in(Role.OFFICIAL), complaint)
    for _ in range(2):
        assert buyer.post(page(complaint, "close/")).status_code == 302
    assert Complaint.objects.get().state == Complaint.State.CLOSED
    assert line.order.tracking.filter(kind="closed").count() == 1
    assert complain(buyer, line).status_code == 302, "what else comes to light may be said"


# --- hostile files -----------------------------------------------------------------------------------


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that would unpack to 60 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, 6_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def a_greater_bomb() -> bytes:
    return a_bomb().replace(struct.pack(">II", 10_000, 6_000), struct.pack(">II", 60_000, 60_000))


def an_archive() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")
    return archive.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE: dict[str, Callable[[], SimpleUploadedFile]] = {
    "a bomb": lambda: upload(a_bomb(), "photo.png", "image/png"),
    "a greater bomb": lambda: upload(a_greater_bomb(), "photo.png", "image/png"),
    "an SVG": lambda: upload(SVG, "photo.svg", "image/svg+xml"),
    "an SVG called JPEG": lambda: upload(SVG),
    "a GIF": lambda: upload(picture("GIF"), "photo.gif", "image/gif"),
    "a page": lambda: upload(b"<html><script>alert(1)</script></html>"),
    "a cut JPEG": lambda: upload(picture(size=(400, 300))[:900]),
    "a cut PNG": lambda: upload(picture("PNG", (400, 300))[:200], "photo.png"),
    "a cut HEIC": lambda: upload(picture("HEIF", (400, 300))[:400], "photo.heic"),
    "a JPEG called PNG": lambda: upload(picture(), "photo.png"),
    "a JPEG called a program": lambda: upload(picture(), "photo.exe"),
    "a file without a name's ending": lambda: upload(picture(), "photo"),
    "a PDF that is a picture further on": lambda: upload(b"%PDF-1.7\n" + picture()),
    "a picture that is an archive, too": lambda: upload(picture() + an_archive()),
    "nothing": lambda: upload(b""),
    "too much": lambda: upload(picture() + b"\0" * MAX_BYTES),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_at_its_field_and_nothing_is_kept(line: OrderLine, what: str) -> None:
    before = kept_files()
    answer = complain(signed_in(line.order.buyer), line, HOSTILE[what](), upload(picture()))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"photos"}
    assert not Complaint.objects.exists()
    assert kept_files() == before


def test_four_photos_are_too_many_and_eleven_files_are_no_form(line: OrderLine) -> None:
    client = signed_in(line.order.buyer)
    assert complain(client, line, *(upload(picture()) for _ in range(4))).status_code == 422
    assert complain(client, line, *(upload(picture()) for _ in range(11))).status_code == 400
    assert not Complaint.objects.exists()


def test_what_rides_along_in_a_picture_is_not_kept(line: OrderLine) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture(size=(60, 20), exif=exif, comment=b"<?php evil ?>") + b"notes of a phone"
    kept = made(line, upload(content, "../../evil<script>.jpg")).photos.get()
    with kept.image.open("rb") as file:
        data = file.read()
    for trace in (b"evil", b"notes", b"A phone", b"<script", b"Exif"):
        assert trace not in data
    assert "evil" not in kept.image.name


def test_a_picture_taken_sideways_is_turned_upright(line: OrderLine) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = made(line, upload(picture(size=(60, 20), exif=exif))).photos.get()
    assert (kept.width, kept.height) == (20, 60)


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("WEBP", "a.webp"), ("HEIF", "a.HEIC")])
def test_other_kinds_of_photos_become_jpegs(line: OrderLine, kind: str, name: str) -> None:
    kept = made(line, upload(picture(kind), name, "application/octet-stream")).photos.get()
    with Image.open(kept.image.path) as image:
        assert (image.format, image.size) == ("JPEG", (40, 30))


def test_a_lost_file_is_not_found(line: OrderLine) -> None:
    complaint = made(line, upload(picture()))
    photo = ComplaintPhoto.objects.get()
    Path(photo.image.path).unlink()
    assert signed_in(line.order.buyer).get(page(complaint, f"photos/{photo.pk}/")).status_code == 404
