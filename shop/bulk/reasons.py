"""Every household's share of a bulk request in one sentence, for the person who reads it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from .allocate import BY_HAND, BY_ID, FEWER_VILLAGES, SPOILS_FIRST, Reason


def sentence(reason: Reason, amount: Callable[[int], str] = str) -> str:
    """`amount` puts grams or pieces into the reader's words."""
    if reason.extra == BY_HAND:
        return _("Set by the buyer: %(amount)s.") % {"amount": amount(reason.quantity)}
    return _("%(turn)s: %(shared)s, and this one gives %(amount)s%(why)s.") % {
        "turn": _turn(reason.rank),
        "shared": _shared(reason),
        "amount": amount(reason.quantity),
        "why": _why(reason),
    }


def unmarked_sentence(reason: Reason, amount: Callable[[int], str] = str) -> str:
    """The same of a household that has not agreed to be shown: its share, and not whose turn it was."""
    if reason.extra == BY_HAND:
        return sentence(reason, amount)
    return _("Its share by the rules: %(amount)s%(why)s.") % {
        "amount": amount(reason.quantity),
        "why": _why(reason),
    }


def _turn(rank: int) -> str:
    if rank == 0:
        return _("Watched households come first")
    if rank == 1:
        return _("Other marked households come next")
    return _("The other households come last")


def _shared(reason: Reason) -> str:
    if reason.sharing < reason.fitting:
        return _("%(sharing)d of %(fitting)d households with goods that fit are enough") % reason._asdict()
    if reason.fitting == 1:
        return _("one household has goods that fit")
    return _("%(fitting)d households share as equally as their goods allow") % reason._asdict()


def _why(reason: Reason) -> str:
    all_of_it = _(", all that it has") if reason.all_it_has else ""
    return all_of_it + {
        SPOILS_FIRST: _(", one unit more because its goods spoil first"),
        FEWER_VILLAGES: _(", one unit more so that fewer villages are called at"),
        BY_ID: _(", one unit more, which somebody has to give"),
    }.get(reason.extra, "")
