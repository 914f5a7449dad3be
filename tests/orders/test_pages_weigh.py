"""The scale's page: read off line by line on a phone, with photos, and what both sides see of it."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from farmers.ledger.models import Entry
from marketplace.access.models import Role, User
from shop.buyers.models import Duty
from shop.orders.dispatch import deliver, dispatch
from shop.orders.models import Order, OrderLine, PayBy, State, Weighing, WeighingPhoto
from tests.makers import (
    DELIVERY,
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    an_officer,
    an_order,
    an_organisation,
    saplings,
    sent_off,
    signed_in,
    wanted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cook() -> User:
    return a_person(Role.CANTEEN)


@pytest.fixture
def order(cook: User) -> Order:
    """Ten jin each of two households of one village, handed over at the canteen."""
    village = a_village()
    lots = [a_lot(household=a_household(village)), a_lot(price_fen=130, household=a_household(village))]
    unit = an_organisation(duties={cook: [Duty.Kind.RECEIVER]})
    return sent_off(an_order(PayBy.ON_ACCOUNT, buyer=cook, lots=lots, organisation=unit), delivered=True)


@pytest.fixture
def client(cook: User) -> Client:
    client = signed_in(cook)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture(autouse=True)
def private(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def reading(line: OrderLine, weighed: str, **more: Any) -> dict[str, Any]:
    return {f"line-{line.pk}": weighed, **{f"{name}-{line.pk}": value for name, value in more.items()}}


def scale(client: Client, order: Order, *readings: dict[str, Any], **more: Any) -> Any:
    sent = {"receiver": "赵师傅"} | more
    for one in readings:
        sent |= one
    return client.post(f"{order.get_absolute_url()}weigh/", sent)


def picture(
    name: str = "scale.jpg", kind: str = "JPEG", size: tuple[int, int] = (40, 30)
) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size, "olive").save(data, kind)
    return SimpleUploadedFile(name, data.getvalue())


def test_short_over_and_refused_are_told_to_both_sides_in_words(client: Client, order: Order) -> None:
    first, second = order.lines.all()
    answer = scale(client, order, reading(first, "9", refused="1.5", reason="烂了"), reading(second, "11"))
    assert answer.url == order.get_absolute_url()
    order.refresh_from_db()
    assert (order.state, order.accepted_fen) == (State.ACCEPTED, 900 + 1300)
    assert {entry.channel for entry in Entry.objects.all()} == {"canteen"}
    grower = a_person(Role.SELLER)
    type(first.household).objects.filter(pk=first.household_id).update(user=grower)
    officer = an_officer(first.consignment.village)
    for who, lines in ((client, 2), (signed_in(grower), 1), (signed_in(officer), 2)):
        who.cookies["django_language"] = "en"
        shown = who.get(order.get_absolute_url()).content.decode()
        assert "1 jin less came than was ordered." in shown
        assert "1.5 jin refused: 烂了. Not paid, goes back." in shown
        assert "赵师傅 stood at the scale" in shown
        surplus = "1 jin more came than was ordered: it goes home with the officer."
        assert (surplus in shown) == (lines == 2)
    seller = signed_in(grower)
    seller.cookies["django_language"] = "en"
    assert "1.5 jin refused: 烂了" in seller.get("/seller/").content.decode()


def test_what_left_the_village_stands_beside_what_the_scale_says(client: Client, cook: User) -> None:
    unit = cook.membership.organisation if hasattr(cook, "membership") else None
    unit = unit or an_organisation(duties={cook: [Duty.Kind.RECEIVER]})
    order = an_order(PayBy.ON_ACCOUNT, buyer=cook, lots=[a_lot()], organisation=unit)
    line = order.lines.get()
    officer = a_person(Role.OFFICER)
    dispatch(line.consignment_id, officer, handed_over={line.pk: 9 * JIN})
    deliver(line.consignment_id, officer)
    assert (
        "1 jin less left the village than was ordered."
        in client.get(order.get_absolute_url()).content.decode()
    )
    assert "handed over 9 jin" in client.get(f"{order.get_absolute_url()}weigh/").content.decode()
    scale(client, order, reading(line, "8.8"))
    shown = client.get(order.get_absolute_url()).content.decode()
    assert "1.2 jin less came than was ordered." in shown
    assert "0.2 jin less on the scale than left the village." in shown


def test_lines_left_empty_wait_for_the_scale(client: Client, order: Order) -> None:
    first, second = order.lines.all()
    scale(client, order, reading(first, "10"), reading(second, ""))
    order.refresh_from_db()
    assert order.state == State.DELIVERED
    page = client.get(f"{order.get_absolute_url()}weigh/")
    assert [row.line for row in page.context["rows"]] == [second]
    assert page.context["form"]["receiver"].value() == "赵师傅", "most often the same person"
    scale(client, order, reading(second, "10"))
    order.refresh_from_db()
    assert order.state == State.ACCEPTED
    assert "Nothing waits for the scale" in client.get(f"{order.get_absolute_url()}weigh/").content.decode()


def test_the_same_form_twice_counts_once(client: Client, order: Order) -> None:
    first, second = order.lines.all()
    for _ in range(2):
        readings = reading(first, "9", photos=picture()), reading(second, "10")
        assert scale(client, order, *readings).status_code == 302
    assert (Entry.objects.count(), Weighing.objects.count(), WeighingPhoto.objects.count()) == (2, 2, 1)
    assert scale(client, order, reading(first, "10")).status_code == 409
    assert Entry.objects.count() == 2


def test_saplings_are_counted(client: Client, cook: User) -> None:
    unit = an_organisation(duties={cook: [Duty.Kind.RECEIVER]})
    order = sent_off(
        an_order(PayBy.ON_ACCOUNT, buyer=cook, lots=[saplings()], quantity=30, organisation=unit)
    )
    line = order.lines.get()
    assert "Counted" in client.get(f"{order.get_absolute_url()}weigh/").content.decode()
    assert scale(client, order, reading(line, "2.5")).status_code == 422
    assert scale(client, order, reading(line, "30")).status_code == 302


@pytest.mark.parametrize(
    ("weighed", "more", "field"),
    [
        ("-1", {}, "line"),
        ("ten", {}, "line"),
        ("１０", {}, "line"),
        ("\0", {}, "line"),
        ("20.002", {}, "line"),
        ("999999", {}, "line"),
        ("9" * 30, {}, "line"),
        ("0.0001", {}, "line"),
        ("10", {"refused": "11", "reason": "x"}, "refused"),
        ("10", {"refused": "x", "reason": "x"}, "refused"),
        ("10", {"refused": "1"}, "reason"),
        ("10", {"refused": "1", "reason": "x" * 201}, "reason"),
        ("", {"refused": "1", "reason": "x"}, "line"),
        ("", {"reason": "x"}, "line"),
    ],
)
def test_a_slip_is_told_at_its_field_and_posts_nothing(
    client: Client, order: Order, weighed: str, more: dict[str, str], field: str
) -> None:
    bad, good = order.lines.all()
    answer = scale(client, order, reading(bad, weighed, **more), reading(good, "10"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"{field}-{bad.pk}"}
    assert f'href="#id_{field}-{bad.pk}"' in answer.content.decode()
    assert 'value="10"' in answer.content.decode(), "the rest survives"
    assert not Entry.objects.exists()
    assert not Weighing.objects.exists()


def test_nothing_written_down_or_nobody_at_the_scale_is_no_acceptance(client: Client, order: Order) -> None:
    line = order.lines.earliest("pk")
    assert scale(client, order).status_code == 422
    assert scale(client, order, reading(line, "10"), receiver="").status_code == 422
    assert scale(client, order, reading(line, "10"), receiver="x" * 41).status_code == 422
    assert not Entry.objects.exists()


def test_what_has_not_left_its_village_is_not_weighed(client: Client, cook: User) -> None:
    unit = an_organisation(duties={cook: [Duty.Kind.RECEIVER]})
    order = an_order(PayBy.ON_ACCOUNT, buyer=cook, lots=[a_lot()], organisation=unit)
    page = client.get(f"{order.get_absolute_url()}weigh/")
    assert "The goods have not left their village yet." in page.content.decode()
    assert scale(client, order, reading(order.lines.get(), "10")).status_code == 409


def test_a_person_accepts_on_the_orders_page_and_not_on_a_scale() -> None:
    buyer = a_person()
    order = sent_off(an_order(PayBy.ON_DELIVERY, buyer=buyer), delivered=True)
    person = signed_in(buyer)
    assert person.get(f"{order.get_absolute_url()}weigh/").status_code == 404
    assert person.get(f"{order.get_absolute_url()}delivery.pdf").status_code == 404
    assert person.get(order.get_absolute_url()).context["acceptance"] is not None


class TestPhotos:
    def test_photos_are_our_own_pictures_seen_by_whoever_sees_the_line(
        self, client: Client, order: Order, private: Path
    ) -> None:
        first, second = order.lines.all()
        scale(client, order, reading(first, "10", photos=[picture(), picture("b.png", "PNG")]))
        photos = list(WeighingPhoto.objects.all())
        assert len(photos) == len(list(private.rglob("*.jpg"))) == 2
        address = f"{order.get_absolute_url()}scale-photos/{photos[0].pk}/"
        answer = client.get(address)
        assert answer["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(b"".join(answer))).format == "JPEG"  # type: ignore[arg-type]
        assert address in client.get(order.get_absolute_url()).content.decode()
        grower, neighbour = a_person(Role.SELLER), a_person(Role.SELLER)
        type(first.household).objects.filter(pk=first.household_id).update(user=grower)
        type(first.household).objects.filter(pk=second.household_id).update(user=neighbour)
        near, far = an_officer(first.consignment.village), an_officer(a_village("dongting"))
        people = {
            grower: 200,
            near: 200,
            neighbour: 404,
            far: 404,
            a_person(): 404,
            a_person(Role.OFFICIAL): 200,
        }
        for who, status in people.items():
            assert signed_in(who).get(address).status_code == status, who
        other = sent_off(an_order(PayBy.ON_DELIVERY, buyer=order.buyer))
        assert client.get(f"{other.get_absolute_url()}scale-photos/{photos[0].pk}/").status_code == 404

    @pytest.mark.parametrize(
        "file",
        [
            SimpleUploadedFile("scale.jpg", b"just words"),
            SimpleUploadedFile("scale.svg", b"<svg onload='alert(1)'/>"),
            SimpleUploadedFile("scale.jpg", b""),
            picture("scale.gif", "GIF"),
            picture("scale.png", "JPEG"),
        ],
        ids=["text", "svg", "empty", "gif", "misnamed"],
    )
    def test_what_is_no_picture_is_told_at_its_field_and_posts_nothing(
        self, client: Client, order: Order, file: SimpleUploadedFile, private: Path
    ) -> None:
        line = order.lines.earliest("pk")
        answer = scale(client, order, reading(line, "10", photos=file))
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {f"photos-{line.pk}"}
        assert not Entry.objects.exists()
        assert not list(private.rglob("*"))

    def test_a_bomb_is_not_unpacked(self, client: Client, order: Order) -> None:
        data = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(data, "PNG")
        line = order.lines.earliest("pk")
        answer = scale(
            client, order, reading(line, "10", photos=SimpleUploadedFile("scale.png", data.getvalue()))
        )
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {f"photos-{line.pk}"}

    def test_three_are_enough(self, client: Client, order: Order) -> None:
        line = order.lines.earliest("pk")
        assert (
            scale(client, order, reading(line, "10", photos=[picture() for _ in range(4)])).status_code == 422
        )

    def test_a_photo_whose_file_is_gone_is_not_found(self, client: Client, order: Order) -> None:
        line = order.lines.earliest("pk")
        scale(client, order, reading(line, "10", photos=picture()))
        photo = WeighingPhoto.objects.get()
        photo.image.storage.delete(photo.image.name)
        assert client.get(f"{order.get_absolute_url()}scale-photos/{photo.pk}/").status_code == 404


def test_words_of_people_are_shown_as_text(client: Client, order: Order) -> None:
    line = order.lines.earliest("pk")
    scale(
        client, order, reading(line, "10", refused="1", reason="<script>alert(1)</script>"), receiver="<b>赵"
    )
    shown = client.get(order.get_absolute_url()).content.decode()
    assert "<script>alert" not in shown
    assert "<b>赵" not in shown


def of_many_lines(cook: User, lines: int, delivered: bool = True) -> Order:
    village = a_village()
    unit = an_organisation(duties={cook: [Duty.Kind.RECEIVER]})
    lots = [a_lot(household=a_household(village)) for _ in range(lines)]
    from shop.orders.place import place

    order = place(cook, uuid.uuid4(), wanted(lots), PayBy.ON_ACCOUNT, DELIVERY, organisation=unit)
    return sent_off(order, delivered)


def test_weighing_costs_the_same_page_for_three_lines_and_for_thirty(query_count: Any) -> None:
    counts: dict[str, list[int]] = {}
    for lines in (3, 30):
        cook = a_person(Role.CANTEEN)
        order, client = of_many_lines(cook, lines), signed_in(cook)
        page = order.get_absolute_url()
        client.get(page)
        for address in (page, f"{page}weigh/", f"{page}delivery.pdf"):
            with query_count() as asked:
                assert client.get(address).status_code == 200
            counts.setdefault(f"{address.removeprefix(page)} to weigh", []).append(len(asked))
        for line in order.lines.all():
            Weighing.objects.create(line=line, weighed=10 * JIN, by=cook, at=order.placed_at)
        with query_count() as asked:
            client.get(page)
        counts.setdefault("weighed", []).append(len(asked))
    for what, (few, many) in counts.items():
        assert few == many <= 20, (what, few, many)
