from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from marketplace.pdf import pdf, pdf_response
from marketplace.qr import qr_svg

AT = dt.datetime(2026, 4, 18, 8, tzinfo=dt.UTC)
TEMPLATE = """
#import "/marketplace/typst/paper.typ": *
#let data = given()
#show: paper.with(title: data.title, foot: "脚注", lang: data.lang)
= #data.title
#grid(columns: 2, rows(("农户", "数量"), data.rows, total: ("合计", "20")), qr(data.qr))
"""


@pytest.fixture
def template(tmp_path: Path, settings) -> str:
    """A template in a project folder of its own, beside our frame."""
    frame = tmp_path / "marketplace" / "typst"
    frame.mkdir(parents=True)
    (frame / "paper.typ").write_text((settings.BASE_DIR / "marketplace/typst/paper.typ").read_text())
    (tmp_path / "list.typ").write_text(TEMPLATE)
    settings.BASE_DIR = tmp_path
    return "list.typ"


def data(title: str = "分拣单") -> dict[str, object]:
    return {
        "title": title,
        "rows": [["李大山", "10 斤"]],
        "qr": qr_svg("https://example.org/consignments/1/"),
    }


def streams(paper: bytes) -> Iterator[bytes]:
    for found in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.S):
        try:
            yield zlib.decompress(found)
        except zlib.error:
            yield found


def characters(paper: bytes) -> set[str]:
    """What the fonts in the file say that they show."""
    maps = b"".join(stream for stream in streams(paper) if b"beginbfchar" in stream)
    codes = re.findall(rb"^<[0-9A-Fa-f]+> <([0-9A-Fa-f]+)>$", maps, re.M)
    return set("".join(bytes.fromhex(code.decode()).decode("utf-16-be") for code in codes))


def test_a_paper_carries_its_chinese_font_whatever_the_machine_has(template: str) -> None:
    paper = pdf(template, data(), at=AT)
    assert paper.startswith(b"%PDF-")
    assert b"NotoSansSC" in paper
    assert set("分拣单李大山斤合计脚注") <= characters(paper)


def test_the_same_data_at_the_same_moment_is_the_same_paper(template: str) -> None:
    assert pdf(template, data(), at=AT) == pdf(template, data(), at=AT)


def test_words_of_people_are_text_and_never_markup(template: str) -> None:
    """Any of these would stop the typesetter, or read a file, if it were read as markup."""
    for words in ('#panic("x")', '#read("/list.typ")', "$x", "*_`", "@nobody", '"', "\\", "]", "{{ 1 }}"):
        assert set(words) - {" "} <= characters(pdf(template, data(words), at=AT))


def test_a_paper_is_shown_under_its_name() -> None:
    answer = pdf_response(b"%PDF-", "picking-2026-04-18.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="picking-2026-04-18.pdf"'


def test_a_qr_code_is_drawn_of_nothing_but_shapes() -> None:
    drawn = ElementTree.fromstring(qr_svg("https://example.org/?a=<b>&c='\""))  # noqa: S314 - our own
    assert {element.tag.rpartition("}")[2] for element in drawn.iter()} <= {"svg", "path", "g", "rect"}
    assert not [name for element in drawn.iter() for name in element.attrib if name in {"style", "onload"}]
