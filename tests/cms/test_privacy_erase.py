"""Erasing a household: what law allows goes everywhere, figures stay to the fen, and nothing that still waits is lost."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import translation

from cms.models import StoryIndexPage, StoryPage
from cms.privacy.erase import StillNeeded, erase_household, finish_erasures
from cms.privacy.needed import still_needed
from farmers.ledger.models import (
    DayTotal,
    Entry,
    HouseholdDay,
    HouseholdTotal,
    HouseholdYear,
    MonthTotal,
    Posting,
)
from farmers.ledger.verify import verify
from farmers.registry.erasure import NothingToErase, ask_erasure
from farmers.registry.models import Erasure, Household
from farmers.stock.models import Lot, LotPhoto
from farmers.stock.withdraw import list_again, withdraw
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.orders.accept import give_back
from shop.orders.complain import complain
from shop.orders.models import Complaint, Order, OrderLine, PayBy
from shop.orders.place import NotAsShown
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    accepted,
    an_officer,
    an_order,
    assert_stock_adds_up,
    at_once,
    sent_off,
    signed_in,
)

from .privacy import (
    ADDRESS,
    NAME,
    SECRETS,
    Lived,
    a_household_that_lived_here,
    tables_that_say,
    three_years_on,
)

pytestmark = pytest.mark.django_db


def erased(household: Household) -> Erasure:
    words = f"{household.head_name}来过，{household.phone}"
    ask_erasure(household.pk, a_person(Role.OFFICIAL), "request", words)
    return erase_household(household.pk, a_person(Role.ADMIN))


def figures() -> list[list[Any]]:
    tables = (Entry, Posting, HouseholdTotal, HouseholdYear, HouseholdDay, MonthTotal, DayTotal)
    lines = OrderLine.objects.order_by("pk").values_list("pk", "quantity", "amount_fen", "accepted_quantity")
    orders = Order.objects.order_by("pk").values_list("pk", "total_fen", "paid_fen", "accepted_fen")
    return [
        *(list(table.objects.order_by("pk").values_list()) for table in tables),
        list(lines),
        list(orders),
    ]


@pytest.fixture
def lived() -> Lived:
    return a_household_that_lived_here()


def test_nothing_names_an_erased_household_and_every_figure_stays(lived: Lived) -> None:
    assert len(tables_that_say(SECRETS)) > 20
    assert still_needed(lived.household) == []
    before = figures()
    done = erased(lived.household)
    kept = {f"orders.Order.{column}" for column in ("recipient", "phone", "note", "address")}
    assert tables_that_say((*SECRETS, ADDRESS)) == kept
    assert figures() == before
    assert_stock_adds_up()
    verdict = verify()
    assert verdict.ok, verdict
    assert (done.outcome, done.account) == (Erasure.Outcome.ERASED, lived.account)

    # what the law has kept for three years of its own purchase, and nobody else's
    others = Order.objects.get(pk=lived.order.pk).recipient
    assert finish_erasures(lived.bought.placed_at, really=True) == 0
    assert finish_erasures(three_years_on(), really=False) == 1
    assert tables_that_say(SECRETS) == kept - {"orders.Order.address"}
    assert finish_erasures(three_years_on(), really=True) == 1
    assert finish_erasures(three_years_on(), really=True) == 0
    assert tables_that_say((*SECRETS, ADDRESS)) == set()
    assert Order.objects.get(pk=lived.order.pk).recipient == others != ""
    assert figures() == before


def test_words_keep_their_sense_with_the_name_masked(lived: Lived) -> None:
    erased(lived.household)
    told = lived.order.lines.get().complaints.get()
    assert (told.words, told.answer) == ("欧***少给一个", "问过欧***，不少")
    assert lived.lot.movements.filter(reference="欧***说少了一斤").exists()
    assert OrderLine.objects.get(order=lived.order).household_name == "欧***"


def test_the_account_opens_nothing_any_more(lived: Lived) -> None:
    client = signed_in(lived.account)
    assert client.get("/seller/").status_code == 200
    erased(lived.household)
    assert client.get("/seller/").status_code == 302
    account = User.objects.get(pk=lived.account.pk)
    assert (account.is_active, account.has_usable_password(), account.phone_digest) == (False, False, None)
    assert not hasattr(account, "card")
    assert not account.notices.exists()


def test_photos_go_from_storage_once_it_stands(
    lived: Lived, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    photo = LotPhoto.objects.get(lot=lived.lot)
    paths = [Path(photo.image.path), Path(photo.small.path)]
    with django_capture_on_commit_callbacks(execute=True):
        erased(lived.household)
        assert all(path.exists() for path in paths)
    assert not any(path.exists() for path in paths)
    assert Lot.objects.get(pk=lived.lot.pk).cover == ""


def test_an_officer_who_also_farms_keeps_the_account_of_the_work() -> None:
    household = a_household()
    officer = an_officer(household.village)
    Household.objects.filter(pk=household.pk).update(user=officer)
    erased(household)
    officer.refresh_from_db()
    assert (officer.is_active, officer.username.startswith("officer")) == (True, True)
    assert Household.objects.get(pk=household.pk).user is None


def test_it_takes_two_and_each_must_keep_personal_data() -> None:
    household, asks = a_household(), a_person(Role.OFFICIAL)
    with pytest.raises(NothingToErase):
        erase_household(household.pk, asks)
    ask_erasure(household.pk, asks, "request")
    for role in set(Role) - {Role.OFFICIAL, Role.ADMIN}:
        by = an_officer(household.village) if role == Role.OFFICER else a_person(role)
        with pytest.raises(PermissionDenied):
            erase_household(household.pk, by)
    with pytest.raises(PermissionDenied):
        erase_household(household.pk, asks)
    assert Household.objects.get(pk=household.pk).erased_on is None
    assert erase_household(household.pk, a_person(Role.OFFICIAL)).outcome == "erased"
    with pytest.raises(NothingToErase):
        erase_household(household.pk, a_person(Role.OFFICIAL))


# --- not yet ------------------------------------------------------------------------------------


def on_sale(household: Household) -> None:
    a_lot(household=household)


def to_be_checked(household: Household) -> None:
    a_lot(household=household, state=Lot.State.WAITING)


def ordered(household: Household) -> None:
    an_order(PayBy.ON_DELIVERY, lots=[a_lot(10, household=household)])


def not_paid_out(household: Household) -> None:
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(10, household=household)]))


def complained_of(household: Household) -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot(10, household=household)]), delivered=True)
    complain(order.lines.get(), Complaint.What.SHORT, "少了", [], key=uuid.uuid4(), by=order.buyer)


def bought_and_not_over(household: Household) -> None:
    account = a_person(Role.SELLER)
    Household.objects.filter(pk=household.pk).update(user=account)
    an_order(buyer=account)


def told_in_a_story(household: Household) -> None:
    Household.objects.filter(pk=household.pk).update(consent_on=today())
    story = StoryPage(title="一家人", intro="她家的土豆", household_id=household.pk)
    StoryIndexPage.objects.first().add_child(instance=story)


def named_in_a_story(household: Household) -> None:
    story = StoryPage(title="一家人", intro=f"{household.village.name}的{household.head_name}")
    StoryIndexPage.objects.first().add_child(instance=story)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (on_sale, "on sale"),
        (to_be_checked, "to be checked"),
        (ordered, "order of its goods"),
        (not_paid_out, "¥12.00"),
        (complained_of, "complaint is open"),
        (bought_and_not_over, "placed itself"),
        (told_in_a_story, "“一家人”"),
        (named_in_a_story, "“一家人”"),
    ],
)
def test_what_still_waits_for_somebody_is_said_in_words(
    wait: Callable[[Household], None], words: str
) -> None:
    household = a_household(head_name=NAME)
    wait(household)
    household.refresh_from_db()
    before = [model_to_dict(household), figures()]
    ask_erasure(household.pk, a_person(Role.OFFICIAL), "request")
    with translation.override("en"), pytest.raises(StillNeeded) as refused:
        erase_household(household.pk, a_person(Role.ADMIN))
    assert any(words in reason for reason in refused.value.reasons), refused.value.reasons
    household.refresh_from_db()
    assert [model_to_dict(household), figures()] == before
    assert household.erasures.get().outcome == ""


def test_what_came_back_after_the_payout_is_a_reason_too(lived: Lived) -> None:
    line = lived.order.lines.get()
    give_back(line.pk, line.quantity, returned_before=0, sound=True, reason="退", by=a_person(Role.OFFICIAL))
    reasons = still_needed(lived.household)
    assert any("¥12.00" in reason for reason in reasons), reasons


# --- at the same moment -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_an_order_at_the_same_moment_comes_first_or_finds_nothing(turn: int) -> None:
    """The lot was withdrawn and is listed again while the household is erased: whoever wins, nothing is half done."""
    household = a_household(head_name=NAME)
    lot = a_lot(household=household)
    officer = an_officer(household.village)
    withdraw([lot.pk], officer, "歇一天")
    ask_erasure(household.pk, a_person(Role.OFFICIAL), "request")
    admin, buyer = a_person(Role.ADMIN), a_person()

    def lists_and_buys() -> Any:
        list_again([lot.pk], officer, "再卖")
        return an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[lot])

    told = at_once([lists_and_buys, lambda: erase_household(household.pk, admin)][:: 1 if turn % 2 else -1])
    after = Household.objects.get(pk=household.pk)
    kinds = Counter(type(one) for one in told)
    if after.erased_on:
        assert kinds == {NotAsShown: 1, Erasure: 1}, told
        assert not Order.objects.exists()
        assert Lot.objects.get().state == Lot.State.WITHDRAWN
    else:
        assert kinds == {Order: 1, StillNeeded: 1}, told
        assert after.head_name == NAME
    assert_stock_adds_up()


@pytest.mark.django_db(transaction=True)
def test_two_who_erase_at_once_erase_once() -> None:
    household = a_household()
    ask_erasure(household.pk, a_person(Role.OFFICIAL), "request")
    admins = [a_person(Role.ADMIN) for _ in range(3)]
    told = at_once([lambda by=by: erase_household(household.pk, by) for by in admins])
    assert Counter(type(one) for one in told) == {Erasure: 1, NothingToErase: 2}, told


@pytest.mark.django_db(transaction=True)
def test_goods_listed_at_the_same_moment_are_on_sale_or_never_were() -> None:
    household = a_household()
    ask_erasure(household.pk, a_person(Role.OFFICIAL), "request")
    admin = a_person(Role.ADMIN)
    told = at_once([lambda: a_lot(household=household), lambda: erase_household(household.pk, admin)])
    erased_on = Household.objects.get(pk=household.pk).erased_on
    wanted = {Erasure: 1, PermissionDenied: 1} if erased_on else {Lot: 1, StillNeeded: 1}
    assert Counter(type(one) for one in told) == wanted, told
    assert Lot.objects.exists() == (erased_on is None)


def test_an_erasure_that_breaks_leaves_everything(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("cms.privacy.erase.close_account", breaks)
    before = tables_that_say(SECRETS)
    ask_erasure(lived.household.pk, a_person(Role.OFFICIAL), "request")
    with pytest.raises(RuntimeError), transaction.atomic():
        erase_household(lived.household.pk, a_person(Role.ADMIN))
    assert tables_that_say(SECRETS) == before
