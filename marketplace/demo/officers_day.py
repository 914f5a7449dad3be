"""What an officer finds in the morning: goods listed for households, a complaint, a workbook half mended."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from farmers.registry.models import Household
from farmers.stock.models import Consent, Lot, LotCheck
from farmers.workbooks.mend import Mend, mend
from farmers.workbooks.models import WorkbookUpload
from farmers.workbooks.reading import read_now
from farmers.workbooks.receive import receive
from shop.orders.models import Complaint, State, TrackingEvent

from .follow import NAMESPACE
from .listing import photograph
from .people import City
from .supply import Batch, Shelves
from .write import Written

# of the town's lots on sale: those of households that asked their officer to list
FOR_THEM = 5
# of the seller's goods on sale, and of those listed for others, so many have a photo
SELLERS_PHOTOS, OTHER_PHOTOS = 4, 3
HEADINGS = ("乡镇", "村", "户主姓名", "联系电话", "农产品名称", "数量", "单位", "单价（元）")
WORKBOOK = "滞销农产品台账（示例）.xlsx"


def prepare_the_day(city: City, shelves: Shelves, written: Sequence[Written]) -> None:
    home = city.households[0]
    on_sale = [
        batch
        for batch in shelves.batches
        if batch.lot is not None and batch.state == Lot.State.LISTED and batch.keep and batch.sells(city.day)
    ]
    own = [batch for batch in on_sale if batch.new.household is home]
    for n, batch in enumerate(own[:SELLERS_PHOTOS]):
        _photograph(batch, n)
    town = [batch for batch in on_sale if batch.new.household.village.town_id == home.village.town_id]
    _list_for_them(city, [batch for batch in town if batch not in own][:FOR_THEM])
    _complain(city, written)
    _send_a_workbook(city)


def _photograph(batch: Batch, number: int) -> None:
    assert batch.lot  # noqa: S101
    photograph(batch.lot, number)


def _list_for_them(city: City, batches: Sequence[Batch]) -> None:
    officer, ways = city.users["officer"], list(Consent)
    for n, batch in enumerate(batches):
        lot = batch.lot
        assert lot  # noqa: S101
        Lot.objects.filter(pk=lot.pk).update(listed_by=officer, consent=ways[n % len(ways)])
        LotCheck.objects.create(
            lot=lot, by=officer, at=lot.listed_at, approved=True, stock_seen=True, grade_true=True
        )
        if n < OTHER_PHOTOS:
            _photograph(batch, n)


def _complain(city: City, written: Sequence[Written]) -> None:
    """Of the last that the account `citizen` took in; the city has not answered yet."""
    citizen, village = city.users["citizen"], city.households[0].village
    mine = [each for each in written if each.plan.buyer == citizen and each.plan.state == State.ACCEPTED]
    each = max(mine, key=lambda one: (one.plan.accepted_at or city.now, one.order.number))
    line = next(
        (one for one in each.lines if one.household.village.town_id == village.town_id), each.lines[0]
    )
    at = city.now - dt.timedelta(hours=1)
    Complaint.objects.create(
        line=line,
        key=uuid.uuid5(NAMESPACE, "complaint"),
        what=Complaint.What.SPOILED,
        words="袋子底下有几个烂了，大概两斤。",
        by=citizen,
        at=at,
    )
    TrackingEvent.objects.create(
        order=each.order,
        consignment=line.consignment,
        kind=TrackingEvent.Kind.COMPLAINED,
        by=citizen,
        at=at,
    )


def _send_a_workbook(city: City) -> None:
    """Read, one of its wrong rows mended, nothing loaded yet."""
    officer = city.users["officer"]
    book = SimpleUploadedFile(WORKBOOK, _workbook(city))
    upload = receive(officer, book)
    report = read_now(upload, officer)
    bad = report.refused[0]
    column = next(c for c, heading in bad.header.headings.items() if heading == "数量")
    mend(upload, officer, [Mend(bad.sheet, bad.row, {str(column): "500"})], upload.revision)
    read_now(upload, officer)
    WorkbookUpload.objects.filter(pk=upload.pk).update(created=city.now - dt.timedelta(minutes=50))


def _workbook(city: City) -> bytes:
    home = city.households[0]
    near = [one for one in city.households[1:] if one.village.town_id == home.village.town_id][6:14]
    far = next(one for one in city.households if one.village.town_id != home.village.town_id)
    goods: list[tuple[Household, str, object, str, object]] = [
        (near[0], "土豆", 800, "公斤", 2.4),
        (near[1], "红薯", "约500", "斤", 1.1),
        (near[2], "大葱", "６００", "市斤", 1.2),
        (near[3], "大白菜", "若干", "斤", 0.6),
        (near[4], "花生", "300kg", "", 9.5),
        (near[5], "小米", 240, "斤", None),
        (near[6], "白萝卜", 1.5, "吨", 700),
        (far, "大葱", 2, "吨", 900),
    ]
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101
    sheet.title = "十一月"
    sheet.append([f"{home.village.town.name}滞销农产品台账（示例）"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADINGS))
    sheet.append(HEADINGS)
    for one, product, quantity, unit, price in goods:
        place = one.village.town.name, one.village.name
        sheet.append([*place, one.head_name, one.phone, product, quantity, unit, price])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
