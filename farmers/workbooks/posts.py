"""Whose rows somebody may load: an officer those of the own village or town, the city all."""

from __future__ import annotations

from django.utils.translation import gettext as _

from farmers.registry.models import Officer, Town
from farmers.stock.workbook.read import Fence
from farmers.stock.workbook.words import tight
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.templatetags.market import name_


def post_of(user: User) -> Officer | None:
    return Officer.objects.for_user(user).select_related("town", "village").first()


def has_place(user: User) -> bool:
    """Whether there is any row at all that this person could load."""
    return may(user, Act.SEE_CITY) or post_of(user) is not None


def fence_of(user: User) -> Fence | None:
    """What the reader asks of each row's place before it looks at anybody there; None lets every row through."""
    if may(user, Act.SEE_CITY):
        return None
    post = post_of(user)

    def fence(town: Town, village: str) -> str:
        if post is None:
            return _("Your account holds no post yet.")
        here = village == "" or post.village is None or tight(post.village.name) == tight(village)
        if town.pk == post.town_id and here:
            return ""
        return _("You answer for %(own)s, and this row is of %(place)s: correct it if it is a slip.") % {
            "own": f"{name_(post.town)} {name_(post.village)}" if post.village else name_(post.town),
            "place": f"{name_(town)} {village}" if post.village and town.pk == post.town_id else name_(town),
        }

    return fence
