"""Reviews: by who bought and kept, once for each line, of the same household's goods, and hidden with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farmers.registry.models import Household
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.orders.accept import give_back
from shop.orders.models import Order, PayBy, Review
from shop.orders.reviews import hide, show, told_of, write_review
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    accepted,
    an_order,
    an_organisation,
    at_once,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db
WORDS = "又甜又面，下次还买"


def shown_home() -> Household:
    return a_household(consent_on=today())


def bought(home: Household | None = None, buyer: User | None = None) -> Order:
    return accepted(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[a_lot(household=home or shown_home())]))


def send(order: Order, who: User | None = None, **data: Any) -> Any:
    line = order.lines.get()
    said = {"stars": "5", "words": WORDS} | data
    return signed_in(who or order.buyer).post(
        f"/orders/{order.number}/lines/{line.pk}/review/",
        {f"review-{line.pk}-{name}": value for name, value in said.items()},
    )


def reviewed(home: Household | None = None, stars: int = 5, words: str = WORDS) -> Review:
    order = bought(home)
    return write_review(order.lines.get().pk, stars, words, order.buyer)


def test_who_bought_and_kept_says_how_it_was() -> None:
    order = bought()
    page = signed_in(order.buyer).get(order.get_absolute_url()).content.decode()
    assert "/review/" in page
    assert send(order).status_code == 302
    review = Review.objects.get()
    assert (review.stars, review.words, review.buyer_kind) == (5, WORDS, "citizen")
    page = signed_in(order.buyer).get(order.get_absolute_url()).content.decode()
    assert WORDS in page
    assert "/review/" not in page


def test_sent_twice_it_is_one_and_a_second_thought_is_refused() -> None:
    order = bought()
    assert send(order).status_code == send(order).status_code == 302
    assert send(order, stars="1").status_code == 409
    assert Review.objects.get().stars == 5


def test_goods_that_are_not_accepted_or_were_given_back_have_no_review() -> None:
    order = an_order(PayBy.ON_DELIVERY, lots=[a_lot()])
    assert send(order).status_code == 409
    sent_off(order)
    assert send(order).status_code == 409
    order = bought()
    line = order.lines.get()
    give_back(line.pk, line.quantity, returned_before=0, sound=True, reason="坏", by=a_person(Role.OFFICIAL))
    assert send(order).status_code == 409
    assert not Review.objects.exists()
    assert "/review/" not in signed_in(order.buyer).get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.OFFICIAL, Role.CASHIER, Role.ADMIN}]
)
def test_to_others_the_order_is_not_there(role: Role) -> None:
    assert send(bought(), a_person(role)).status_code == 404
    assert not Review.objects.exists()


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.CASHIER, Role.ADMIN])
def test_who_sees_every_order_reviews_none(role: Role) -> None:
    assert send(bought(), a_person(role)).status_code == 403


def test_the_seller_does_not_review_the_own_goods() -> None:
    seller = a_person(Role.SELLER)
    order = bought(a_household(user=seller))
    assert send(order, seller).status_code == 403
    assert not Review.objects.exists()


def test_for_a_unit_its_buyers_speak_and_its_approver_does_not() -> None:
    buyer, approver = a_person(Role.CANTEEN), a_person(Role.APPROVER)
    unit = an_organisation(buyer, approver)
    order = accepted(
        an_order(PayBy.ON_ACCOUNT, buyer=buyer, organisation=unit, lots=[a_lot(household=shown_home())])
    )
    assert send(order, approver).status_code == 403
    assert send(order).status_code == 302
    assert Review.objects.get().buyer_kind == "canteen"


@pytest.mark.parametrize("wrong", [{"stars": "6"}, {"stars": "0"}, {"stars": ""}, {"words": "好" * 501}])
def test_what_is_no_review_is_said_at_the_form(wrong: dict[str, str]) -> None:
    assert send(bought(), **wrong).status_code == 422
    assert not Review.objects.exists()


def test_the_line_has_to_be_of_the_order() -> None:
    mine, other = bought(), bought()
    line = other.lines.get()
    answer = signed_in(mine.buyer).post(
        f"/orders/{mine.number}/lines/{line.pk}/review/", {f"review-{line.pk}-stars": "1"}
    )
    assert answer.status_code == 404


def test_the_table_refuses_six_stars_and_hiding_without_a_reason() -> None:
    review = reviewed()
    for wrong in ({"stars": 6}, {"hidden_at": review.created_at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_sent_by_several_at_once_it_is_one() -> None:
    order = bought()
    line = order.lines.get()
    told = at_once([lambda: write_review(line.pk, 4, WORDS, order.buyer)] * 6)
    assert {getattr(one, "pk", one) for one in told} == {Review.objects.get().pk}


# --- beside an offer -----------------------------------------------------------------------------


def test_words_stand_beside_the_households_same_goods_and_the_stars_beside_everybodys() -> None:
    home = shown_home()
    reviewed(home)
    reviewed(stars=2, words="隔壁的土豆")
    here = Client().get(a_lot(household=home).get_absolute_url()).content.decode()
    assert WORDS in here
    assert "隔壁的土豆" not in here
    assert "<strong>3.5</strong>" in here
    elsewhere = Client().get(a_lot(household=shown_home()).get_absolute_url()).content.decode()
    assert WORDS not in elsewhere
    assert "<strong>3.5</strong>" in elsewhere


def test_a_page_that_is_kept_has_a_new_review_at_once() -> None:
    home = shown_home()
    here = a_lot(household=home).get_absolute_url()
    assert WORDS not in Client().get(here).content.decode()
    review = reviewed(home)
    assert WORDS in Client().get(here).content.decode()
    hide(review, a_person(Role.EDITOR), "广告")
    assert WORDS not in Client().get(here).content.decode()


def test_nobody_is_named() -> None:
    home = shown_home()
    review = reviewed(home)
    page = Client().get(a_lot(household=home).get_absolute_url()).content.decode()
    assert review.by.username not in page
    assert review.get_buyer_kind_display() in page


def test_words_do_not_tell_that_two_lots_are_one_hidden_households() -> None:
    home = a_household(consent_on=None)
    reviewed(home)
    told = told_of(a_lot(household=home))
    assert (told.number, told.average, told.reviews) == (1, 5.0, [])


def test_words_are_words_and_no_markup() -> None:
    home = shown_home()
    reviewed(home, words="<script>alert(1)</script>")
    assert "<script>alert" not in Client().get(a_lot(household=home).get_absolute_url()).content.decode()


def test_reviews_cost_the_offer_page_one_query_however_many_there_are() -> None:
    home = shown_home()
    lot = a_lot(household=home)
    client = signed_in()
    costs = []
    for count in (0, 1, 8):
        for _ in range(count):
            reviewed(home)
        with CaptureQueriesContext(connection) as asked:
            client.get(lot.get_absolute_url())
        costs.append(sum('FROM "orders_review"' in query["sql"] for query in asked))
    assert costs == [1, 1, 1]


# --- hidden --------------------------------------------------------------------------------------


def test_hidden_it_is_off_the_page_and_out_of_the_average_and_the_buyer_reads_why() -> None:
    home = shown_home()
    review, _other = reviewed(home, stars=1, words="骂人的话"), reviewed(home)
    lot = a_lot(household=home)
    hide(review, a_person(Role.EDITOR), "辱骂")
    assert (told_of(lot).number, told_of(lot).average) == (1, 5.0)
    page = signed_in(review.by).get(review.line.order.get_absolute_url()).content.decode()
    assert "辱骂" in page
    show(review)
    assert (told_of(lot).number, told_of(lot).average) == (2, 3.0)
    with pytest.raises(ValueError, match="reason"):
        hide(review, a_person(Role.EDITOR), " ")


def test_an_editor_hides_with_a_reason_and_changes_nothing_else() -> None:
    review = reviewed()
    editor = signed_in(Role.EDITOR)
    edit = f"/admin/review/edit/{review.pk}/"
    assert WORDS in editor.get("/admin/review/").content.decode()
    assert editor.get(edit).status_code == 200
    editor.post(edit, {"hidden": "on", "hidden_reason": ""})
    assert Review.objects.get().hidden_at is None
    editor.post(edit, {"hidden": "on", "hidden_reason": "广告", "words": "改了", "stars": "1"})
    review.refresh_from_db()
    assert (review.hidden_reason, review.words, review.stars) == ("广告", WORDS, 5)
    assert review.hidden_by is not None
    assert review.hidden_by.role == Role.EDITOR
    editor.post(edit, {"hidden_reason": "广告"})
    assert Review.objects.get().hidden_at is None


@pytest.mark.parametrize("role", list(Role))
def test_others_hide_nothing_and_nobody_writes_or_deletes(role: Role) -> None:
    review = reviewed()
    client = signed_in(role)
    client.post("/admin/review/new/", {"stars": 5})
    client.post(f"/admin/review/delete/{review.pk}/")
    assert Review.objects.count() == 1
    if role not in {Role.EDITOR, Role.ADMIN}:
        client.post(f"/admin/review/edit/{review.pk}/", {"hidden": "on", "hidden_reason": "x"})
        assert Review.objects.get().hidden_at is None
