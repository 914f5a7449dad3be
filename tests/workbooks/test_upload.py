"""Sending a workbook: read as the truth says, with a sign of how far it is; what is no workbook leaves nothing."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import time
import zipfile
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from farmers.stock.models import Lot
from farmers.workbooks.models import KEPT_DAYS, WorkbookUpload
from farmers.workbooks.throw_away import forget
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import a_person, signed_in
from tests.stock.import_help import SAMPLE, SAMPLE_TRUTH
from tests.stock.test_import_hostile import HOSTILE, rebuilt
from tests.stock.workbooks import a_table

from .helps import BAD, GOOD, HOME, kept_files, read, rows, send, sent, town_officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path


def with_macros() -> bytes:
    return rebuilt({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub Auto_Open()"})


def many_parts_unpacked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(SAMPLE) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        for number in range(2_100):
            target.writestr(f"xl/media/{number}.txt", b"")
    return out.getvalue()


MORE_HOSTILE = HOSTILE | {
    "macros": with_macros,
    "thousands of parts": many_parts_unpacked,
    "a page of the web": lambda: b"<html><script>alert(1)</script></html>",
    "a zip in a zip": lambda: rebuilt(
        {"[Content_Types].xml": b"PK\x03\x04", "xl/workbook.xml": b"PK\x03\x04"}
    ),
}


@pytest.mark.parametrize("kind", MORE_HOSTILE)
def test_what_is_no_ledger_is_refused_at_its_field_and_nothing_is_kept(kind: str) -> None:
    response = send(signed_in(town_officer()), MORE_HOSTILE[kind]())
    assert response.status_code == 422
    (message,) = response.context["form"].errors["file"]
    assert 5 < len(message) < 300 and "Traceback" not in message
    page = response.content.decode()
    assert 'aria-invalid="true"' in page and "alert(1)" not in page
    assert not WorkbookUpload.objects.exists() and kept_files() == []


def test_no_file_at_all_is_asked_for() -> None:
    assert signed_in(town_officer()).post(HOME, {}).status_code == 422


def test_a_file_past_20_mb_is_refused_unread() -> None:
    response = send(signed_in(town_officer()), b"PK\x03\x04" + bytes(20_000_001))
    assert response.status_code == 422 and "20 MB" in response.content.decode()
    assert kept_files() == []


def test_the_sample_s_rows_have_the_fates_that_its_truth_tells() -> None:
    _client, upload = sent(a_person(Role.OFFICIAL), SAMPLE.read_bytes())
    truth = {row["row"]: row for row in json.loads(SAMPLE_TRUTH.read_text())}
    found = {row["row"]: row for row in rows(upload) if row["fate"] != "skipped"}
    assert found.keys() == truth.keys()
    for number, row in truth.items():
        mine = found[number]
        if row["verdict"] == "reject":
            assert mine["fate"] == "refused" and mine["problems"], row
        elif row["verdict"] == "ok":
            assert (mine["town"], mine["household"], mine["product"], mine["measure"]) == (
                row["town"],
                row["name"],
                row["product"],
                row["measure"],
            )
            facts = ("quantity", "price_fen", "unit_word")
            assert [mine[one] for one in facts] == [row["base_quantity"], row["price_fen"], row["unit"]]
    assert upload.numbers["add"] == 27 and not Lot.objects.exists()


def test_the_file_is_kept_where_nobody_can_read_it() -> None:
    _client, upload = sent(town_officer(), [GOOD])
    with upload.file.open() as file:
        data = file.read()
    assert not data.startswith(b"PK") and "台账" not in str(upload.file.name)
    assert "13928816302" not in str(WorkbookUpload.objects.values("numbers", "name", "file"))


def test_reading_tells_how_far_it_is() -> None:
    client = signed_in(town_officer())
    send(client, a_table([[*GOOD[:3], f"139{n:08d}", *GOOD[4:]] for n in range(450)]))
    upload = WorkbookUpload.objects.get()
    response: Any = client.get(f"{HOME}{upload.uuid}/", follow=True)
    pieces = [piece.decode() for piece in response.streaming_content]
    told = [
        match[1] for piece in pieces for match in re.finditer(r'<progress max="450" value="(\d+)"', piece)
    ]
    assert told == ["0", "100", "200", "300", "400", "450"]
    assert len(pieces) >= 8, "each step is sent when it is reached"
    assert f'content="0;url={HOME}{upload.uuid}/"' in pieces[-2]
    assert client.get(f"{HOME}{upload.uuid}/").context["numbers"]["add"] == 450
    assert client.get(f"{HOME}{upload.uuid}/reading/").status_code == 302, "it is read once"


def test_two_thousand_rows_are_previewed_in_under_five_seconds() -> None:
    data = a_table(
        [
            [*(BAD if n % 10 == 0 else GOOD)[:3], f"139{n:08d}", *(BAD if n % 10 == 0 else GOOD)[4:]]
            for n in range(2_000)
        ]
    )
    client = signed_in(town_officer())
    start = time.process_time()
    send(client, data)
    upload = read(client, WorkbookUpload.objects.get())
    page = client.get(f"{HOME}{upload.uuid}/")
    assert time.process_time() - start < 5
    assert (upload.numbers["add"], upload.numbers["refused"]) == (1_800, 200)
    assert len(page.context["cards"]) == 20


def test_the_same_workbook_sent_again_leads_to_the_one_that_waits() -> None:
    officer = town_officer()
    data = a_table([GOOD])
    client, upload = sent(officer, data)
    assert send(client, data).url == f"{HOME}{upload.uuid}/"
    assert WorkbookUpload.objects.count() == 1 and len(kept_files()) == 1
    sent(a_person(Role.OFFICIAL), data)
    assert WorkbookUpload.objects.count() == 2, "another person's is another's"


def test_a_hundred_workbooks_are_not_kept_waiting() -> None:
    client = signed_in(town_officer())
    for number in range(20):
        assert send(client, a_table([[*GOOD[:5], number + 1, *GOOD[6:]]])).status_code == 302
    assert send(client, a_table([[*GOOD[:5], 99, *GOOD[6:]]])).status_code == 422
    assert len(kept_files()) == 20


def test_the_numbers_on_top_are_the_rows_below() -> None:
    saplings = ["高蓬镇", "南李村", "王强", "13928816305", "国槐", 120, "棵", 25.5]
    client, upload = sent(town_officer(), [GOOD, GOOD, BAD, saplings, [None], ["合计"]])
    assert upload.numbers["add"] == 3 and upload.numbers["refused"] == 1
    assert upload.numbers["grams"] == 1_600_000 and upload.numbers["pieces"] == 120
    assert upload.numbers["fen"] == 2 * 800 * 240 + 120 * 2550
    for fate, number in {"add": 3, "refused": 1, "before": 0, "skipped": upload.numbers["skipped"]}.items():
        page = client.get(f"{HOME}{upload.uuid}/?show={fate}")
        assert page.status_code == 200 and len(page.context["page"]) == number


def test_reasons_stand_at_their_cell() -> None:
    client, upload = sent(town_officer(), [BAD])
    page = client.get(f"{HOME}{upload.uuid}/").content.decode()
    assert re.search(r'id="cell-0-2-6"[^>]*aria-invalid="true"[^>]*aria-describedby="cell-0-2-6-wrong"', page)
    assert page.count('aria-invalid="true"') == 1


def test_the_rows_are_told_in_the_reader_s_language() -> None:
    client, upload = sent(town_officer(), [BAD])
    assert "约" in rows(upload)[0]["problems"][0][2]
    english = client.get(f"{HOME}{upload.uuid}/", headers={"accept-language": "en"}).content.decode()
    assert "is not exact" in english


def test_after_its_days_a_workbook_is_gone_with_its_file(django_capture_on_commit_callbacks: Any) -> None:
    _client, old = sent(town_officer(), [GOOD, BAD])
    sent(town_officer(), [BAD])
    WorkbookUpload.objects.filter(pk=old.pk).update(created=timezone.now() - dt.timedelta(days=KEPT_DAYS + 2))
    with django_capture_on_commit_callbacks(execute=True):
        assert forget(today()) == 1
    call_command("forget_old")
    assert WorkbookUpload.objects.count() == 1 and len(kept_files()) == 1


def test_a_workbook_thrown_away_leaves_nothing(django_capture_on_commit_callbacks: Any) -> None:
    client, upload = sent(town_officer(), [BAD])
    assert client.get(f"{HOME}{upload.uuid}/throw-away/").status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{HOME}{upload.uuid}/throw-away/")
    assert kept_files() == [] and not WorkbookUpload.objects.exists()


@pytest.mark.parametrize("number", [20, 600])
def test_a_preview_asks_little_of_the_database_however_long_it_is(number: int, query_budget: Any) -> None:
    client, upload = sent(
        town_officer(), [[*BAD[:3], f"139{n:08d}", *BAD[4:]] for n in range(number)] + [GOOD]
    )
    for address in (f"{HOME}{upload.uuid}/", f"{HOME}{upload.uuid}/?show=add"):
        with query_budget(6):
            assert client.get(address).status_code == 200
    with query_budget(8):
        assert client.get(HOME).status_code == 200
