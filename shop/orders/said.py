"""What the scale said of a line, in words: for buyer, seller and officer alike."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from marketplace.templatetags.market import amount

from .models import OrderLine, Weighing
from .weigh import settle


class Said(NamedTuple):
    """Of a line, in its unit: empty where nobody said."""

    ordered: str
    handed_over: str
    weighed: str
    refused: str
    accepted: str
    differences: list[str]


def said(line: OrderLine) -> Said | None:
    """What both sides read; nothing for a line that never met a scale. Wants the line's `weighing`."""
    weighing: Weighing | None = getattr(line, "weighing", None)
    if weighing is None:
        return None

    def words(quantity: int | None) -> str:
        return "" if quantity is None else amount(quantity, line.unit_size, line.unit)

    return Said(
        ordered=words(line.quantity),
        handed_over=words(weighing.handed_over),
        weighed=words(weighing.weighed),
        refused=words(weighing.refused) if weighing.refused else "",
        accepted=words(line.accepted_quantity),
        differences=_differences(line, weighing),
    )


def _differences(line: OrderLine, weighing: Weighing) -> list[str]:
    def words(quantity: int) -> dict[str, str]:
        return {"amount": amount(quantity, line.unit_size, line.unit)}

    told = []
    if weighing.weighed is None:
        if weighing.handed_over is not None and weighing.handed_over < line.quantity:
            told.append(
                _("%(amount)s less left the village than was ordered.")
                % words(line.quantity - weighing.handed_over)
            )
        return told
    outcome = settle(line.quantity, weighing.weighed, weighing.refused)
    if weighing.weighed < line.quantity:
        told.append(_("%(amount)s less came than was ordered.") % words(line.quantity - weighing.weighed))
    if outcome.refused:
        told.append(
            _("%(amount)s refused: %(reason)s. Not paid, goes back.")
            % {**words(outcome.refused), "reason": weighing.reason.rstrip(".。")}
        )
    if outcome.surplus:
        told.append(
            _("%(amount)s more came than was ordered: it goes home with the officer.")
            % words(outcome.surplus)
        )
    if weighing.handed_over is not None and weighing.handed_over != weighing.weighed:
        less = weighing.handed_over - weighing.weighed
        told.append(
            (
                _("%(amount)s less on the scale than left the village.")
                if less > 0
                else _("%(amount)s more on the scale than left the village.")
            )
            % words(abs(less))
        )
    return told or [_("As ordered.")]
