"""What households listed themselves and no officer has looked at yet, what was sent back, and a draft half written."""

from __future__ import annotations

import datetime as dt
import uuid
from random import Random

from django.contrib.auth.hashers import make_password

from farmers.registry.models import Household
from farmers.selling.models import LotDraft
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Lot, LotCheck, LotTransition
from farmers.stock.photos import add_photo
from marketplace.access.models import Role, User
from marketplace.pictures import OurPicture
from marketplace.quantity import unit_size

from .people import City
from .pictures import picture

# of the seller's own town: who waits for the officer of the demo
WAITING = 6
NAMESPACE = uuid.UUID("6f1f4c60-0d5c-4b52-9d53-6e6b8a0d2020")


def list_by_hand(city: City) -> None:
    """The seller's own goods first, then those of the neighbours."""
    rng = Random("dingzhou: listing")
    home = city.households[0]
    near = [each for each in city.households[1:] if each.village.town_id == home.village.town_id][
        : WAITING - 2
    ]
    seller, officer = city.users["seller"], city.officers[home.village.town_id]
    waits, back = list_lots(
        [_row(city, home, "bailuobo", 300, 2), _row(city, home, "dacong", 120, 1)], seller
    )
    photograph(waits, 1)
    photograph(back, 1, blurred=True)
    _give_accounts(near)
    for n, household in enumerate(near):
        slug = rng.choice(("dabaicai", "tudou", "huluobo", "hongshu"))
        row = _row(city, household, slug, rng.randrange(10, 60) * 10, rng.randrange(1, 4))
        lot = list_lots([row], household.user)[0]
        # one of them sent none: its officer takes one
        if n:
            photograph(lot, n)
    why = "照片里看不清大小，请重新拍一张。"
    Lot.objects.filter(pk=back.pk).update(state=Lot.State.SENT_BACK)
    at = city.now - dt.timedelta(hours=3)
    LotCheck.objects.create(lot=back, by=officer, at=at, approved=False, why=why)
    LotTransition.objects.create(lot=back, to_state=Lot.State.SENT_BACK, by=officer, at=at, why=why)
    LotDraft.objects.create(
        key=uuid.uuid5(NAMESPACE, "draft"),
        household=home,
        by=seller,
        cells={"product": "hongshu", "amount": "半吨"},
        updated_at=city.now - dt.timedelta(hours=20),
    )


def photograph(lot: Lot, number: int, *, blurred: bool = False) -> None:
    """A picture of the lot's product, as if its household had taken it."""
    add_photo(
        lot, OurPicture("photo.jpg", picture(lot.product.illustration, number, blurred=blurred), "image/jpeg")
    )


def _give_accounts(households: list[Household]) -> None:
    """Whoever lists has an account; nobody can sign in with these."""
    nobody = make_password(None)
    for household in households:
        household.user = User.objects.create(
            username=f"household-{household.pk}",
            role=Role.SELLER,
            password=nobody,
            last_name=household.head_name,
        )
        household.save(update_fields=["user"])


def _row(city: City, household: Household, slug: str, jin: int, days_ago: int) -> NewLot:
    product = city.products[slug]
    return NewLot(
        household=household,
        product=product,
        quantity=jin * unit_size("jin"),
        unit="jin",
        price_fen=product.reference_price_fen or 100,
        harvested_on=city.day - dt.timedelta(days=days_ago),
        listed_at=city.now - dt.timedelta(hours=4 + days_ago),
        state=Lot.State.WAITING,
    )
