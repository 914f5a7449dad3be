"""Files that are not what they say, or too much: a clear word, exit status 2, and nothing saved."""

from __future__ import annotations

import contextlib
import io
import json
import random
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from farmers.stock.models import Lot
from farmers.stock.workbook.parts import WorkbookError
from farmers.stock.workbook.read import read_workbook
from farmers.stock.workbook.sheets import MAX_ROWS

from .import_help import SAMPLE, refusal, run
from .workbooks import a_table

pytestmark = pytest.mark.django_db


def rebuilt(change: dict[str, bytes | None]) -> bytes:
    """The sample with parts replaced, or (None) left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(SAMPLE) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in [*source.namelist(), *(name for name in change if name not in source.namelist())]:
            data = change.get(name, b"" if name not in source.namelist() else source.read(name))
            if data is not None:
                target.writestr(name, data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_of(rows: str, after: str = "") -> bytes:
    return rebuilt({SHEET: f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>".encode()})


def entity() -> bytes:
    xml = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet {MAIN}><sheetData>&e;</sheetData></worksheet>'
    return rebuilt({SHEET: xml.encode()})


def laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{i} "{"&l" + str(i - 1) + ";" if i else "ha"}{"x" * 9}">' for i in range(20))
    return rebuilt({SHEET: f"<!DOCTYPE x [{lines}]><worksheet {MAIN}>&l19;</worksheet>".encode()})


def bomb() -> bytes:
    return rebuilt({"xl/sharedStrings.xml": b"", SHEET: b" " * 150_000_000})


def with_password() -> bytes:
    data = bytearray(SAMPLE.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


HOSTILE = {
    "a text": lambda: "乡镇,村,户主姓名\n高蓬镇,南李村,李国庆\n".encode(),
    "nothing": lambda: b"",
    "an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "cut short": lambda: SAMPLE.read_bytes()[:5000],
    "without its sheet": lambda: rebuilt({SHEET: None}),
    "without its list of sheets": lambda: rebuilt({"xl/workbook.xml": None}),
    "another zip": lambda: rebuilt({"_rels/.rels": None}),
    "no XML": lambda: rebuilt({SHEET: b"\x00\x01 not XML"}),
    "XML left open": lambda: rebuilt({SHEET: f"<worksheet {MAIN}><sheetData><row>".encode()}),
    "an outside entity": entity,
    "entities upon entities": laughs,
    "a zip bomb": bomb,
    "a password": with_password,
    "a number that is none": lambda: sheet_of('<row r="1"><c r="A1"><v>abc</v></c></row>'),
    "a text that is not there": lambda: sheet_of('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'),
    "a row that is none": lambda: sheet_of('<row r="x"><c r="A1"><v>1</v></c></row>'),
    "no header": lambda: a_table([["高蓬镇", "南李村"]], ["甲", "乙"]),
    "an empty sheet": lambda: sheet_of(""),
    "no prices": lambda: a_table([["高蓬镇"]], ["乡镇", "村", "户主姓名", "农产品名称", "数量", "单位"]),
    "merged without end": lambda: sheet_of(
        '<row r="19999"><c r="A19999"><v>1</v></c></row>',
        "<mergeCells>" + '<mergeCell ref="A1:GR1048576"/>' * 50 + "</mergeCells>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_is_no_ledger_gets_a_clear_word(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(HOSTILE[kind]())
    message = refusal(path)
    assert 10 < len(message) < 300 and "Traceback" not in message
    code, out = run(path, "--json", "--accept-good")
    assert code == 2
    assert json.loads(out) == {"accepted": [], "refused": [], "skipped": [], "error": message}
    assert Lot.objects.count() == 0
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.xlsx"]


def test_a_path_that_leads_nowhere_gets_a_clear_word(tmp_path: Path) -> None:
    assert "none.xlsx" in refusal(tmp_path / "none.xlsx")
    assert refusal(tmp_path)


def with_empty_rows(number: int, cells: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(["乡镇", "村", "户主姓名", "农产品名称", "数量", "单位", "单价"])
    sheet.append(["高蓬镇", "南李村", "李国庆", "土豆", 800, "公斤", 2.4])
    for _ in range(number):
        sheet.append([None] * cells)
    sheet.append(["高蓬镇", "南李村", "张玉梅", "土豆", 800, "公斤", 2.4])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("cells", [0, 15])
def test_a_hundred_thousand_empty_rows_are_told_and_change_nothing(tmp_path: Path, cells: int) -> None:
    path = tmp_path / "empty.xlsx"
    path.write_bytes(with_empty_rows(100_000, cells))
    start = time.process_time()
    message = refusal(path)
    assert time.process_time() - start < 5
    assert str(MAX_ROWS) in message
    assert Lot.objects.count() == 0


def test_formatted_rows_without_end_are_not_walked() -> None:
    row = "".join(f'<c r="{letter}{{0}}" s="1"/>' for letter in "ABCDEFGHIJKLMNO")
    data = sheet_of("".join(f'<row r="{n}">{row.format(n)}</row>' for n in range(1, 100_001)))
    with pytest.raises(WorkbookError):
        read_workbook(io.BytesIO(data))


def test_sixteen_thousand_columns_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    path.write_bytes(a_table([[1] * 16_384]))
    assert "200" in refusal(path)


def test_damage_anywhere_never_ends_in_a_traceback() -> None:
    whole = SAMPLE.read_bytes()
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(WorkbookError):
            read_workbook(io.BytesIO(bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])))


def test_damage_inside_the_sheet_never_ends_in_a_traceback() -> None:
    with zipfile.ZipFile(SAMPLE) as source:
        xml = source.read(SHEET)
        styles = source.read("xl/styles.xml")
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(xml)
        for _ in range(chance.randint(1, 5)):
            data[chance.randrange(len(data))] = chance.choice(b'0123456789AZ"<>/ rst&=')
        with contextlib.suppress(WorkbookError):
            read_workbook(io.BytesIO(rebuilt({SHEET: bytes(data), "xl/styles.xml": styles})))
