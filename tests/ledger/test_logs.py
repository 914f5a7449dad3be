"""Who looked at personal data and who took files along: written down wherever it happens, sealed, and checked."""

from __future__ import annotations

import json
from contextlib import suppress
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from farmers.ledger.log_chain import LogBlock, LogSeal
from farmers.ledger.log_seal import seal_logs
from farmers.registry.models import Reveal
from marketplace.access import guards, taken
from marketplace.access.models import Role, Taken, User
from marketplace.sheets import XLSX

from . import books
from .books import forged

pytestmark = pytest.mark.django_db


@pytest.fixture
def official() -> User:
    return User.objects.create(username="official", role=Role.OFFICIAL)


@pytest.fixture
def sealed(official: User) -> list[LogBlock]:
    """Two looks in a first block, a third and a file in a second."""
    household = books.a_household()
    for _ in range(2):
        Reveal.objects.create(household=household, fields="phone", by=official, why="care")
    first = seal_logs()
    Reveal.objects.create(household=household, fields="phone", by=official, why="care", words="走访")
    Taken.objects.create(by=official, role="official", what="payouts:bank_file", kind="text/csv")
    return [*first, *seal_logs()]


def bad() -> dict[str, Any] | None:
    said = StringIO()
    with suppress(SystemExit):
        call_command("verify_ledger", "--json", stdout=said)
    found: dict[str, Any] | None = json.loads(said.getvalue())["first_bad"]
    return found


def test_looks_and_files_are_sealed_once_in_a_chain(sealed: list[LogBlock]) -> None:
    assert [block.count for block in sealed] == [2, 2]
    assert sealed[1].prev_hash == sealed[0].hash
    assert set(LogSeal.objects.values_list("log", flat=True)) == {"look", "file"}
    assert seal_logs() == []
    assert bad() is None


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (
            "UPDATE registry_reveal SET words = 'x' WHERE id = (SELECT max(id) FROM registry_reveal)",
            "look",
            "changed",
        ),
        ("UPDATE registry_reveal SET why = 'goods'", "look", "changed"),
        ("DELETE FROM registry_reveal WHERE id = (SELECT min(id) FROM registry_reveal)", "look", "gone"),
        ("UPDATE access_taken SET about = 'x'", "file", "changed"),
        ("DELETE FROM access_taken", "file", "gone"),
        ("DELETE FROM ledger_logseal WHERE position = 1 AND block_id = 1", "", "1 of its 2 lines"),
        ("DELETE FROM ledger_logseal WHERE block_id = 2", "", "0 of its 2 lines"),
        ("UPDATE ledger_logblock SET count = 3 WHERE number = 1", "", "match its hash"),
        ("UPDATE ledger_logblock SET number = 9 WHERE number = 2", "", "block 2 of the logs is missing"),
        (
            "UPDATE ledger_logseal SET leaf = substr(leaf, 2) || '0' WHERE block_id = 1 AND position = 0",
            "look",
            "changed",
        ),
    ],
)
def test_a_log_that_was_altered_is_named(sealed: list[LogBlock], change: str, key: str, said: str) -> None:
    from farmers.registry import guards as looks

    removals = [*looks.removals(looks.LOOKS, connection.vendor), *guards.removals(connection.vendor)]
    if books.on_postgresql():
        # the function serves the erasures too
        removals = [sql for sql in removals if "FUNCTION" not in sql]
    with forged(*removals, change):
        found = bad()
    assert found is not None
    assert said in found["reason"]
    assert found["key"].partition(":")[0] == key


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_taken SET about = 'x'",
        "DELETE FROM access_taken",
        "INSERT INTO access_taken SELECT * FROM access_taken WHERE true ON CONFLICT (id) DO UPDATE SET about = 'x'",
    ],
)
def test_the_log_of_files_is_never_changed_or_deleted(sealed: list[LogBlock], sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match=guards.REFUSAL),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def given(response: Any, who: User, address: str = "/x/?town=3&q=%E5%BC%A0&name=%E6%9D%8E") -> None:
    request = RequestFactory().get(address)
    request.user = who
    assert taken.note_files(lambda _request: response)(request) is response


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(b"", headers={"Content-Disposition": 'attachment; filename="x.txt"'}),
        HttpResponse(b"", content_type="text/csv; charset=gb18030"),
        StreamingHttpResponse([b""], content_type=XLSX),
        FileResponse(BytesIO(), as_attachment=True, filename="x.bin"),
        HttpResponse(b"", content_type="application/pdf", headers={"Content-Disposition": "inline"}),
    ],
)
def test_any_file_given_to_who_works_here_is_written_down_without_what_was_typed(
    official: User, response: Any
) -> None:
    given(response, official)
    one = Taken.objects.get()
    assert (one.by, one.about) == (official, "town=3; q=…; name=…")


def test_who_took_one_paper_is_told_from_the_log_whatever_was_filtered(official: User) -> None:
    for about in ("number=FK-1", "number=FK-12", "number=FK-1; state=paid"):
        Taken.objects.create(by=official, role="official", what="payouts:bank_file", about=about, kind=XLSX)
    Taken.objects.create(by=official, role="official", what="other", about="number=FK-1", kind=XLSX)
    told = taken.taken("payouts:bank_file", number="FK-1")
    assert [(one.about, one.form) for one in told] == [
        ("number=FK-1", "xlsx"),
        ("number=FK-1; state=paid", "xlsx"),
    ]


def test_a_page_with_a_buyers_address_is_written_down(official: User) -> None:
    page = HttpResponse("page")
    taken.shows_a_person(page)
    given(page, official)
    assert Taken.objects.get().kind == "text/html"


def test_pages_pictures_refusals_and_other_peoples_own_papers_are_not(official: User) -> None:
    given(HttpResponse("page"), official)
    given(HttpResponse(b"", content_type="image/jpeg"), official)
    given(HttpResponse(b"", content_type="text/csv", status=403), official)
    given(
        HttpResponse(b"", content_type="text/csv"), User.objects.create(username="seller", role=Role.SELLER)
    )
    assert not Taken.objects.exists()


def test_what_cannot_be_written_down_is_not_given_out(
    official: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(Taken.objects, "create", fail)
    response = HttpResponse(b"", content_type="text/csv")
    with pytest.raises(DatabaseError):
        given(response, official)
    assert response.closed


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_of_the_admin_taken_along_is_written_down(official: User, form: str) -> None:
    client = Client()
    admin = User.objects.create(username="admin", role=Role.ADMIN, is_superuser=True, is_staff=True)
    client.force_login(admin)
    answer = client.get(f"/admin/reports/site-history/?export={form}")
    assert answer.status_code == 200
    one = Taken.objects.get()
    assert (one.by, one.what, one.about) == (admin, "wagtailadmin_reports:site_history", f"export={form}")
