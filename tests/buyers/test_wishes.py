"""Favourites, and goods waited for: told once, of what was asked for, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farmers.registry.models import Town
from farmers.stock import movements
from farmers.stock.models import Lot, Product
from marketplace.access.models import User
from marketplace.notices.models import Notice
from shop.buyers.models import BackAlert, Favourite
from shop.buyers.wishes import like, tell, wait_for
from shop.orders.cancel import cancel
from shop.orders.models import PayBy
from tests.makers import JIN, a_household, a_lot, a_person, a_village, an_order, at_once, signed_in

Commits = Any


def potato() -> Product:
    return Product.objects.get(slug="tudou")


def town(slug: str) -> Town:
    return Town.objects.get(slug=slug)


def from_town(slug: str, **facts: Any) -> Lot:
    return a_lot(household=a_household(a_village(slug)), **facts)


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("link", flat=True))


@pytest.fixture
def committed(db: None, django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], Any]], Any]:
    """Does something, and then what waits for the commit."""

    def run(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return run


# --- waiting -------------------------------------------------------------------------------------


def test_who_waits_is_told_when_goods_are_listed(committed: Commits) -> None:
    me, other = a_person(), a_person()
    assert wait_for(me, potato())
    assert wait_for(other, Product.objects.get(slug="guohuai"))
    lot = committed(a_lot)
    assert told(me) == [lot.get_absolute_url()]
    assert told(other) == []
    committed(a_lot)
    assert len(told(me)) == 1, "told once, however much comes later"


def test_a_listing_that_is_undone_tells_nobody(committed: Commits) -> None:
    me = a_person()
    wait_for(me, potato())
    a_lot()  # not committed
    assert told(me) == []


def test_for_a_town_only_goods_from_there_count(committed: Commits) -> None:
    me = a_person()
    wait_for(me, potato(), town("gaopeng"))
    committed(lambda: from_town("dongting"))
    assert told(me) == []
    lot = committed(lambda: from_town("gaopeng"))
    assert told(me) == [lot.get_absolute_url()]


def test_goods_given_back_or_found_are_goods_again(committed: Commits) -> None:
    me, other = a_person(), a_person()
    lot = a_lot(jin=10)
    order = an_order(PayBy.ON_DELIVERY, lots=[lot])
    wait_for(me, potato())
    committed(lambda: cancel(order.pk, order.buyer, ""))
    assert told(me) == [lot.get_absolute_url()]
    movements.remove([movements.Change(lot.pk, 10 * JIN, "", "rats")], None)
    assert wait_for(other, potato())
    committed(lambda: movements.add([movements.Change(lot.pk, JIN, "", "found")], None))
    assert told(other) == [lot.get_absolute_url()]


def test_goods_that_nobody_can_buy_are_no_news(committed: Commits) -> None:
    me = a_person()
    wait_for(me, potato())
    lot = a_lot()
    Lot.objects.filter(pk=lot.pk).update(state=Lot.State.WITHDRAWN)
    assert tell([lot.pk]) == 0
    assert told(me) == []


def test_what_is_there_need_not_be_waited_for(committed: Commits) -> None:
    me = a_person()
    from_town("dongting")
    assert not wait_for(me, potato())
    assert wait_for(me, potato(), town("gaopeng"))
    assert wait_for(me, potato(), town("gaopeng")), "asked twice"
    assert BackAlert.objects.count() == 1


def test_after_being_told_one_may_wait_again(committed: Commits) -> None:
    me = a_person()
    wait_for(me, potato())
    lot = committed(lambda: a_lot(jin=5))
    movements.remove([movements.Change(lot.pk, 5 * JIN, "", "rats")], None)
    assert wait_for(me, potato())
    committed(a_lot)
    assert len(told(me)) == 2


def test_a_listing_costs_one_query_when_nobody_waits(db: None) -> None:
    lots = [a_lot().pk for _ in range(3)]
    with CaptureQueriesContext(connection) as asked:
        tell(lots)
    assert len(asked) == 1


def test_what_goes_wrong_in_telling_undoes_no_listing(
    committed: Commits, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(lot_ids: object) -> int:
        raise RuntimeError

    monkeypatch.setattr("shop.buyers.wishes.tell", broken)
    assert Lot.objects.filter(pk=committed(a_lot).pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_listings_at_once_each_who_waits_hears_of_one() -> None:
    people = [a_person() for _ in range(5)]
    for number, person in enumerate(people):
        wait_for(person, potato(), town("gaopeng") if number % 2 else None)
    homes = [a_household(a_village("gaopeng")) for _ in range(8)]
    lots = at_once([lambda home=home: a_lot(household=home) for home in homes])
    assert all(isinstance(lot, Lot) for lot in lots), lots
    links = {lot.get_absolute_url() for lot in lots}
    for person in people:
        assert len(told(person)) == 1
        assert set(told(person)) <= links
    assert not BackAlert.objects.filter(told_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_told_by_several_at_once_it_is_one_notice() -> None:
    me = a_person()
    wait_for(me, potato())
    BackAlert.objects.update(told_at=None)
    lot = a_lot()
    Notice.objects.all().delete()
    BackAlert.objects.update(told_at=None)
    counts = at_once([lambda: tell([lot.pk])] * 8)
    assert sorted(counts) == [0] * 7 + [1]
    assert len(told(me)) == 1


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestPages:
    def test_a_favourite_outlives_its_lots(self) -> None:
        me, lot = a_person(), a_lot()
        client = signed_in(me)
        answer = client.post("/account/favourites/tudou/", {"on": "1", "next": lot.get_absolute_url()})
        assert answer.url == lot.get_absolute_url()
        page = client.get("/account/favourites/").content.decode()
        assert "土豆" in page
        assert "¥1.20" in page
        Lot.objects.update(state=Lot.State.WITHDRAWN)
        page = client.get("/account/favourites/").content.decode()
        assert "/account/alerts/tudou/" in page
        client.post("/account/favourites/tudou/")
        assert not Favourite.objects.exists()

    def test_one_never_sees_or_touches_anothers_wishes(self, committed: Commits) -> None:
        me, other = a_person(), a_person()
        like(me, potato())
        wait_for(me, potato())
        mine, theirs = BackAlert.objects.get(), signed_in(other)
        assert "土豆" not in theirs.get("/account/favourites/").content.decode()
        assert theirs.post(f"/account/alerts/{mine.pk}/delete/").status_code == 404
        theirs.post("/account/favourites/tudou/")
        assert Favourite.objects.filter(user=me).exists()
        committed(a_lot)
        notice = Notice.objects.get()
        assert notice.link not in theirs.get("/account/").content.decode()
        assert theirs.post(f"/account/notices/{notice.pk}/").status_code == 404
        theirs.post("/account/notices/read/")
        assert Notice.objects.get().read_at is None

    def test_a_notice_is_unread_until_it_is_opened(self, committed: Commits) -> None:
        me = a_person()
        client = signed_in(me)
        client.post("/account/alerts/tudou/", {"town": "gaopeng"})
        lot = committed(lambda: from_town("gaopeng"))
        page = client.get("/orders/").content.decode()
        assert "badge-urgent" in page
        assert "土豆" in client.get("/account/").content.decode()
        assert client.post(f"/account/notices/{Notice.objects.get().pk}/").url == lot.get_absolute_url()
        assert "badge-urgent" not in client.get("/orders/").content.decode()

    def test_all_are_read_with_one_button(self, committed: Commits) -> None:
        me = a_person()
        wait_for(me, potato())
        committed(a_lot)
        signed_in(me).post("/account/notices/read/")
        assert not Notice.objects.filter(read_at=None).exists()

    @pytest.mark.parametrize("page", ["/account/", "/account/favourites/", "/account/addresses/"])
    def test_strangers_sign_in_first(self, page: str) -> None:
        assert Client().get(page).url == f"/accounts/login/?next={page}"

    def test_nobody_is_led_away(self) -> None:
        answer = signed_in().post(
            "/account/favourites/tudou/", {"on": "1", "next": "https://elsewhere.example/"}
        )
        assert answer.url == "/account/favourites/"

    @pytest.mark.parametrize("address", ["favourites/tudou/", "alerts/tudou/", "notices/read/"])
    def test_a_look_changes_nothing(self, address: str) -> None:
        assert signed_in().get(f"/account/{address}").status_code == 405

    def test_what_is_not_there_is_404(self) -> None:
        client = signed_in()
        assert client.post("/account/favourites/no-such/").status_code == 404
        assert client.post("/account/alerts/tudou/", {"town": "no-such"}).status_code == 404

    def test_many_favourites_cost_no_more_than_one(self) -> None:
        me = a_person()
        client = signed_in(me)
        client.get("/account/favourites/")
        costs = []
        for products in (Product.objects.filter(slug="tudou"), Product.objects.all()[:30]):
            for product in products:
                like(me, product)
            a_lot()
            with CaptureQueriesContext(connection) as asked:
                client.get("/account/favourites/")
            costs.append(len(asked))
        assert costs[0] == costs[1] <= 6, costs


# --- beside an offer -----------------------------------------------------------------------------


@pytest.mark.django_db
class TestBesideAnOffer:
    def test_signed_in_one_finds_the_heart_and_at_sold_out_goods_the_wait(self) -> None:
        me, lot = a_person(), a_lot(jin=10)
        client, stranger = signed_in(me), Client()
        here = lot.get_absolute_url()
        assert "/account/favourites/tudou/" in client.get(here).content.decode()
        assert "/account/" not in stranger.get(here).content.decode()
        movements.remove([movements.Change(lot.pk, 10 * JIN, "", "rats")], None)
        assert "/account/alerts/tudou/" in client.get(here).content.decode()
        assert f"/accounts/login/?next={here}" in stranger.get(here).content.decode()
        client.post("/account/alerts/tudou/")
        assert "/account/alerts/tudou/" not in client.get(here).content.decode()

    def test_it_costs_one_query_and_strangers_none(self) -> None:
        lot = a_lot()
        costs = []
        for client in (Client(), signed_in()):
            client.get(lot.get_absolute_url())
            with CaptureQueriesContext(connection) as asked:
                client.get(lot.get_absolute_url())
            costs.append([query["sql"] for query in asked if "buyers_" in query["sql"]])
        assert [len(each) for each in costs] == [0, 1]
