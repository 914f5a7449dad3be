"""Certificates: entered by the officer, missed before plants leave, seen by both sides and nobody else."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from marketplace.access.models import Role, User
from marketplace.days import today
from shop.green import papers
from shop.green.first import firm_of
from shop.green.models import Paper
from shop.green.papers import NewPaper, SameAlready, missing, papers_with
from shop.orders.models import Order, PayBy
from tests.makers import a_person, a_village, an_officer, an_order, saplings, signed_in

from .talks import Scene, a_buyer, a_scene, agreed, an_agreed_order, seen_talk

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=300)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def order(scene: Scene) -> Order:
    return agreed(scene)


def a_photo(name: str = "证书.jpg") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "olive").save(picture, "JPEG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/jpeg")


def a_pdf(content: bytes = PDF, name: str = "证书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def new(kind: str = "quarantine", number: str = "冀检 001", **facts: Any) -> NewPaper:
    return NewPaper(kind, number, "定州市林业局", facts.get("valid_until", today() + YEAR), facts.get("file"))


def form(**changed: Any) -> dict[str, Any]:
    facts = {
        "kind": "quarantine",
        "number": "冀检 001",
        "issuer": "定州市林业局",
        "valid_until": today() + YEAR,
    }
    return {**facts, **changed}


def at_parcel(order: Order) -> str:
    return reverse("green:paper_of_consignment", args=[order.consignments.get().pk])


def text(user: User, address: str) -> str:
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_officer_is_warned_until_the_certificate_is_there(scene: Scene, order: Order) -> None:
    parcel = reverse("parcel", args=[order.consignments.get().pk])
    assert at_parcel(order) in text(scene.officer, reverse("green:papers"))
    assert "notice-error" in text(scene.officer, parcel)
    client = signed_in(scene.officer)
    assert client.post(at_parcel(order), form(file=a_photo())).status_code == 302
    assert "notice-error" in text(scene.officer, parcel), "the certificate of origin is missing still"
    assert client.post(at_parcel(order), form(kind="origin", number="2", file=a_pdf())).status_code == 302
    assert "notice-error" not in text(scene.officer, parcel)
    shown = text(scene.buyer, order.get_absolute_url())
    assert "冀检 001" in shown
    assert reverse("green:paper", args=[Paper.objects.get(kind="quarantine").pk]) in shown


def test_a_lot_s_certificate_goes_with_all_that_is_sold_of_it(scene: Scene, order: Order) -> None:
    client = signed_in(scene.officer)
    address = reverse("green:paper_of_lot", args=[scene.lot.pk])
    assert client.post(address, form()).status_code == 302
    parcel = order.consignments.get()
    assert [paper.number for paper in papers_with([parcel])[parcel.pk]] == ["冀检 001"]
    assert "冀检 001" in text(scene.buyer, order.get_absolute_url())
    assert "冀检 001" in text(a_buyer(), reverse("green:one", args=[scene.lot.slug]))


def test_what_is_no_longer_valid_on_the_lifting_day_is_missing(scene: Scene, order: Order) -> None:
    paper = papers.enter(new(valid_until=today()), scene.officer, lot=scene.lot)
    assert missing([paper]) == [Paper.Kind.ORIGIN]
    assert missing([paper], today() + dt.timedelta(days=1)) == [Paper.Kind.QUARANTINE, Paper.Kind.ORIGIN]


def test_taken_back_it_counts_no_longer_and_is_kept(scene: Scene, order: Order) -> None:
    paper = papers.enter(new(file=a_photo()), scene.officer, lot=scene.lot)
    client = signed_in(scene.officer)
    for _ in range(2):
        assert client.post(reverse("green:paper_remove", args=[paper.pk])).status_code == 302
    paper.refresh_from_db()
    assert paper.withdrawn_by == scene.officer
    assert "冀检 001" not in text(scene.buyer, order.get_absolute_url())
    assert signed_in(scene.buyer).get(reverse("green:paper", args=[paper.pk])).status_code == 404
    papers.enter(new(), scene.officer, lot=scene.lot)


def test_entered_twice_it_is_one(scene: Scene, order: Order) -> None:
    client = signed_in(scene.officer)
    assert client.post(at_parcel(order), form()).status_code == 302
    answer = client.post(at_parcel(order), form())
    assert answer.status_code == 422
    with pytest.raises(SameAlready):
        papers.enter(new(), scene.officer, consignment=order.consignments.get())
    assert Paper.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "other"},
        {"number": ""},
        {"issuer": " "},
        {"valid_until": "2020-01-01"},
        {"valid_until": today() + dt.timedelta(days=5000)},
        {"valid_until": "soon"},
        {"file": a_pdf(PDF.replace(b"%%EOF", b""))},
        {"file": a_pdf(PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"))},
        {"file": a_pdf(PDF.replace(b"/Catalog", b"/Catalog/AA<</O 2 0 R>>"))},
        {"file": a_pdf(PDF.replace(b"/Catalog", b"/Catalog/AcroForm<</XFA 2 0 R>>"))},
        {"file": a_pdf(name="a.jpg")},
        {"file": a_pdf(PDF + b"0" * (12 * 1024 * 1024) + b"%%EOF")},
        {"file": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")},
        {"file": SimpleUploadedFile("a.pdf", b"MZ\x90", "application/pdf")},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(scene: Scene, order: Order, wrong: dict[str, Any]) -> None:
    if "file" in wrong:
        wrong["file"].seek(0)
    answer = signed_in(scene.officer).post(at_parcel(order), form(**wrong))
    assert answer.status_code == 422
    assert not Paper.objects.exists()


def test_a_scan_that_has_such_letters_by_chance_is_taken(scene: Scene, order: Order) -> None:
    """A scanned page is a picture of some megabytes, in which any three letters come up."""
    chance = (
        b"2 0 obj<</Length 24>>stream\n\x8a/AA\x00\xf1/JS\x01 /XFA\xff/AA\n/AA(\nendstream endobj\ntrailer"
    )
    file = a_pdf(PDF.replace(b"trailer", chance))
    assert signed_in(scene.officer).post(at_parcel(order), form(file=file)).status_code == 302
    assert Paper.objects.get().is_pdf


def test_the_file_lies_where_no_web_server_looks_and_both_sides_get_it(scene: Scene, order: Order) -> None:
    client = signed_in(scene.officer)
    client.post(at_parcel(order), form(file=a_photo("王小明.jpg")))
    client.post(at_parcel(order), form(number="2", file=a_pdf()))
    photo, pdf = Paper.objects.order_by("pk")
    for paper in (photo, pdf):
        assert Path(paper.file.path).is_relative_to(Path(settings.PRIVATE_ROOT))
        assert "王小明" not in paper.file.name
        with pytest.raises(ValueError, match="no address"):
            _ = paper.file.url
    for user in (scene.buyer, scene.seller, scene.officer, a_person(Role.OFFICIAL)):
        answer = signed_in(user).get(reverse("green:paper", args=[pdf.pk]))
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/pdf"
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
        assert signed_in(user).get(reverse("green:paper", args=[photo.pk]))["Content-Type"] == "image/jpeg"


def test_nobody_else_sees_or_enters_one(scene: Scene, order: Order) -> None:
    paper = papers.enter(new(file=a_photo()), scene.officer, consignment=order.consignments.get())
    far = an_officer(a_village("dongting"))
    for stranger in (a_buyer(), a_person(), a_person(Role.SELLER), far):
        assert signed_in(stranger).get(reverse("green:paper", args=[paper.pk])).status_code == 404
    client = signed_in(far)
    assert client.post(at_parcel(order), form()).status_code == 404
    assert client.post(reverse("green:paper_of_lot", args=[scene.lot.pk]), form()).status_code == 404
    assert client.post(reverse("green:paper_remove", args=[paper.pk])).status_code == 404
    assert order.number not in text(far, reverse("green:papers"))


@pytest.mark.parametrize(
    "wrong",
    [{"lot": None}, {"kind": "x"}, {"number": ""}, {"issuer": ""}, {"withdrawn_at": dt.datetime.now(dt.UTC)}],
)
def test_the_schema_refuses_a_certificate_of_nothing(scene: Scene, wrong: dict[str, Any]) -> None:
    paper = papers.enter(new(), scene.officer, lot=scene.lot)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**wrong)


@pytest.mark.parametrize("many", [1, 12])
def test_the_list_costs_the_same_for_few_and_for_many(scene: Scene, many: int, query_budget: Any) -> None:
    for _ in range(many):
        an_agreed_order(
            seen_talk(saplings(household=scene.lot.household), scene.buyer, scene.seller),
            scene.buyer,
            scene.seller,
        )
    client = signed_in(scene.officer)
    client.get(reverse("green:papers"))
    with query_budget(9):
        client.get(reverse("green:papers"))


def test_a_citizen_sees_what_was_entered_and_is_not_told_of_what_is_missing() -> None:
    lot = saplings()
    buyer, officer = a_person(), an_officer(lot.village)
    order = an_order(buyer=buyer, lots=[lot], quantity=2)
    assert 'id="saplings"' in text(buyer, order.get_absolute_url())
    assert (
        "small muted"
        not in text(buyer, order.get_absolute_url()).split('id="saplings"')[1].split("</section>")[0]
    )
    papers.enter(new(), officer, lot=lot)
    assert "冀检 001" in text(buyer, order.get_absolute_url())


def test_in_a_shared_order_a_household_sees_the_papers_of_its_own_plants_alone() -> None:
    scene, other = a_scene(), a_scene()
    for each in (scene, other):
        type(each.lot).objects.filter(pk=each.lot.pk).update(public_on=None)
        each.lot.refresh_from_db()
    order = an_order(
        PayBy.ON_ACCOUNT,
        buyer=scene.buyer,
        lots=[scene.lot, other.lot],
        quantity=3,
        organisation=firm_of(scene.buyer),
    )
    papers.enter(new(number="第一张"), scene.officer, lot=scene.lot)
    papers.enter(new(number="第二张"), other.officer, lot=other.lot)
    shown = text(scene.seller, order.get_absolute_url())
    assert "第一张" in shown
    assert "第二张" not in shown
    assert "第二张" in text(scene.buyer, order.get_absolute_url())
    assert signed_in(scene.buyer).get(reverse("green:day", args=[order.number])).status_code == 404
