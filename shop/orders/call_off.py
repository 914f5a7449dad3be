"""Part of an order that will not come: a line called off before it has left its village.

After it was accepted a line comes back instead (`accept.give_back`). Either way less is owed for the order, and what
was paid too much goes back (`signals.charge_fell`).
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from farmers.stock import movements
from marketplace.access.models import User
from marketplace.templatetags.market import amount, in_language

from .cancel import cancel
from .models import Order, OrderLine, State, TrackingEvent
from .signals import charge_fell
from .told import line_called_off
from .transitions import THERE_OR_NOT_COMING, Going, NotAllowed, advance, locked, move, track


@transaction.atomic
def call_off_line(line_id: int, *, restock: bool, reason: str, by: User) -> OrderLine:
    """Take a line out of an order. Nothing of it is accepted any more, and the order costs that much less.

    `restock`: the goods are there, and for sale again; otherwise an officer has to look first. The last line takes
    the whole order with it. Twice is once. Raises NotAllowed when the goods have left.
    """
    line = OrderLine.objects.select_related("consignment").get(pk=line_id)
    order = locked(line.order_id)
    lines = {each.pk: each for each in order.lines.select_related("consignment").order_by("pk")}
    line = lines[line_id]
    if line.accepted_quantity == 0 or order.state == State.CANCELLED:
        return line
    preparing = order.state in {State.CONFIRMED, State.DISPATCHED}
    if not preparing or line.accepted_quantity is not None or line.consignment.state != Going.PREPARING:
        raise NotAllowed(_("These goods have left; they can be given back once they are accepted."))
    rest = [each for each in lines.values() if each != line and each.accepted_quantity != 0]
    if not rest and restock and order.state == State.CONFIRMED:
        cancel(order.pk, by, reason)
        return line
    change = [movements.Change(line.lot_id, line.quantity, order.number, f"call-off:{line.pk}")]
    (movements.release if restock else movements.lose_reserved)(change, by)
    line.accepted_quantity, line.called_off = 0, True
    line.save(update_fields=["accepted_quantity", "called_off"])
    if not rest and order.state == State.CONFIRMED:
        cancel(order.pk, by, reason)
        return line
    if rest:
        order.total_fen -= line.amount_fen
        order.save(update_fields=["total_fen"])
    if all(
        each.accepted_quantity == 0 for each in lines.values() if each.consignment_id == line.consignment_id
    ):
        move([line.consignment], Going.CANCELLED)
    name = in_language(line.product_name, line.product_name_en)
    goods = f"{name} {amount(line.quantity, line.unit_size, line.unit)}"
    note = _("%(goods)s: %(reason)s") % {"goods": goods, "reason": reason}
    track(order, TrackingEvent.Kind.CALLED_OFF, by, line.consignment, note[:200])
    line_called_off.enqueue(line.pk)
    _go_on(order, list(lines.values()), by)
    charge_fell.send(sender=Order, order=order)
    return line


def _go_on(order: Order, lines: list[OrderLine], by: User) -> None:
    """What waited for this line alone is done."""
    if order.state != State.DISPATCHED:
        return
    if all(each.accepted_quantity is not None for each in lines):
        advance(order, State.ACCEPTED, by)
    elif not order.consignments.exclude(state__in=THERE_OR_NOT_COMING).exists():
        advance(order, State.DELIVERED, by)
