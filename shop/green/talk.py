"""What nursery firms and households do in a talk 洽谈: look, reserve, offer, agree, or end it. One transaction each."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.registry.models import Household
from farmers.stock import movements
from farmers.stock.models import Lot
from farmers.stock.signals import stock_missed
from marketplace.access.models import User
from marketplace.days import shanghai_day, today
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order, PayBy
from shop.orders.place import Change, Delivery, NotAsShown, Wanted, place_agreed

from .first import MOST_DAYS, firm_of
from .models import Side, State, Step, Talk, firms_of, of_household
from .steps import Kind, Refused, advance, check, locked

# nobody keeps a day free for longer
MOST_DAYS_TO_LOOK = 30


class Terms(NamedTuple):
    """What an offer says: fen per unit, pieces, and the day on which the plants are lifted."""

    price_fen: int
    quantity: int
    lifted_on: dt.date


class Said(NamedTuple):
    """What goes with every step: the form's key, a note, and how a household agreed where its officer speaks for it.

    `at`: when it was said, where that is not now.
    """

    key: uuid.UUID
    why: str = ""
    consent: str = ""
    at: dt.datetime | None = None


def side_of(user: User, talk: Talk) -> Side | None:
    """For whom this person speaks in the talk; None: for nobody. The one place that says so."""
    if talk.firm_id in firms_of(user):
        return Side.FIRM
    if Talk.objects.filter(of_household(user, "lot"), pk=talk.pk).exists():
        return Side.HOUSEHOLD
    return None


def speaks_for_another(user: User, talk: Talk) -> bool:
    """Whether a household's step is taken by somebody else, who then says how the household agreed."""
    return talk.lot.household.user_id != user.pk


def begin(lot: Lot, visit_on: dt.date, phone: str, said: Said, by: User) -> Talk:
    """A firm asks to look at a lot on a day. A talk that is open already is that talk.

    Raises PermissionDenied for whoever buys for no nursery firm, Refused for what is no sapling on sale, ValueError
    for a day that is past or too far.
    """
    firm = firm_of(by)
    if firm is None:
        raise PermissionDenied
    _check_day_to_look(visit_on)
    known = Talk.objects.open().filter(lot=lot, firm=firm)
    try:
        with transaction.atomic():
            if talk := known.first():
                return talk
            lot = Lot.objects.select_related("category").get(pk=lot.pk)
            if not (lot.category.is_sapling and lot.is_for_green_channel(today()) and lot.available):
                raise Refused(_("Somebody was quicker: these are gone."))
            talk = Talk.objects.create(
                number=_number(),
                lot=lot,
                firm=firm,
                buyer=by,
                phone=phone,
                visit_on=visit_on,
                state=State.ASKED,
            )
            why = for_good(said.why, lot.household) if said.why else ""
            advance(talk, Kind.ASK, Side.FIRM, by, said.key, said.at, day=visit_on, why=why)
            return talk
    except IntegrityError:  # its twin of this very moment
        if talk := known.first():
            return talk
        raise


def _number() -> str:
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return f"QT{today():%y%m%d}-" + "".join(secrets.choice(letters) for _letter in range(8))


def _check_day_to_look(day: dt.date) -> None:
    if not today() <= day <= today() + dt.timedelta(days=MOST_DAYS_TO_LOOK):
        raise ValueError("a day to look lies within a month")


class _Turn(NamedTuple):
    """Whose turn it is in a locked talk; `done`: the same form came before."""

    talk: Talk
    side: Side
    said: Said
    done: bool


def _turn(talk_id: int, by: User, said: Said) -> _Turn:
    talk = locked(talk_id)
    side = side_of(by, talk)
    if side is None:
        raise PermissionDenied
    if side == Side.HOUSEHOLD and speaks_for_another(by, talk):
        if not said.consent:
            raise ValueError("whoever speaks for a household says how it agreed")
    else:
        said = said._replace(consent="")
    return _Turn(talk, side, said, talk.steps.filter(key=said.key).exists())


@transaction.atomic
def ask_again(talk_id: int, day: dt.date, by: User, said: Said) -> Talk:
    """The firm asks for another day to look. Raises Refused, ValueError, PermissionDenied."""
    turn = _turn(talk_id, by, said)
    if not turn.done:
        _check_day_to_look(day)
        check(turn.talk, Kind.ASK, turn.side)
        turn.talk.visit_on = day
        _advance(turn, Kind.ASK, by, day=day)
    return turn.talk


@transaction.atomic
def set_day(talk_id: int, day: dt.date, by: User, said: Said) -> Talk:
    """The household says when the firm may come: the day it asked for, or another. Raises as `ask_again` does."""
    turn = _turn(talk_id, by, said)
    if not turn.done:
        _check_day_to_look(day)
        check(turn.talk, Kind.DAY, turn.side)
        turn.talk.visit_on = day
        _advance(turn, Kind.DAY, by, day=day)
    return turn.talk


@transaction.atomic
def looked(talk_id: int, by: User, said: Said) -> Talk:
    """Either side notes that the firm was there. Raises Refused, also before the day that was set; PermissionDenied."""
    turn = _turn(talk_id, by, said)
    if not turn.done:
        check(turn.talk, Kind.SEEN, turn.side)
        if turn.talk.visit_on and turn.talk.visit_on > today():
            raise Refused(_("The day to look has not come yet."))
        _advance(turn, Kind.SEEN, by)
    return turn.talk


def hold(talk_id: int, quantity: int, by: User, said: Said) -> Talk:
    """After a look, the firm reserves pieces for GREEN_HOLD_DAYS, once in a talk.

    Raises NotEnough when so many are not left, Refused, PermissionDenied; ValueError for a quantity that is none.
    """
    try:
        return _hold(talk_id, quantity, by, said)
    except movements.NotEnough as missed:
        # what misses may be held by others whose time is over: let those go, and try once more
        stock_missed.send(sender=Talk, lot_ids=[missed.lot_id])
        return _hold(talk_id, quantity, by, said)


@transaction.atomic
def _hold(talk_id: int, quantity: int, by: User, said: Said) -> Talk:
    turn = _turn(talk_id, by, said)
    talk = turn.talk
    if turn.done:
        return talk
    check(talk, Kind.HOLD, turn.side)
    if talk.steps.filter(kind=Kind.HOLD).exists():
        raise Refused(_("Plants are reserved once in a talk. Agree on an offer to have them for sure."))
    movements.reserve(
        [movements.Change(talk.lot_id, quantity, talk.number, f"hold:{talk.pk}")], by, green=True
    )
    talk.held = quantity
    talk.held_until = timezone.now() + dt.timedelta(days=settings.GREEN_HOLD_DAYS)
    _advance(turn, Kind.HOLD, by, quantity=quantity, day=shanghai_day(talk.held_until))
    return talk


@transaction.atomic
def let_go(talk_id: int, by: User, said: Said) -> Talk:
    """The firm lets its reserved plants go before their time. Raises Refused, PermissionDenied."""
    turn = _turn(talk_id, by, said)
    if not turn.done:
        check(turn.talk, Kind.LET_GO, turn.side)
        if not turn.talk.held:
            raise Refused(_("Nothing is reserved."))
        quantity = release_held(turn.talk, by)
        _advance(turn, Kind.LET_GO, by, quantity=quantity)
    return turn.talk


@transaction.atomic
def offer(talk_id: int, terms: Terms, by: User, said: Said) -> Talk:
    """Either side names price, pieces and lifting day; a newer offer takes the place of the one before.

    Raises Refused, PermissionDenied; ValueError for terms out of bounds.
    """
    turn = _turn(talk_id, by, said)
    if not turn.done:
        if not today() <= terms.lifted_on <= today() + dt.timedelta(days=MOST_DAYS):
            raise ValueError("a lifting day lies within three months")
        if terms.price_fen <= 0 or terms.quantity <= 0:
            raise ValueError("an offer is for something, and for money")
        check(turn.talk, Kind.OFFER, turn.side)
        _advance(
            turn,
            Kind.OFFER,
            by,
            price_fen=terms.price_fen,
            quantity=terms.quantity,
            day=terms.lifted_on,
        )
    return turn.talk


def accept(talk_id: int, offer_id: int, by: User, said: Said) -> Talk:
    """The other side takes exactly this offer: it becomes an order, and what is held becomes the order's own.

    Accepted twice is one order. Raises Refused when there is a newer offer or the talk is over, NotAsShown when
    the lot has too little left, PermissionDenied.
    """
    try:
        return _accept(talk_id, offer_id, by, said)
    except NotAsShown as missed:
        short = [problem.lot_id for problem in missed.problems if problem.change == Change.STOCK]
        if not short:
            raise
        stock_missed.send(sender=Talk, lot_ids=short)
        return _accept(talk_id, offer_id, by, said)


@transaction.atomic
def _accept(talk_id: int, offer_id: int, by: User, said: Said) -> Talk:
    turn = _turn(talk_id, by, said)
    talk = turn.talk
    if turn.done or talk.steps.filter(kind=Kind.ACCEPT, answers=offer_id).exists():
        return talk
    check(talk, Kind.ACCEPT, turn.side)
    agreed = talk.offer
    if agreed is None or agreed.pk != offer_id:
        raise Refused(_("There is a newer offer. Look at it first."))
    if agreed.side == turn.side:
        raise Refused(_("This offer is your own: the other side accepts it."))
    if agreed.day is None or agreed.day < today():
        raise Refused(_("The lifting day of this offer is past. Make a new one."))
    # the pieces change hands under the lot's lock: let go and taken again, and nobody comes between
    movements.hold_still([talk.lot_id])
    release_held(talk, by)
    buyer = by if turn.side == Side.FIRM else agreed.by
    talk.order = _place(talk, agreed, buyer or talk.buyer, said.key)
    _advance(turn, Kind.ACCEPT, by, answers=agreed)
    return talk


def _place(talk: Talk, agreed: Step, buyer: User, key: uuid.UUID) -> Order:
    firm: BuyerOrganisation = talk.firm
    wanted = Wanted(talk.lot_id, agreed.quantity or 0, agreed.price_fen or 0)
    delivery = Delivery(
        firm.contact or firm.name, talk.phone or firm.phone, firm.address, wanted_on=agreed.day
    )
    try:
        return place_agreed(
            buyer, key, wanted, PayBy.ON_ACCOUNT if firm.on_account else PayBy.ON_DELIVERY, delivery, firm
        )
    except PermissionDenied:
        raise Refused(_("Whoever made this offer no longer buys for the firm. Make a new one.")) from None


@transaction.atomic
def end(talk_id: int, by: User, said: Said) -> Talk:
    """Either side ends the talk, with or without a word why; what was held is for sale again.

    Raises Refused, PermissionDenied. Twice is once.
    """
    turn = _turn(talk_id, by, said)
    kind = Kind.WITHDRAW if turn.side == Side.FIRM else Kind.DECLINE
    if turn.done or turn.talk.state in (State.DECLINED, State.WITHDRAWN):
        return turn.talk
    check(turn.talk, kind, turn.side)
    release_held(turn.talk, by)
    _advance(turn, kind, by)
    return turn.talk


def _advance(turn: _Turn, kind: Kind, by: User, **facts: object) -> Step:
    said = turn.said
    why = for_good(said.why, turn.talk.lot.household) if said.why else ""
    return advance(turn.talk, kind, turn.side, by, said.key, said.at, why=why, consent=said.consent, **facts)


def for_good(words: str, household: Household) -> str:
    """What is never changed again, and read by the other side, without the household's name and numbers."""
    return household.masked_in(words)[:200]


def release_held(talk: Talk, by: User | None) -> int:
    """What the locked talk holds is for sale again; the caller saves the talk."""
    quantity = talk.held
    if quantity:
        change = movements.Change(talk.lot_id, quantity, talk.number, f"unhold:{talk.pk}")
        movements.release([change], by)
        talk.held, talk.held_until = 0, None
    return quantity
