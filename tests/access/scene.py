"""One household of one town and all that hangs on it, with somebody of every role, and four who have no business there."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from farmers.ledger.models import Entry
from farmers.ledger.publish_briefing import publish
from farmers.monitoring.problems import NewItem
from farmers.payouts.make import make_run
from farmers.registry.models import Household, Officer
from farmers.selling.models import LotDraft
from farmers.stock.models import Lot
from farmers.workbooks.models import WorkbookUpload
from farmers.workbooks.reading import read_now
from farmers.workbooks.receive import receive
from marketplace.access.models import Role, User
from marketplace.days import today
from marketplace.notices.models import Notice
from shop.bank.receive import receive as receive_bank_file
from shop.buyers import budgets
from shop.buyers.models import Address, BackAlert, BuyerOrganisation, Duty
from shop.green import days, papers
from shop.green.papers import NewPaper
from shop.orders.complain import complain
from shop.orders.models import Complaint, PayBy, Weighing, WeighingPhoto
from shop.payments.models import Payment, Transfer
from shop.payments.statements import issue
from tests.bank.files import Came, a_line, as_csv, rows
from tests.bulk.needs import a_request
from tests.green.talks import an_agreed_order, said, seen_talk
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    an_organisation,
    saplings,
    sent_off,
)
from tests.monitoring.watched import a_problem, a_warning, an_income
from tests.payments.account import JUNE, at
from tests.stock.workbooks import a_table
from tests.workbooks.helps import BAD, GOOD

NAME, PHONE, IDENTITY, BANK = "欧阳翠羽", "13957134682", "990682197503074413", "6217993300148825570"
SECRETS = (NAME, PHONE, IDENTITY, BANK)
STRANGER = "stranger"
OUTSIDERS = (
    "officer of another town",
    "seller of another household",
    "buyer of another unit",
    "officer of another village",
)


@dataclass
class Scene:
    people: dict[str, User | None]
    # what stands for an argument of an address: by the view's name where it matters, else by the argument's
    arguments: dict[str, Any]
    household: Household
    lot: Lot


def a_picture() -> ContentFile[bytes]:
    picture = io.BytesIO()
    Image.new("RGB", (32, 32), "olive").save(picture, "JPEG")
    return ContentFile(picture.getvalue(), "a.jpg")


def a_scene() -> Scene:
    people: dict[str, User | None] = {role.value: a_person(role) for role in Role}
    buyer, approver = people[Role.CANTEEN], people[Role.APPROVER]
    seller, cashier, officer = people[Role.SELLER], people[Role.CASHIER], people[Role.OFFICER]
    assert buyer and approver and seller and cashier and officer
    unit = an_organisation(duties={buyer: list(Duty.Kind), approver: [Duty.Kind.APPROVER]})
    grower = people[Role.NURSERY]
    assert grower
    an_organisation(duties={grower: [Duty.Kind.RECEIVER]}, kind=BuyerOrganisation.Kind.NURSERY)

    village = a_village("gaopeng")
    Officer.objects.create(name="周全", town=village.town, user=officer)
    household = a_household(
        village, head_name=NAME, phone=PHONE, id_number=IDENTITY, bank_account=BANK, user=seller
    )
    lot = a_lot(household=household, listed_at=datetime.now(UTC))
    a_lot(household=household, state=Lot.State.WAITING, grade="一级")

    with at(6, 10):
        accepted(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=[lot], organisation=unit))
    statement = issue(unit.pk, JUNE, cashier)[0]
    order = sent_off(an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=[lot], organisation=unit), delivered=True)
    an_order(PayBy.ON_ACCOUNT, buyer=buyer, lots=[lot], organisation=unit)  # on the picking list
    line, consignment = order.lines.get(), order.consignments.get()
    complaint = complain(line, Complaint.What.SPOILED, "烂了", [a_picture()], key=uuid.uuid4(), by=buyer)
    request = a_request(buyer)
    upload = WorkbookUpload(by=officer, name="六月.xlsx", fingerprint="1", state=WorkbookUpload.State.LOADED)
    upload.save()
    upload.lots.add(lot)
    to_mend = receive(officer, SimpleUploadedFile("七月.xlsx", a_table([GOOD, BAD])))
    read_now(to_mend, officer)
    transfer = Transfer.objects.create(
        organisation=unit,
        key=uuid.uuid4(),
        reference="T1",
        amount_fen=500,
        left_fen=500,
        came_on=JUNE,
        by=cashier,
    )
    with at(7, 5):
        bank_line = a_line(Came(500, payer=NAME), by=cashier)
        bank_file = receive_bank_file("next.csv", as_csv(rows([Came(700, serial="N")])), cashier)
    address = Address.objects.create(user=buyer, recipient="王小明", phone="13800138000", address="大街 1 号")
    notice = Notice.objects.create(user=buyer, key="1", kind="order", link="/orders/")
    filing = budgets.file(unit.pk, budgets.years_to_file()[0], 1_000_000, 90, buyer)
    payment = Payment.objects.create(order=order, provider="stripe", reference="cs_1", amount_fen=100)
    scales = Weighing.objects.create(line=line, handed_over=line.quantity)
    scale_photo = WeighingPhoto.objects.create(weighing=scales, image=a_picture())
    alert = BackAlert.objects.create(user=buyer, product=lot.product)

    trees = saplings(household=household)
    talk = seen_talk(trees, grower, seller)
    green_order = an_agreed_order(seen_talk(saplings(household=household), grower, seller), grower, seller)
    wish = days.wish(green_order.pk, today() + timedelta(days=9), grower, said())
    new = NewPaper("quarantine", "冀 1", "定州市林业局", today(), a_picture())
    paper = papers.enter(new, officer, lot=trees)

    warning, income = a_warning(household), an_income(household, officer)
    problem = a_problem(people[Role.OFFICIAL], [NewItem("mending", "修棚", officer)])

    typed = {"product": "tudou", "amount": "80", "price": "1.2"}
    to_look_at, with_photo = (
        LotDraft.objects.create(
            key=uuid.uuid4(), household=household, by=seller, cells=typed, photo=a_picture()
        )
        for _ in range(2)
    )

    elsewhere = an_organisation()
    outside_seller, outside_buyer = a_person(Role.SELLER), a_person(Role.CANTEEN)
    elsewhere.members.create(user=outside_buyer)
    # of the same village: a neighbour knows the least excuse to look
    a_household(village, user=outside_seller)
    far = a_village("dongting")
    a_lot(household=a_household(far))
    people |= {
        STRANGER: None,
        OUTSIDERS[0]: an_officer(far.town),
        OUTSIDERS[1]: outside_seller,
        OUTSIDERS[2]: outside_buyer,
        OUTSIDERS[3]: an_officer(a_village("gaopeng")),
    }
    briefing = publish(JUNE, JUNE, None, by="official", once=uuid.uuid4())
    arguments = {
        "ledger:digest_of day": "2026-11-30",
        "number": order.number,
        "ledger:briefing number": briefing.pk,
        "household_id": household.pk,
        "lot_id": lot.pk,
        "line_id": line.pk,
        "consignment_id": consignment.pk,
        "complaint_id": complaint.pk,
        "photo_id": complaint.photos.get().pk,
        "uuid": upload.uuid,
        "transfer_id": transfer.pk,
        "payment_id": payment.pk,
        "officer_id": officer.pk,
        "slug": lot.slug,
        "year": JUNE.year,
        "month": JUNE.month,
        "token": "no-such-token",
        "section": "pages",
        **{f"bank:{view} uuid": bank_file.uuid for view in ("file", "take", "throw-away")},
        **{f"bank:{view} line_id": bank_line.pk for view in ("line", "match", "aside", "own", "back")},
        **{f"bank:{view} name": f"{JUNE:%Y-%m}" for view in ("month", "close")},
        "pk": unit.pk,
        "notices:open pk": notice.pk,
        "account:stop-waiting pk": alert.pk,
        "account:address pk": address.pk,
        "account:address-usual pk": address.pk,
        "account:address-delete pk": address.pk,
        "canteen-budget-check pk": filing.pk,
        "canteen-budget-send-back pk": filing.pk,
        "account:favourite slug": lot.product.slug,
        "account:wait slug": lot.product.slug,
        "warning_id": warning.pk,
        "monitoring:step step": "checked",
        "income_id": income.pk,
        "problem_id": problem.pk,
        "item_id": problem.items.get().pk,
        "green:one slug": lot.product.slug,
        "green:begin slug": lot.product.slug,
        "green:talk number": talk.number,
        "green:take number": talk.number,
        "green:take step": "offer",
        "green:day number": green_order.number,
        "green:day_answer number": green_order.number,
        "green:sample number": green_order.number,
        "green:sample line_id": green_order.lines.get().pk,
        "green:paper_of_lot lot_id": trees.pk,
        "green:paper_of_consignment consignment_id": green_order.consignments.get().pk,
        "change_id": wish.pk,
        "paper_id": paper.pk,
        "selling:look key": to_look_at.key,
        "selling:draft_photo key": with_photo.key,
        "selling:entry entry_id": Entry.objects.filter(household=household)[0].pk,
        "statement_answer line_id": statement.lines.first().pk,
        "orders:scale_photo photo_id": scale_photo.pk,
    }
    # all but what came of it, which is the other's
    arguments |= {
        f"workbooks:{name} uuid": to_mend.uuid
        for name in ["preview", "reading", "mend", "put-back", "refused", "load", "throw-away"]
    }
    arguments |= {
        f"{name} number": statement.number
        for name in [
            "statement",
            "statement_tick",
            "statement_close",
            "statement_answer",
            "statement_pay",
            "statement_online",
            "statement_xlsx",
            "statement_pdf",
        ]
    }
    arguments |= {
        f"bulk:{name} number": request.number
        for name in ["request", "proposal", "approve", "send_back", "withdraw", "reopen", "copy", "remove"]
    }
    run = make_run(today(), cashier, uuid.uuid4())
    arguments |= {
        f"payouts:{name} number": run.number
        for name in [
            "run",
            "release",
            "throw_away",
            "bank_file",
            "result",
            "again",
            "payout",
            "cash",
            "bounced",
            "not_collected",
        ]
    }
    arguments |= {"position": 1, "payout_id": run.payouts.get(household=household).pk}
    return Scene(people, arguments, household, lot)
