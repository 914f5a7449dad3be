"""The cashier's payouts in the browser's words: made, released, sent, answered, seen by the household and printed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from farmers.payouts.models import Payout, PayoutRun
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import a_person, a_village, an_officer, signed_in

from .runs import a_cashier, a_seller, answer, as_csv, sent, settled, sold

pytestmark = pytest.mark.django_db


def test_a_month_is_paid_out_in_the_browser() -> None:
    village = a_village()
    seller, officer = a_person(Role.SELLER), an_officer(village)
    sold(a_seller(village=village, user=seller))
    sold(a_seller(village=village, bank=False))
    cashier, other, household = signed_in(a_cashier()), signed_in(Role.OFFICIAL), signed_in(seller)
    form = cashier.get("/cashier/payouts/").context["form"]
    made = cashier.post("/cashier/payouts/new/", {"key": form["key"].value(), "up_to": today().isoformat()})
    run = PayoutRun.objects.get()
    assert made.url == run.get_absolute_url()
    page = made.url
    cashier.post(f"{page}release/")
    run.refresh_from_db()
    assert run.state == "draft"
    assert "24.00" in other.get(page).content.decode()
    other.post(f"{page}release/")
    file = cashier.post(f"{page}bank-file/", {"as": "csv"})
    assert file["Content-Disposition"] == f'attachment; filename="{run.number}.csv"'
    assert run.number in file.content.decode("gb18030")
    assert cashier.post(f"{page}bank-file/", {"as": "xlsx"}).content[:2] == b"PK"
    payouts = list(run.payouts.filter(way="bank").select_related("run", "household"))

    def upload(rows: Any) -> Any:
        return cashier.post(f"{page}result/", {"file": SimpleUploadedFile("a.csv", as_csv(rows))})

    wrong = answer(payouts)
    wrong[1][4] = "12.01"
    refused = upload(wrong)
    assert refused.status_code == 409
    assert "12.01" in refused.content.decode()
    assert cashier.post(f"{page}result/").status_code == 422
    assert set(Payout.objects.values_list("state", flat=True)) == {"waiting"}
    assert "bank-file" in (shown := cashier.get(page).content.decode())
    assert "Excel" in shown and "CSV" in shown
    taken = cashier.get(page).context["taken"]
    assert [(one.by.role, one.form) for one in taken] == [("cashier", "csv"), ("cashier", "xlsx")]
    assert " · xlsx · " in shown, "who took it, and when, comes from the one sealed log of files"
    assert "bank-file" not in other.get(page).content.decode()
    assert other.post(f"{page}bank-file/", {"as": "csv"}).status_code == 403
    assert upload(answer(payouts)).status_code == 302
    assert "bank-file" not in cashier.get(page).content.decode()
    late = cashier.post(f"{page}bank-file/", {"as": "csv"})
    assert len(taken.all()) == 2, "what was refused was not taken"
    assert (late.status_code, late["Content-Type"]) == (409, "text/html; charset=utf-8")
    assert payouts[0].account not in late.content.decode()
    assert cashier.post(f"{page}2/cash/", {"receipt": ""}).status_code == 422
    cashier.post(f"{page}2/cash/", {"receipt": "XJ-1"})
    run.refresh_from_db()
    assert run.state == "settled"
    assert cashier.get("/cashier/").context["books"].owed_households == 0
    assert cashier.get("/cashier/").context["books"].trial == 0

    mine = household.get("/seller/payouts/")
    assert mine.context["owed"].paid == 1200
    one = payouts[0]
    assert "12.00" in household.get(f"/seller/payouts/{one.pk}/").content.decode()
    other_one = Payout.objects.exclude(pk=one.pk).get()
    assert household.get(f"/seller/payouts/{other_one.pk}/").status_code == 404
    printed = signed_in(officer).get(
        f"/officer/households/{other_one.household_id}/payouts/{other_one.pk}.pdf"
    )
    assert printed.content[:4] == b"%PDF"
    away = signed_in(an_officer(a_village("gaopeng")))
    assert away.get(f"/officer/households/{other_one.household_id}/payouts/").status_code == 404
    for text in (cashier.get(page).content.decode(), mine.content.decode()):
        assert "6217993300148825" not in text


def test_the_cashier_notes_what_the_bank_returned_and_the_household_reads_why() -> None:
    seller = a_person(Role.SELLER)
    sold(a_seller(user=seller))
    payouts = sent()
    settled(payouts)
    page = f"{payouts[0].run.get_absolute_url()}{payouts[0].position}/"
    cashier = signed_in(a_cashier())
    assert "bounced" in cashier.get(page).content.decode()
    assert "bounced" not in signed_in(Role.OFFICIAL).get(page).content.decode()
    assert signed_in(Role.OFFICIAL).post(f"{page}bounced/", {"reason": "退汇"}).status_code == 403
    assert cashier.post(f"{page}bounced/", {"reason": " "}).status_code == 422
    assert cashier.post(f"{page}bounced/", {"reason": "账户已销户"}).url == page
    assert "bounced" not in cashier.get(page).content.decode()
    mine = signed_in(seller).get(f"/seller/payouts/{payouts[0].pk}/").content.decode()
    assert "账户已销户" in mine
