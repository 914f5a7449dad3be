"""A copy of all that is kept on a household: JSON for machines, a workbook for people, and the files themselves.

Given out by `export_household`, which writes it down first.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import CharField, Field, FileField, TextField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from farmers.ledger.kinds import Channel
from farmers.registry.models import Household
from farmers.registry.reveal import note_copy
from farmers.registry.reveals import LABELS
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.money import yuan
from marketplace.personal import EncryptedTextField, masked_phone
from marketplace.quantity import Unit, in_units
from marketplace.sheets import cell, saved
from marketplace.templatetags.market import in_language

from .decisions import HELD, Held, How, account_of

# numbers that open a door, or an account: whole only in what the city's office gives out
NUMBERS = ("phone", "id_number", "bank_account", "account")
QUANTITIES = frozenset(
    {
        *("quantity", "accepted_quantity", "returned_quantity", "listed", "reserved", "sold", "held"),
        *("handed_over", "weighed", "refused", "taken_back", "at_risk", "saved", "lost"),
    }
)
# text of ours that is shown in the reader's words
IN_WORDS = ("fields", "channel")
# by which a row is called
NAMES = frozenset({"name", "username", "slug", "number"})
# columns that have no word of their own
COLUMNS: dict[str, Promise] = {
    "at": gettext_lazy("at"),
    "category_slug": gettext_lazy("category"),
    "cells": gettext_lazy("what was typed"),
    "changed_at": gettext_lazy("begun at"),
    "channel": gettext_lazy("way"),
    "consent": gettext_lazy("how the household agreed"),
    "created_at": gettext_lazy("at"),
    "day": gettext_lazy("day"),
    "day_before": gettext_lazy("day before"),
    "due_at": gettext_lazy("due at"),
    "facts": gettext_lazy("what it tells"),
    "grade": gettext_lazy("grade or size"),
    "group": gettext_lazy("about"),
    "household_name": gettext_lazy("household"),
    "kind": gettext_lazy("kind"),
    "live": gettext_lazy("counts"),
    "amount_fen": gettext_lazy("amount"),
    "fen": gettext_lazy("amount"),
    "price_fen": gettext_lazy("price"),
    "quantity": gettext_lazy("quantity"),
    "read_at": gettext_lazy("read at"),
    "sent_at": gettext_lazy("sent at"),
    "side": gettext_lazy("side"),
    "state": gettext_lazy("state"),
    "to_state": gettext_lazy("state"),
    "told_at": gettext_lazy("told at"),
    "town_name": gettext_lazy("town"),
    "unit": gettext_lazy("unit"),
    "updated_at": gettext_lazy("changed at"),
    "village_name": gettext_lazy("village"),
    "wanted": gettext_lazy("wanted"),
    "why": gettext_lazy("reason"),
    "year": gettext_lazy("year"),
}
FATES = {
    How.DELETE: gettext_lazy("Goes when the household is erased."),
    How.MASK: gettext_lazy("Name and numbers go from it when the household is erased; the rest stays."),
    How.KEEP: gettext_lazy("Stays when the household is erased."),
}
# what a workbook cannot hold
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Section(NamedTuple):
    """One table's rows: `rows` as they are, `shown` in words, in the order of `heads`."""

    held: Held
    heads: list[str]
    rows: list[dict[str, Any]]
    shown: list[list[str]]

    @property
    def fate(self) -> str:
        """What becomes of it when the household is erased, and by which law."""
        return f"{FATES[self.held.how]} {self.held.why}".strip()


def gather(household: Household, *, whole: bool) -> list[Section]:
    """All that is kept; what there is nothing of is left out. Without `whole`, numbers are shown in part."""
    account = account_of(household)
    sections = (_section(held, household, account, whole) for held in HELD)
    return [section for section in sections if section.rows]


def _section(held: Held, household: Household, account: User | None, whole: bool) -> Section:
    columns = held.told.split()
    fields = {column: field_of(held, column) for column in columns}
    besides = [] if held.unit is None else [f"{held.unit}unit", f"{held.unit}unit_size"]
    asked = list(dict.fromkeys(["pk", *columns, *besides]))
    rows, shown = [], []
    for found in held.rows(household, account).values(*asked):
        row = {column: _plain(fields[column], found[column], whole) for column in columns}
        unit, size = (found[name] for name in besides) if besides else ("", 1)
        rows.append(_file_named(held, fields, found, row))
        shown.append([_in_words(column, fields[column], row[column], unit, size) for column in columns])
    return Section(held, [str(label(held, column)) for column in columns], rows, shown)


def field_of(held: Held, column: str) -> Field[Any, Any]:
    model, field = held.table, None
    for name in column.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    assert isinstance(field, Field)  # noqa: S101
    return field


def label(held: Held, column: str) -> Any:
    """The column's word for people: of what another row is called, the word for that row."""
    way, _sign, last = column.rpartition("__")
    if way and last in NAMES:
        relation = field_of(held, way)
        model: Any = relation.related_model
        return (
            relation.verbose_name if isinstance(relation.verbose_name, Promise) else model._meta.verbose_name
        )
    field = field_of(held, column)
    # people read yuan where the table's own word says fen
    own = isinstance(field.verbose_name, Promise) and field.name not in ("amount_fen", "fen", "price_fen")
    return field.verbose_name if own else COLUMNS.get(field.name)


def _plain(field: Field[Any, Any], value: Any, whole: bool) -> Any:
    if value and not whole and isinstance(field, EncryptedTextField) and field.name in NUMBERS:
        return masked_phone(value) if field.name == "phone" else f"****{value[-4:]}"
    return value


def _file_named(
    held: Held, fields: dict[str, Field[Any, Any]], found: dict[str, Any], row: dict[str, Any]
) -> dict[str, Any]:
    """A file by where it stands in the copy."""
    for column, field in fields.items():
        if isinstance(field, FileField) and row[column]:
            ending = row[column].rpartition(".")[2][:5]
            row[column] = f"files/{held.model}-{found['pk']}.{ending}"
    return row


def is_as_written(field: Field[Any, Any]) -> bool:
    """Whether the column holds words of somebody's, which no language changes."""
    return isinstance(field, CharField | TextField) and not field.choices and field.name not in IN_WORDS


def _in_words(column: str, field: Field[Any, Any], value: Any, unit: str, size: int) -> str:
    name = field.name
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "fen" or name.endswith("_fen"):
        return f"¥{yuan(value)}"
    if name in QUANTITIES and unit:
        return f"{in_units(value, size)} {Unit(unit).label}"
    if name == "fields":
        return ", ".join(str(LABELS.get(part, part)) for part in value.split(","))
    if name == "channel" and value in Channel.values:
        return str(Channel(value).label)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if hasattr(value, "tzinfo"):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if hasattr(value, "year"):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, dict):
        # beside a name stands its English twin, as in notices
        told = [
            in_language(str(value[key]), str(value.get(f"{key}_en", value[key])))
            for key in value
            if key[-3:] != "_en"
        ]
        return " · ".join(str(word) for word in told if word)
    return str(value)


# --- the file -----------------------------------------------------------------------------------


def export_household(household_id: int, by: User, words: str = "") -> tuple[str, bytes]:
    """The name of the file and the file, once it is written down who had it. Raises PermissionDenied.

    The city's office gets it whole. The household itself, which may have come in by a card that somebody found, gets
    its numbers in part; whole, the city's office hands them out.
    """
    household = note_copy(household_id, by, words)
    whole = may(by, Act.KEEP_PRIVACY)
    # nothing of whose it is stands in the name: it stays in histories and on shared desks
    return f"household-{household.pk}.zip", _zipped(household, whole=whole, by=by)


def _zipped(household: Household, *, whole: bool, by: User) -> bytes:
    sections = gather(household, whole=whole)
    told = {
        "household": household.pk,
        "given_out_at": timezone.now(),
        "numbers": "whole" if whole else "in part",
        "kept": {section.held.model: section.rows for section in sections},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("household.json", text)
        archive.writestr("household.xlsx", workbook(sections))
        for name, content in _files(household):
            archive.writestr(name, content)
    return file.getvalue()


def _files(household: Household) -> Iterator[tuple[str, bytes]]:
    account = account_of(household)
    for held in HELD:
        columns = [column for column in held.told.split() if isinstance(field_of(held, column), FileField)]
        for row in held.rows(household, account) if columns else ():
            for column in columns:
                file = getattr(row, column)
                if not file:
                    continue
                name = f"files/{held.model}-{row.pk}.{file.name.rpartition('.')[2][:5]}"
                try:
                    with file.open("rb") as opened:
                        yield name, opened.read()
                except OSError:
                    # lost in storage: the rest is given out all the same
                    continue


def workbook(sections: list[Section]) -> bytes:
    """A sheet for each table, in the reader's language; the first says what there is, and what would stay."""
    book = Workbook(write_only=True)
    first = book.create_sheet(_("Overview"))
    first.column_dimensions["A"].width, first.column_dimensions["C"].width = 28, 90
    first.append([cell(first, head, bold=True) for head in (_("What"), _("Rows"), _("When it is erased"))])
    for section in sections:
        first.append(
            [cell(first, text) for text in (str(section.held.title), len(section.rows), section.fate)]
        )
    for section in sections:
        # a sheet's name has 31 characters, and some are not allowed
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", str(section.held.title))[:31])
        for number in range(len(section.heads)):
            sheet.column_dimensions[chr(ord("A") + number)].width = 20
        sheet.append([cell(sheet, head, bold=True) for head in section.heads])
        for row in section.shown:
            sheet.append([cell(sheet, _UNWRITABLE.sub(" ", text)) for text in row])
    return saved(book)
