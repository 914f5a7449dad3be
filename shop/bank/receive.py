"""Take in a bank's file: looked at with distrust, kept while it is looked at, its lines saved once."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import shanghai_day
from marketplace.personal import digest

from .columns import LABELS, Field
from .models import BankFile, BankLine
from .read import MOST_BAD, Bad, Line, Reading, read
from .same import known_otherwise
from .tables import FileRefused
from .values import name_key

State = BankFile.State
_LONGEST_NAME = 120
_BATCH = 500
# two cashiers may take in files that overlap at the same moment: the loser looks again
_TRIES = 3
# day and amount of lines that are here, by the digest of their identity
Known = dict[str, tuple[dt.date, int]]


class RowsRefused(FileRefused):
    """Rows of the file are wrong, or its lines do not add up. Nothing is kept."""

    def __init__(self, bad: Sequence[Bad]) -> None:
        super().__init__(
            _("The file is refused as it stands: %(count)d of its rows cannot be right.")
            % {"count": len(bad)}
        )
        self.bad = list(bad[:MOST_BAD])


class AccountUnknown(FileRefused):
    """The file does not tell which account it is of, and nobody else did; or they say otherwise. Nothing is kept."""


class Fates(NamedTuple):
    """What becomes of a file's lines: `new` will be added; `known` came with a file before.

    Of the known, those of `otherwise` came in another form of file: by identity, the line that is here.
    """

    reading: Reading
    new: list[Line]
    known: list[Line]
    otherwise: dict[str, BankLine]


def receive(name: str, data: bytes, by: User, tail: str = "") -> BankFile:
    """The file, waiting to be looked at; sent again, the one that is there. Raises FileRefused, with nothing kept.

    `tail`: the last four digits of its account, which a file that does not tell it needs: of two accounts, lines
    that look alike are two. Raises AccountUnknown without, or where the file says otherwise.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    fingerprint = hashlib.sha256(data).hexdigest()
    if there := BankFile.objects.filter(fingerprint=fingerprint).first():
        if tail and there.account_tail not in {"", tail}:
            raise _of_another(there.account_tail)
        return there
    reading, _there = _looked_at(data, tail)
    if not reading.account:
        raise AccountUnknown(
            _("The file does not say of which account it is. Enter the last four digits of the account.")
        )
    if tail and reading.account[-4:] != tail:
        raise _of_another(reading.account[-4:])
    file = BankFile(
        fingerprint=fingerprint,
        name="".join(char for char in name if char.isprintable())[-_LONGEST_NAME:] or "bank.csv",
        content=base64.b64encode(data).decode(),
        account_tail=reading.account[-4:],
        first_on=min(line.day for line in reading.lines),
        last_on=max(line.day for line in reading.lines),
        line_count=len(reading.lines),
        in_fen=reading.in_fen,
        out_fen=reading.out_fen,
        opening_fen=reading.opening_fen,
        closing_fen=reading.closing_fen,
        by=by,
    )
    try:
        with transaction.atomic():
            file.save()
    except IntegrityError:
        return BankFile.objects.get(fingerprint=fingerprint)
    return file


def _of_another(tail: str) -> AccountUnknown:
    return AccountUnknown(_("The file is of the account that ends in %(tail)s.") % {"tail": tail})


def _looked_at(data: bytes, tail: str) -> tuple[Reading, Known]:
    """What the file says, and which of its lines are here already."""
    reading = read(data, shanghai_day(timezone.now()), tail)
    known: Known = {} if reading.bad else _known(reading.lines)
    if bad := reading.bad or _told_otherwise(reading.lines, known):
        raise RowsRefused(bad)
    return reading, known


def _told_otherwise(lines: Sequence[Line], known: Known) -> list[Bad]:
    """Lines whose serial number came before with another day or amount: one of the two files was changed."""
    bad = []
    for line in lines:
        there = known.get(digest(line.identity))
        if there and there != (line.day, line.fen):
            reason = _("this number came before, with another day or amount")
            bad.append(Bad(line.row, str(LABELS[Field.SERIAL]), line.serial, reason))
    return bad


def _known(lines: Sequence[Line]) -> Known:
    """Of the lines that are here already: day and amount, by identity."""
    found = {}
    for some in _parts([digest(line.identity) for line in lines]):
        rows = BankLine.objects.filter(identity__in=some).values_list("identity", "day", "amount_fen")
        found.update({identity: (day, fen) for identity, day, fen in rows})
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(values), _BATCH):
        yield values[first : first + _BATCH]


def fates(file: BankFile) -> Fates:
    """Raises FileRefused for what was right when it came and is not any more."""
    reading, known = _looked_at(base64.b64decode(file.content), file.account_tail)
    unseen = [line for line in reading.lines if digest(line.identity) not in known]
    otherwise = known_otherwise(unseen, reading.lines, reading.account[-4:])
    new = [line for line in unseen if line.identity not in otherwise]
    added = {line.identity for line in new}
    there = [line for line in reading.lines if line.identity not in added]
    return Fates(reading, new, there, otherwise)


def take_in(file_id: int, by: User) -> BankFile:
    """Save the lines that no file before had. Twice is once. Raises FileRefused, with nothing saved."""
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    for attempt in range(_TRIES):
        try:
            return _take_in(file_id, by)
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _take_in(file_id: int, by: User) -> BankFile:
    days = BankFile.objects.values_list("first_on", "last_on").get(pk=file_id)
    # files of the same days wait for each other: one line in two forms has two identities, which no constraint joins
    near = BankFile.objects.filter(first_on__lte=days[1], last_on__gte=days[0]).order_by("pk")
    list(near.select_for_update(no_key=True).values_list("pk"))
    file = BankFile.objects.get(pk=file_id)
    if file.state == State.TAKEN:
        return file
    new = fates(file).new
    BankLine.objects.bulk_create([_saved(file, line) for line in new], batch_size=_BATCH)
    file.state, file.content, file.added = State.TAKEN, "", len(new)
    file.taken_by, file.taken_at = by, timezone.now()
    file.save(update_fields=["state", "content", "added", "taken_by", "taken_at"])
    return file


def _saved(file: BankFile, line: Line) -> BankLine:
    return BankLine(
        file=file,
        identity=digest(line.identity),
        row=line.row,
        day=line.day,
        time=line.time,
        came_in=line.came_in,
        amount_fen=line.fen,
        balance_fen=line.balance_fen,
        payer=line.payer,
        payer_key=digest(name_key(line.payer)),
        payer_tail=line.payer_account[-4:] if len(line.payer_account) > 4 else "",
        words=line.words,
        serial=line.serial,
        state=BankLine.State.NEW if line.came_in else BankLine.State.OUT,
    )


@transaction.atomic
def throw_away(file_id: int, by: User) -> bool:
    """A file that is not wanted after all. False: its lines are taken in, and it stays."""
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    return bool(BankFile.objects.filter(pk=file_id, state=State.WAITING).delete()[0])
