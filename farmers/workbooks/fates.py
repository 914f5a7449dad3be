"""What the reader found, as plain facts to be kept beside the upload: every row's fate, and what it comes to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from farmers.stock.list_lot import good_until
from farmers.stock.workbook.columns import LABELS, Field
from farmers.stock.workbook.header import Header
from farmers.stock.workbook.load import loaded_before
from farmers.stock.workbook.mended import ADDED
from farmers.stock.workbook.notices import second_lots
from farmers.stock.workbook.report import Accepted, Refused, Report
from farmers.stock.workbook.sheets import Cell
from marketplace.days import today
from marketplace.money import line_amount_fen
from marketplace.personal import digest
from marketplace.quantity import UNITS, Measure

Row = dict[str, Any]
# what a row that is of another's people may show and have corrected
_PLACE = (Field.TOWN, Field.VILLAGE, Field.ADDRESS)


def told(report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows with all that a page shows of them, and the numbers. Two queries, however many rows."""
    before = loaded_before(report.accepted)
    second = {id(row) for row in second_lots(report, before)}
    sheets = report.sheets
    tables: list[dict[str, Any]] = []
    places: dict[int, int] = {}

    def table(header: Header) -> int:
        if id(header) not in places:
            places[id(header)] = len(tables)
            tables.append(
                {
                    "headings": {str(column): text for column, text in sorted(header.headings.items())},
                    "fields": {str(column): str(one) for one, column in header.columns.items()},
                }
            )
        return places[id(header)]

    rows: list[Row] = []
    for one in report.accepted:
        row = _accepted(one, known=one.key in before, second=id(one) in second)
        rows.append({**row, "sheet": sheets.index(one.sheet), "table": table(one.header)})
    for bad in report.refused:
        rows.append({**_refused(bad), "sheet": sheets.index(bad.sheet), "table": table(bad.header)})
    for passed in report.skipped:
        sheet = sheets.index(passed.sheet)
        why = {"fate": "skipped", "why": passed.why, "by_hand": passed.by_hand}
        rows.append({**why, "row": passed.row, "sheet": sheet})
    rows.sort(key=lambda row: (row["sheet"], row["row"]))
    for row in rows:
        row["id"] = f"{row['sheet']}-{row['row']}"
        if "cells" in row:
            row["seen"] = seen(row["cells"])
    facts = {"sheets": sheets, "tables": tables, "rows": rows, "leaves_out": report.leaves_out}
    return facts, _numbers(report, rows)


def seen(cells: Mapping[str, str]) -> str:
    """What a page shows of a row, in short: whether it is still so when the page is sent back."""
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:16]


def what_is_loaded(report: Report) -> str:
    """What a load of this report would bring, in short: an officer loads what was shown, or is told otherwise."""
    return digest("\n".join(sorted(row.key for row in report.accepted)) + f"\n{len(report.refused)}")[:32]


def _accepted(one: Accepted, *, known: bool, second: bool) -> Row:
    last = good_until(one.product, one.harvested_on, today())
    return {
        "fate": "before" if known else "add",
        "row": one.row,
        "town": one.town.name,
        "town_en": one.town.name_en,
        "village": one.village,
        "household": one.name,
        "product": one.product.name,
        "product_en": one.product.name_en,
        "grade": one.grade,
        "measure": str(UNITS[one.unit].measure),
        "quantity": one.quantity,
        "unit": str(one.unit),
        "unit_size": UNITS[one.unit].size,
        "unit_word": one.unit_word,
        "price_fen": one.price_fen,
        "fen": line_amount_fen(one.price_fen, one.quantity, UNITS[one.unit].size),
        "second": second,
        "past": not known and last is not None and last < today(),
        "cells": _texts(one.header, one.cells),
    }


def _refused(bad: Refused) -> Row:
    columns = {text: column for column, text in reversed(bad.header.headings.items())}
    # what the sheet has no column for can be told all the same
    columns |= {
        str(LABELS[one]): column for one, (column, _h) in ADDED.items() if one not in bad.header.columns
    }
    cells = _texts(bad.header, bad.cells)
    if bad.fenced:
        shown = {str(bad.header.columns[one]) for one in _PLACE if one in bad.header.columns}
        cells = {column: text for column, text in cells.items() if column in shown}
    return {
        "fate": "refused",
        "row": bad.row,
        "fenced": bad.fenced,
        "problems": [[columns.get(one.column), one.column, one.reason] for one in bad.problems],
        "cells": cells,
    }


def _texts(header: Header, cells: Mapping[int, Cell]) -> dict[str, str]:
    return {
        str(column): " ".join(cells[column].text.split()) if column in cells else ""
        for column in header.headings
    }


def _numbers(report: Report, rows: list[Row]) -> dict[str, Any]:
    add = [row for row in rows if row["fate"] == "add"]
    return {
        **{
            fate: sum(row["fate"] == fate for row in rows) for fate in ("add", "before", "refused", "skipped")
        },
        "grams": sum(row["quantity"] for row in add if row["measure"] == Measure.GRAM),
        "pieces": sum(row["quantity"] for row in add if row["measure"] == Measure.COUNT),
        "fen": sum(row["fen"] for row in add),
        "second": sum(row["second"] for row in add),
        "past": sum(row["past"] for row in add),
        "loads": what_is_loaded(report),
    }
