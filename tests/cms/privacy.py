"""A household that has been everywhere on the site, and a look into every table for what is left of it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone

from cms.letters import Letter
from farmers.payouts.make import make_run
from farmers.registry.models import Household, HouseholdMark
from farmers.registry.reveal import reveal
from farmers.selling.models import LotDraft
from farmers.stock.check import approve_lot, resubmit, send_back
from farmers.stock.models import Lot
from farmers.stock.photos import add_photo
from farmers.stock.withdraw import correct, withdraw
from marketplace.access.cards import issue_card
from marketplace.access.models import Role, SignInCode, User
from marketplace.access.phones import set_phone
from marketplace.days import today
from marketplace.notices.models import Delivery, Notice
from marketplace.personal import digest
from shop.buyers.models import Address
from shop.orders.accept import accept
from shop.orders.complain import answer, close, complain
from shop.orders.models import Complaint, Order, PayBy, TrackingEvent
from shop.orders.reviews import write_review
from shop.orders.transitions import track
from shop.payments.receive import collect_cash
from tests.makers import a_household, a_lot, a_person, an_officer, an_order, sent_off
from tests.payouts.runs import a_cashier, sent, settled
from tests.shared.pictures import a_photo, in_bytes

NAME, PHONE, IDENTITY, BANK = "欧阳翠羽", "13957134682", "990682197503074413", "6217993300148825570"
SECRETS = (NAME, PHONE, IDENTITY, BANK)
ADDRESS = "高蓬镇西街七十七号"


@dataclass
class Lived:
    household: Household
    account: User
    lot: Lot
    order: Order
    bought: Order


def paid_out(household: Household) -> None:
    """All of its sales, by bank."""
    settled(sent(make_run(today(), a_cashier(), uuid.uuid4(), [household.pk])))


def a_household_that_lived_here() -> Lived:
    """Everything of it is over, and its name or numbers stand wherever people may have written them."""
    account = a_person(Role.SELLER)
    account.last_name = NAME
    account.email = "cuiyu@example.test"
    account.save()
    set_phone(account, PHONE)
    household = a_household(
        head_name=NAME, phone=PHONE, id_number=IDENTITY, bank_account=BANK, user=account, members=3,
        consent_on=today(),
    )  # fmt: skip
    officer = an_officer(household.village)
    HouseholdMark.objects.create(household=household, kind="edge", since=today())
    issue_card(account, officer)
    SignInCode.objects.create(phone_digest=digest(PHONE), code_digest="x")
    reveal(household.pk, ["phone"], officer, "goods", f"给{NAME}打{PHONE}")

    lot = a_lot(household=household, note=f"找{NAME}，电话{PHONE}", state=Lot.State.WAITING)
    add_photo(lot, SimpleUploadedFile("a.jpg", in_bytes(a_photo())))
    send_back(lot.pk, officer, f"照片不是{NAME}家的")
    resubmit(lot.pk, account)
    approve_lot(lot.pk, officer, stock_seen=True, photo_true=True, grade_true=True)
    correct(lot.pk, lot.listed - 500, officer, f"{NAME}说少了一斤")

    buyer = a_person()
    order = sent_off(an_order(PayBy.ON_DELIVERY, buyer=buyer, lots=[lot]), delivered=True)
    track(order, TrackingEvent.Kind.ARRIVED, officer, note=f"{NAME}送到路口")
    line = order.lines.get()
    accept(order.pk, {line.pk: line.quantity}, buyer, f"{NAME}家的货")
    order.refresh_from_db()
    collect_cash(order, order.due_fen, "R-1", officer)
    told = complain(
        line, Complaint.What.OTHER, f"{NAME}少给一个", [ContentFile(in_bytes(a_photo()), "b.jpg")],
        key=uuid.uuid4(), by=buyer,
    )  # fmt: skip
    told = answer(told, f"问过{NAME}，不少", a_person(Role.OFFICIAL))
    close(told, buyer)
    line.refresh_from_db()
    write_review(line.pk, 5, f"{NAME}的土豆好，打{PHONE}", buyer)

    bought = an_order(PayBy.ON_DELIVERY, buyer=account)
    Order.objects.filter(pk=bought.pk).update(recipient=NAME, phone=PHONE, address=ADDRESS, note=PHONE)
    accept(
        sent_off(bought, delivered=True).pk,
        {line.pk: line.quantity for line in bought.lines.all()},
        account,
    )
    bought.refresh_from_db()
    collect_cash(bought, bought.due_fen, "R-2", officer)

    LotDraft.objects.create(key=uuid.uuid4(), household=household, by=account, cells={"note": NAME})
    notice = Notice.objects.create(
        user=account, key="n", kind="sent_back", facts={"why": NAME}, link="/seller/"
    )
    Delivery.objects.create(notice=notice, channel="sms")
    Address.objects.create(user=account, recipient=NAME, phone=PHONE, address=ADDRESS)
    Letter.objects.create(subject="goods", name=NAME, phone=PHONE, text=f"我是{NAME}")
    withdraw([lot.pk], officer, f"{NAME}不卖了")
    paid_out(household)
    return Lived(Household.objects.get(pk=household.pk), account, lot, order, bought)


def three_years_on() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=1)


def tables_that_say(secrets: tuple[str, ...]) -> set[str]:
    """Each `app.Model.column` that holds one of these, encrypted or not."""
    found = set()
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        columns = [
            field.name
            for field in model._meta.local_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField, models.FileField))
        ]
        if not columns:
            continue
        for row in model._base_manager.values(*columns):
            for column, value in row.items():
                words = (
                    value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
                )
                if any(secret in words for secret in secrets):
                    found.add(f"{model._meta.label}.{column}")
    return found
