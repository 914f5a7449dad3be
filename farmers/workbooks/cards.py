"""A row as it is shown to be mended: its cells as fields, the wrong ones first, each with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from farmers.stock.workbook.columns import Field

from .fates import Row

LONGEST = 300
_KEYBOARDS = {Field.PHONE: "tel", Field.MEMBERS: "numeric"}


@dataclass
class CellField:
    name: str
    label: str
    value: str
    keyboard: str
    # whether its label is the sheet's own word
    of_sheet: bool
    reasons: list[str] = field(default_factory=list)


@dataclass
class Card:
    """`reasons` are what is wrong with no cell in particular; `changed`: another window has mended it since."""

    row: Row
    sheet: str
    who: str
    wrong: list[CellField]
    others: list[CellField]
    reasons: list[str]
    changed: bool = False
    leave_out: bool = False


def card(facts: Mapping[str, Any], row: Row, typed: Mapping[str, str] | None = None) -> Card:
    """`typed` are texts by column that were sent and not kept: shown instead, beside what stands there now."""
    table = facts["tables"][row["table"]]
    fields: dict[str, CellField] = {}
    for column, text in row["cells"].items():
        fields[column] = _field(row, table, column, text)
    reasons = []
    for column, heading, reason in row.get("problems", ()):
        if column is None:
            reasons.append(f"{heading}: {reason}")
            continue
        one = fields.setdefault(str(column), _field(row, table, str(column), "", heading))
        one.reasons.append(reason)
    changed = typed is not None and any(fields[c].value != text for c, text in typed.items() if c in fields)
    for column, text in (typed or {}).items():
        if column in fields and fields[column].value != text:
            now = fields[column].value
            fields[column].reasons.insert(
                0, _("It says “%s” by now.") % now if now else _("It is empty by now.")
            )
            fields[column].value = text
    wrong = [one for one in fields.values() if one.reasons]
    several = len(facts["sheets"]) > 1
    return Card(
        row=row,
        sheet=facts["sheets"][row["sheet"]] if several else "",
        who="" if row.get("fenced") else _who(table, row["cells"]),
        wrong=wrong or list(fields.values()),
        others=[one for one in fields.values() if not one.reasons] if wrong else [],
        reasons=reasons,
        changed=changed,
    )


def _field(row: Row, table: Mapping[str, Any], column: str, text: str, heading: str = "") -> CellField:
    keyboard = _KEYBOARDS.get(table["fields"].get(column, ""), "")
    name, label = f"cell-{row['id']}-{column}", table["headings"].get(column, "")
    return CellField(name, label or heading, text, keyboard, of_sheet=bool(label))


def _who(table: Mapping[str, Any], cells: Mapping[str, str]) -> str:
    """`李国庆 · 土豆`, from what its cells say."""
    said = [
        cells.get(column, "")
        for wanted in (Field.NAME, Field.PRODUCT)
        for column, one in table["fields"].items()
        if one == wanted
    ]
    return " · ".join(text for text in said if text)
