"""A copy of all that is kept on a household: whole for the city's office, in part for the household, for nobody else."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from cms.privacy.copy import export_household
from farmers.registry.models import Household, Reveal
from marketplace.access.models import Role
from tests.makers import a_household, a_lot, a_person, an_officer, an_order, signed_in

from .privacy import ADDRESS, BANK, IDENTITY, NAME, PHONE, SECRETS, Lived, a_household_that_lived_here

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived() -> Lived:
    return a_household_that_lived_here()


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def told(content: bytes) -> dict[str, Any]:
    return dict(json.loads(opened(content).read("household.json")))


def in_sheets(content: bytes) -> str:
    book = load_workbook(io.BytesIO(opened(content).read("household.xlsx")))
    return "\n".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )


def test_the_city_s_office_gives_out_all_of_it_once_that_is_written_down(lived: Lived) -> None:
    official = a_person(Role.OFFICIAL)
    name, content = export_household(lived.household.pk, official, "本人持身份证来")
    look = Reveal.objects.first()
    assert look is not None
    assert (look.by, look.why, look.fields, look.words) == (
        official,
        "request",
        "everything",
        "本人持身份证来",
    )
    kept = told(content)["kept"]
    one = kept["registry.Household"][0]
    assert [one[column] for column in ("head_name", "phone", "id_number", "bank_account")] == list(SECRETS)
    assert kept["registry.HouseholdMark"][0]["kind"] == "edge"
    assert kept["access.User"][0]["phone"] == PHONE
    assert kept["orders.Order"][0]["address"] == ADDRESS
    assert kept["payouts.Payout"][0]["account"] == BANK
    assert {row["order__number"] for row in kept["orders.OrderLine"]} == {
        lived.order.number,
        lived.bought.number,
    }
    assert kept["ledger.Entry"][0]["amount_fen"] == 1200
    assert any(NAME in row["words"] for row in kept["orders.Complaint"])
    sheets = in_sheets(content)
    assert all(secret in sheets for secret in SECRETS)
    assert "¥12.00" in sheets
    photo = kept["stock.LotPhoto"][0]["image"]
    assert opened(content).read(photo)[:2] == b"\xff\xd8"
    assert str(lived.household.pk) in name
    assert NAME not in name


def test_nothing_of_others_is_in_it(lived: Lived) -> None:
    other = a_household(
        lived.household.village, head_name="慕容雪见", phone="13700000007", id_number="130682198001010022"
    )
    an_order(lots=[a_lot(household=other, note="慕容雪见家的")], buyer=lived.order.buyer)
    buyer = lived.order.buyer
    text = json.dumps(told(export_household(lived.household.pk, a_person(Role.ADMIN))[1]), ensure_ascii=False)
    for secret in ("慕容雪见", "13700000007", buyer.username, "13800138000", "王小明"):
        # of the order that it placed itself, the delivery is its own
        assert secret not in text, secret


def test_the_household_takes_its_own_along_with_numbers_in_part(lived: Lived) -> None:
    client = signed_in(lived.account)
    answer = client.post("/seller/kept/copy/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    kept = told(answer.content)["kept"]
    assert kept["registry.Household"][0]["phone"] == "139****4682"
    assert kept["registry.Household"][0]["head_name"] == NAME
    text = opened(answer.content).read("household.json").decode() + in_sheets(answer.content)
    assert not any(number in text for number in (IDENTITY, BANK))
    assert Reveal.objects.first().by == lived.account  # type: ignore[union-attr]
    assert client.get("/seller/kept/copy/").status_code == 405


def test_its_page_says_what_is_kept_and_what_becomes_of_it(lived: Lived) -> None:
    page = signed_in(lived.account).get("/seller/kept/", headers={"accept-language": "en"}).content.decode()
    assert NAME in page
    assert "139****4682" in page
    assert not any(number in page for number in (IDENTITY, BANK))
    assert "Accounting Archives Rules" in page
    assert "E-Commerce Law" in page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICIAL, Role.ADMIN}))
def test_nobody_else_gets_a_copy(lived: Lived, role: Role) -> None:
    for by in (
        a_person(role),
        *(
            [an_officer(lived.household.village), an_officer(lived.household.village.town)]
            * (role == Role.OFFICER)
        ),
    ):
        before = Reveal.objects.count()
        with pytest.raises(PermissionDenied):
            export_household(lived.household.pk, by)
        assert Reveal.objects.count() == before
        client = signed_in(by)
        for method in (client.get, client.post):
            answer = method(f"/admin/household/give-out/{lived.household.pk}/", {"words": "x"})
            assert answer.status_code in (302, 403)
            assert b"PK" not in answer.content[:2]


def test_another_seller_gets_the_own_copy_alone(lived: Lived) -> None:
    other = a_person(Role.SELLER)
    mine = a_household(head_name="别人家", user=other)
    kept = told(signed_in(other).post("/seller/kept/copy/").content)
    assert kept["household"] == mine.pk
    assert NAME not in json.dumps(kept, ensure_ascii=False)
    # and an account without a household has nothing to take
    assert signed_in(Role.SELLER).post("/seller/kept/copy/").status_code == 404
    assert signed_in(Role.ADMIN).get("/seller/kept/").status_code == 404


def test_the_log_stands_though_the_copy_cannot_be_made(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise OSError

    monkeypatch.setattr("cms.privacy.copy.gather", breaks)
    with pytest.raises(OSError):
        export_household(lived.household.pk, a_person(Role.ADMIN))
    assert Reveal.objects.first().fields == "everything"  # type: ignore[union-attr]


def test_words_that_begin_like_a_formula_are_words(lived: Lived) -> None:
    Household.objects.filter(pk=lived.household.pk).update(head_name="=1+1")
    content = export_household(lived.household.pk, a_person(Role.ADMIN))[1]
    book = load_workbook(io.BytesIO(opened(content).read("household.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_the_command_writes_a_file_for_its_owner_alone(lived: Lived, tmp_path: Path) -> None:
    official = a_person(Role.OFFICIAL)
    call_command("export_household", lived.household.pk, by=official.username, to=str(tmp_path))
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert told(path.read_bytes())["numbers"] == "whole"
    for by in (an_officer(lived.household.village).username, "nobody"):
        with pytest.raises(CommandError):
            call_command("export_household", lived.household.pk, by=by, to=str(tmp_path))
    with pytest.raises(CommandError):
        call_command("export_household", 0, by=official.username, to=str(tmp_path))
