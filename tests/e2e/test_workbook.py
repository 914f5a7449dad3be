"""An officer's ledger from the desk and from the phone: sent, read before one's eyes, mended, loaded, taken home."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from farmers.registry.models import Town
from farmers.stock.models import Lot
from farmers.workbooks.models import WorkbookUpload
from tests.conftest import PHONE, VIEWPORT
from tests.makers import an_officer
from tests.stock.workbooks import a_table
from tests.workbooks.helps import BAD, FAR, GOOD, QUANTITY, kept_files

from .console import Console
from .words import zh

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
LAST = ["高蓬镇", "南李村", "王强", "13928816305", "大葱", "若干", "斤", 1.5]


@pytest.fixture
def officer(live_server: Any, settings: Any, tmp_path: Path) -> Any:
    settings.PRIVATE_ROOT = tmp_path
    return an_officer(Town.objects.get(name="高蓬镇"))


def send(page: Page, rows: list[list[object]]) -> None:
    page.goto("/officer/workbook/")
    page.locator("main [name=file]").set_input_files(
        {"name": "台账.xlsx", "mimeType": "application/zip", "buffer": a_table(rows)}
    )
    page.get_by_role("button", name=zh("Send and look at it")).click()


@pytest.mark.parametrize("viewport", [PHONE, VIEWPORT], ids=["phone", "desk"])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_ledger_is_sent_mended_and_loaded(
    viewport: dict[str, int], scripts: bool, officer: Any, somebody: Callable[..., Page]
) -> None:
    page = somebody(officer, viewport=viewport, java_script_enabled=scripts)
    send(page, [GOOD, BAD, LAST, FAR])
    # read and on to its rows by itself, with scripts or without
    page.wait_for_url(re.compile(r"/officer/workbook/[0-9a-f-]{36}/$"))
    expect(page.locator(".workbook-mend li.card")).to_have_count(3)
    wrong = page.locator(f"#cell-0-3-{QUANTITY}")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    wrong.fill("500")
    # by keyboard to the box that leaves another town's row out, and on
    page.locator("[name=out-0-5]").focus()
    page.keyboard.press("Space")
    wrong.press("Enter")
    expect(page.locator(".workbook-mend li.card")).to_have_count(1)
    expect(page.locator(".workbook-load button")).to_contain_text("2")
    assert page.locator("main").evaluate(FITS)
    page.locator(".workbook-load button").click()
    page.wait_for_url("**/loaded/")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert page.locator("main").evaluate(FITS)
    with page.expect_download() as download:
        page.get_by_role("link", name=zh("Take the refused rows home")).click()
    home = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert "若干" in {cell.value for row in home.worksheets[0].iter_rows() for cell in row}
    assert Lot.objects.count() == 2
    page.get_by_role("link", name=zh("Mend them now")).click()
    page.locator(f"#cell-0-4-{QUANTITY}").fill("300")
    page.get_by_role("button", name=zh("Save and read again")).click()
    page.locator(".workbook-load button").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert WorkbookUpload.objects.get().state == "loaded"
    assert kept_files() == []


def test_reading_is_seen_to_go_on(officer: Any, somebody: Callable[..., Page]) -> None:
    page = somebody(officer, java_script_enabled=False)
    shown: list[str] = []
    page.on("response", lambda answer: shown.append(answer.url) if "/reading/" in answer.url else None)
    send(page, [[*GOOD[:3], f"139{number:08d}", *GOOD[4:]] for number in range(2_000)])
    page.wait_for_url(re.compile(r"/officer/workbook/[0-9a-f-]{36}/$"))
    assert shown
    expect(page.locator(".figure strong").first).to_have_text("2000")


def test_two_windows_lose_nothing(officer: Any, somebody: Callable[..., Page], console: Console) -> None:
    console.expects(409)
    first = somebody(officer)
    send(first, [BAD])
    first.locator(f"#cell-0-2-{QUANTITY}").wait_for()
    second = somebody(officer)
    second.goto(first.url)
    for page, text in ((first, "500"), (second, "600")):
        page.locator(f"#cell-0-2-{QUANTITY}").fill(text)
        page.get_by_role("button", name=zh("Save and read again")).click()
    field = second.locator(f"#cell-0-2-{QUANTITY}")
    expect(field).to_have_value("600")
    expect(second.locator(f"#cell-0-2-{QUANTITY}-wrong")).to_contain_text("500")
    second.get_by_role("button", name=zh("Save and read again")).click()
    expect(second.locator(".workbook-load button")).to_be_visible()
