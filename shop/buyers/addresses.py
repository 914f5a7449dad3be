"""A person's kept addresses: a few, one of them the usual one."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction

from marketplace.access.models import User

from .models import Address

MOST = 10


class Full(Exception):
    """There are as many as we keep already."""


class Place(NamedTuple):
    recipient: str
    phone: str
    address: str


@transaction.atomic
def keep(user: User, place: Place, usual: bool = False) -> Address:
    """Keep an address; the first becomes the usual one. One that is kept already is not kept twice. Raises Full."""
    kept = _held(user)
    same = next((one for one in kept if Place(one.recipient, one.phone, one.address) == place), None)
    if same is None:
        if len(kept) >= MOST:
            raise Full
        same = Address.objects.create(user=user, is_default=not kept, **place._asdict())
    if usual:
        _make_usual(same)
    return same


@transaction.atomic
def change(address: Address, place: Place, usual: bool = False) -> None:
    """Orders placed before keep the address they had."""
    _held(address.user)
    Address.objects.filter(pk=address.pk).update(**place._asdict())
    if usual:
        _make_usual(address)


@transaction.atomic
def make_usual(address: Address) -> None:
    """The one that checkout proposes."""
    _held(address.user)
    _make_usual(address)


@transaction.atomic
def forget(address: Address) -> None:
    """Delete it; if it was the usual one, the newest of the others is."""
    user = address.user
    _held(user)
    Address.objects.filter(pk=address.pk).delete()
    left = Address.objects.filter(user=user)
    if (newest := left.order_by("-pk").first()) and not left.filter(is_default=True).exists():
        _make_usual(newest)


def _held(user: User) -> list[Address]:
    """The person's addresses, nobody else changing them until the transaction ends."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    return list(Address.objects.filter(user=user))


def _make_usual(address: Address) -> None:
    Address.objects.filter(user=address.user_id, is_default=True).exclude(pk=address.pk).update(
        is_default=False
    )
    Address.objects.filter(pk=address.pk).update(is_default=True)
