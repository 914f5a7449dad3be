"""Checking a statement off 逐条对账: the bookkeeper agrees to each line or says what is wrong, then closes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.access.models import User

from .models import Statement, StatementLine, Tick
from .told import dispute_answered, line_disputed


class NotTicked(Exception):
    """This cannot be ticked, answered or closed so. The message is for the person; nothing was saved."""


def _open(statement_id: int) -> Statement:
    """The statement with its row lock: its ticks and its closing come one after another. Raises NotTicked."""
    statement = Statement.objects.select_for_update(of=("self",), no_key=True).get(pk=statement_id)
    if statement.closed_at:
        raise NotTicked(_("This statement is closed. What is still wrong belongs to the next one."))
    return statement


@transaction.atomic
def agree(line: StatementLine, by: User) -> None:
    """The line is right; a dispute about it is settled. Twice is once."""
    _open(line.statement_id)
    tick = Tick.objects.filter(line=line).first()
    if tick is None:
        Tick.objects.create(line=line, state=Tick.State.AGREED, by=by)
    elif tick.state != Tick.State.AGREED:
        tick.state, tick.by, tick.at = Tick.State.AGREED, by, timezone.now()
        tick.save(update_fields=["state", "by", "at"])


@transaction.atomic
def agree_order(statement_id: int, order_number: str, by: User) -> int:
    """All of an order's lines that nobody has looked at yet are right; returns how many those were."""
    statement = _open(statement_id)
    lines = statement.lines.filter(order_number=order_number, tick=None)
    return len(Tick.objects.bulk_create(Tick(line=line, state=Tick.State.AGREED, by=by) for line in lines))


@transaction.atomic
def dispute(line: StatementLine, words: str, by: User) -> Tick:
    """The line is wrong, in these words. Raises NotTicked for no words, or once it was answered."""
    words = words.strip()
    if not words:
        raise NotTicked(_("Say in a few words what is wrong."))
    _open(line.statement_id)
    tick = Tick.objects.filter(line=line).first() or Tick(line=line)
    if tick.answer and (tick.state, tick.words) != (Tick.State.DISPUTED, words):
        raise NotTicked(
            _("This dispute was answered. Agree, or close and let the next statement put it right.")
        )
    tick.state, tick.words, tick.by, tick.at = Tick.State.DISPUTED, words[:200], by, timezone.now()
    tick.save()
    line_disputed.enqueue(line.pk)
    return tick


@transaction.atomic
def reopen(line: StatementLine, by: User) -> None:
    """Nothing is said of the line any more. What was answered stays."""
    _open(line.statement_id)
    Tick.objects.filter(line=line, answer="").delete()


@transaction.atomic
def answer(line: StatementLine, words: str, by: User) -> Tick:
    """City or cashier answers a dispute, on a closed statement too. Raises NotTicked for no words or no dispute."""
    words = words.strip()
    if not words:
        raise NotTicked(_("Answer in a few words."))
    tick = Tick.objects.select_for_update().filter(line=line, state=Tick.State.DISPUTED).first()
    if tick is None:
        raise NotTicked(_("This line is not disputed any more."))
    if tick.answer and tick.answer != words:
        raise NotTicked(_("Somebody has answered this dispute meanwhile."))
    if not tick.answer:
        tick.answer, tick.answered_by, tick.answered_at = words[:500], by, timezone.now()
        tick.save(update_fields=["answer", "answered_by", "answered_at"])
        dispute_answered.enqueue(tick.pk)
    return tick


@transaction.atomic
def close(statement_id: int, by: User) -> Statement:
    """Every line was looked at. Closing it twice closes it once. Raises NotTicked while a line is open."""
    statement = Statement.objects.select_for_update(of=("self",), no_key=True).get(pk=statement_id)
    if statement.closed_at:
        return statement
    left = statement.lines.filter(tick=None).count()
    if left:
        raise NotTicked(
            ngettext(
                "%(count)d line is neither agreed nor disputed yet.",
                "%(count)d lines are neither agreed nor disputed yet.",
                left,
            )
            % {"count": left}
        )
    statement.closed_at, statement.closed_by = timezone.now(), by
    statement.save(update_fields=["closed_at", "closed_by"])
    return statement
