"""Questions to the ledger in the admin: every figure is right, opens down to its photo, and stays with who may see it."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from decimal import Decimal
from html import unescape
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.text import capfirst
from openpyxl import load_workbook
from PIL import Image

from cms.models import SavedQuestion
from farmers.ledger.kinds import BuyerKind, Channel
from farmers.ledger.models import Entry
from farmers.ledger.seal import seal_all
from farmers.registry.models import Household, HouseholdMark, MarkKind, Town, Village
from farmers.stock.models import Category, Product
from marketplace.access.models import Role, User
from marketplace.access.taken import Taken
from marketplace.days import today
from marketplace.money import yuan
from shop.buyers.models import BuyerOrganisation
from shop.buyers.progress import city_year
from shop.orders.accept import give_back
from shop.orders.models import PayBy
from shop.orders.weigh import Reading, weigh
from tests.demo_city import City
from tests.ledger.recompute import FIGURES, Fact, exported, keys, marks, recomputed
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db
ASK, ENTRIES, REACHED = "/admin/questions/", "/admin/questions/entries/", "/admin/questions/households/"
ENGLISH = {"accept-language": "en"}


def page(client: Client, path: str, status: int = 200, **asked: Any) -> str:
    answer = client.get(f"{path}?{urlencode(asked)}" if asked else path, headers=ENGLISH)
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


def table(html: str) -> dict[str, list[tuple[str, str]]]:
    """Each row's figures with their addresses, as they stand on the page."""
    rows = {}
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.S):
        head = re.search(r'<th scope="row">(.*?)</th>', row, re.S)
        if head:
            cells = re.findall(r'<td class="number">(?:<a href="([^"]*)">)?([^<]*)', row)
            rows[unescape(head[1])] = [(unescape(url), text) for url, text in cells]
    return rows


def as_read(html: str) -> tuple[list[str], dict[str, list[Decimal | None]]]:
    """The heads of the figures, and each row's figures as numbers."""
    heads = [unescape(head) for head in re.findall(r'<th scope="col" class="number">(.*?)</th>', html)]
    rows = {
        name: [Decimal(text.replace(",", "").rstrip("%")) if text != "–" else None for _url, text in cells]
        for name, cells in table(html).items()
    }
    return heads, rows


def _jpeg() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(target, "JPEG")
    return target.getvalue()


def said(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


# --- judged by an independent script --------------------------------------------------------------


class Judge:
    """Turns keys of the exported order lines into the names on the page, and random facts into questions."""

    def __init__(self) -> None:
        self.facts, self.borne = exported(), marks()
        self.names: dict[str, dict[Any, str]] = {
            "town": dict(Town.objects.values_list("pk", "name_en")),
            "village": {
                v.pk: f"{v.town.name_en} {v.name_en or v.name}"
                for v in Village.objects.select_related("town")
            },
            "product": dict(Product.objects.values_list("slug", "name_en")),
            "category": dict(Category.objects.values_list("slug", "name_en")),
            "buyer": {
                f"unit:{unit.pk}": unit.name_en or unit.name for unit in BuyerOrganisation.objects.all()
            },
        }
        self.names["buyer"]["people"] = "residents"
        with translation.override("en"):
            fixed = {"channel": Channel, "buyer_kind": BuyerKind, "mark": MarkKind}
            for name, choices in fixed.items():
                self.names[name] = {word: str(label) for word, label in choices.choices}
        self.names["mark"]["none"] = "without a mark"
        self.words = {
            "town": dict(Town.objects.values_list("pk", "slug")),
        }

    def question(self, rng: Random) -> dict[str, Any]:
        rows, cols = rng.sample([*self.names, "month"], 2)
        first = dt.date(
            rng.choice([2025, 2026]), rng.randrange(1, 11), rng.choice([1, 1, rng.randrange(2, 28)])
        )
        fact: Fact = rng.choice(self.facts)
        filters = {
            name: rng.choice(sorted(keys(fact, name, self.borne)))
            for name in rng.sample(
                ["town", "channel", "buyer_kind", "buyer", "mark", "category"], rng.randrange(3)
            )
        }
        return {
            "rows": rows,
            "cols": rng.choice(["", cols]),
            "days": (first, first + dt.timedelta(rng.choice([27, 89, 364]) + rng.randrange(40))),
            "filters": filters,
            "figure": rng.choice([*FIGURES]),
        }

    def label(self, dimension: str, key: Any) -> str:
        if dimension == "month":
            return dt.date(*key, 1).strftime("%B %Y")
        return self.names[dimension][key] if dimension else ""


IN_UNITS = {
    "grams": Decimal(500),
    **dict.fromkeys(("amount", "goods_amount", "sapling_amount"), Decimal(100)),
}
LABELS = {
    "amount": "amount in yuan",
    "goods_amount": "amount without saplings, in yuan",
    "sapling_amount": "amount of saplings, in yuan",
    "grams": "produce in jin",
    "saplings": "saplings in plants",
    "pieces": "other goods in pieces",
    "households": "number of households that sold",
    "buyers": "number of buyers",
    "entries": "number of entries",
}


def test_twenty_random_questions_are_answered_as_the_order_lines_say(city: City) -> None:
    """Cells, rows and total of this period and of last year's, against sums that know nothing of the ledger."""
    judge, rng, client = Judge(), Random("twenty questions"), Client()
    client.force_login(User.objects.get(username="official"))
    told = 0
    for _ in range(20):
        asked = judge.question(rng)
        first, last = asked["days"]
        filters = {
            name: judge.words[name][value] if name in judge.words else value
            for name, value in asked["filters"].items()
        }
        query = urlencode(
            {
                "rows": asked["rows"],
                "cols": asked["cols"],
                "measure": asked["figure"],
                "from": first,
                "to": last,
            }
            | filters
        )
        heads, lines = as_read(page(client, f"{ASK}?{query}"))
        known = {"rows": asked["rows"], "cols": asked["cols"] or None, "filters": asked["filters"]}
        figure = asked["figure"]
        cells, rows, total = recomputed(judge.facts, judge.borne, days=(first, last), figure=figure, **known)
        size = IN_UNITS.get(figure, Decimal(1))

        def number(name: str, at: int, size: Decimal = size, lines: Any = lines) -> int:
            return int((lines[name][at] or 0) * size) if name in lines else 0

        if asked["cols"]:
            found = {
                (name, head.casefold()): n
                for name in lines
                for at, head in enumerate(heads[:-3])
                if name != "Total" and (n := number(name, at))
            }
            assert found == {
                (capfirst(judge.label(asked["rows"], row)), judge.label(asked["cols"], col).casefold()): n
                for (row, col), n in cells.items()
            }, query
            at = len(heads) - 3
        else:
            at = heads.index(capfirst(LABELS[figure])) if lines else 0
        sums = {name: n for name in lines if name != "Total" and (n := number(name, at))}
        assert sums == {capfirst(judge.label(asked["rows"], row)): n for row, n in rows.items()}, query
        assert number("Total", at) == total, query
        before = recomputed(judge.facts, judge.borne, days=_year_before(first, last), figure=figure, **known)
        assert number("Total", -2) == (before[2] if lines else 0), query
        told += total != 0
    assert told >= 12, "questions that find nothing judge nothing"


def _year_before(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """By hand: the same days a year earlier, and the end of a month stays one."""
    following = last + dt.timedelta(1)
    if following.day == 1:
        return first.replace(year=first.year - 1), following.replace(year=following.year - 1) - dt.timedelta(
            1
        )
    return first.replace(year=first.year - 1), last.replace(year=last.year - 1)


def test_a_figure_opens_the_entries_that_add_up_to_it(used_city: City) -> None:
    client = Client()
    client.force_login(User.objects.get(username="official"))
    for asked in (
        {"rows": "town", "measure": "goods_amount", "from": "2026-02-10", "to": "2026-08-20"},
        {"rows": "month", "cols": "channel", "from": "2026-01-01", "to": "2026-06-30"},
        {"rows": "mark", "cols": "category", "measure": "amount", "from": "2026-03-01", "to": "2026-05-31"},
        {"rows": "buyer", "from": "2026-03-01", "to": "2026-05-31"},
    ):
        rows = table(page(client, ASK, **asked))
        assert len(rows) > 3
        for name in [next(iter(rows)), "Total"]:
            for url, text in rows[name][:4]:
                if url and "." in text:
                    opened = page(client, url)
                    summed = re.findall(r"<dd>([^<]*)</dd>", opened)
                    assert text == summed[1], (asked, name, url)


# --- what is asked wrongly, and how often the database is --------------------------------------


def test_a_wrong_question_is_told_at_its_field() -> None:
    client = signed_in(Role.OFFICIAL)
    for wrong, words in (
        ({"rows": "colour"}, "Select a valid choice"),
        ({"town": "atlantis"}, "Select a valid choice"),
        ({"from": "yesterday"}, "Enter a valid date"),
        ({"from": "2026-05-01", "to": "2026-04-01"}, "before the first"),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "between 2000 and 2100"),
        ({"rows": "town", "cols": "town"}, "Rows and columns are the same"),
        ({"rows": "town", "measure": "price"}, "told for one product"),
    ):
        assert words in page(client, ASK, 422, **wrong)
    page(client, f"{ASK}?rows=colour&export=xlsx", 422)
    page(client, ENTRIES, 422, town="atlantis")
    page(client, REACHED, 422, rows="channel")
    page(client, "/admin/questions/shares/", 422, year="x")


@pytest.mark.parametrize("asked", [{}, {"rows": "mark", "cols": "month", "measure": "households"}])
def test_a_question_asks_the_database_no_more_for_a_longer_ledger(asked: dict[str, str]) -> None:
    client = signed_in(Role.OFFICIAL)
    page(client, ASK)
    asks = []
    for more in (1, 6):
        for _ in range(more):
            accepted(an_order(PayBy.ON_DELIVERY))
        with CaptureQueriesContext(connection) as queries:
            page(client, ASK, **asked)
        asks.append(len(queries))
        assert sum("ledger_" in query["sql"] for query in queries) == 1
    # the figures, the names and what is kept; the rest is the frame of Wagtail's own pages
    assert asks[0] == asks[1] <= 13


# --- down to the scale ---------------------------------------------------------------------------


def test_an_entry_shows_its_order_line_what_the_scale_said_and_the_photo() -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY), delivered=True)
    line = order.lines.first()
    photo = SimpleUploadedFile("scale.jpg", _jpeg(), "image/jpeg")
    weigh(order.pk, {line.pk: Reading(4_000, 500, "压坏", photos=(photo,))}, order.buyer, receiver="赵师傅")
    give_back(line.pk, 500, returned_before=0, sound=True, reason="多送了", by=order.buyer)
    sale, back = Entry.objects.order_by("pk")
    client = signed_in(Role.OFFICIAL)
    opened = page(client, ENTRIES)
    assert f"/admin/entry/inspect/{sale.pk}/" in opened
    shown = page(client, f"/admin/entry/inspect/{sale.pk}/")
    for words in (
        order.number,
        "8 jin",
        "压坏",
        "scale-photos",
        "多送了",
        "waits for the next block",
        "¥1.20 / jin",
    ):
        assert words in shown, words
    assert f"/admin/entry/inspect/{back.pk}/" in shown
    address = re.search(r'<a href="([^"]*scale-photos[^"]*)"', shown)
    assert address
    answer = client.get(address[1])
    assert answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    seal_all()
    assert Entry.objects.get(pk=sale.pk).seal.block.hash in page(client, f"/admin/entry/inspect/{sale.pk}/")


def test_an_entry_without_a_weighing_says_so() -> None:
    accepted(an_order(PayBy.ON_DELIVERY))
    entry = Entry.objects.first()
    assert entry
    assert "without a scale" in page(signed_in(Role.OFFICIAL), f"/admin/entry/inspect/{entry.pk}/")


# --- households, prices, shares ------------------------------------------------------------------


def test_households_reached_and_quiet_are_counted_by_town_and_mark() -> None:
    here, there = a_village("gaopeng"), a_village("dongting")
    sold, silent, elsewhere = a_household(here), a_household(here), a_household(there)
    returned = a_household(there)
    day = today()
    HouseholdMark.objects.create(household=silent, kind=MarkKind.EDGE, since=day - dt.timedelta(400))
    HouseholdMark.objects.create(household=sold, kind=MarkKind.EDGE, since=day - dt.timedelta(400), until=day)
    HouseholdMark.objects.create(household=sold, kind=MarkKind.LIFTED, since=day - dt.timedelta(40))
    for household in (sold, returned):
        order = accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=household)]))
    line = order.lines.get()
    give_back(line.pk, line.accepted_quantity, returned_before=0, sound=True, reason="坏", by=order.buyer)
    client = signed_in(Role.OFFICIAL)
    week = {"from": day - dt.timedelta(7), "to": day}
    by_town = {
        name: [text for _url, text in cells] for name, cells in table(page(client, REACHED, **week)).items()
    }
    assert by_town == {
        "Gaopeng Town": ["2", "1", "50.0%", "1"],
        "Dongting Town": ["2", "0", "0.0%", "2"],
        "Total": ["4", "1", "25.0%", "3"],
    }
    by_mark = {
        name: [text for _url, text in cells]
        for name, cells in table(page(client, REACHED, rows="mark", **week)).items()
    }
    assert by_mark["On the edge of poverty"] == ["2", "1", "50.0%", "1"]
    assert by_mark["Lifted from poverty"] == ["1", "1", "100.0%", "0"]
    assert by_mark["Without a mark"] == ["2", "0", "0.0%", "2"]
    assert by_mark["Total"] == ["4", "1", "25.0%", "3"]
    # where most sold nothing comes first, and a village is told with its town
    by_village = table(page(client, REACHED, rows="village", **week))
    [first, second, _total] = by_village
    assert (first, second) == (f"Dongting Town {there.name_en}", f"Gaopeng Town {here.name_en}")
    assert elsewhere.head_name in page(client, by_village[first][3][0])
    quiet = page(client, by_village[second][3][0])
    assert (silent.head_name in quiet, sold.head_name in quiet) == (True, False)
    assert elsewhere.head_name not in quiet
    quiet = page(client, "/admin/household/", quiet=day, village__town=here.town_id)
    assert (silent.head_name in quiet, sold.head_name in quiet) == (True, False)
    assert elsewhere.head_name not in quiet
    marked = page(client, "/admin/household/", quiet=day, mark="edge")
    assert (silent.head_name in marked, sold.head_name in marked) == (True, False)


def test_a_household_that_sold_in_two_towns_is_one_of_the_city() -> None:
    household = a_household(a_village("gaopeng"))
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=household)]))
    Household.objects.filter(pk=household.pk).update(village=a_village("dongting"))
    household.refresh_from_db()
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=household)]))
    rows = table(page(signed_in(Role.OFFICIAL), ASK, measure="households"))
    assert {name: cells[0][1] for name, cells in rows.items()} == {
        "Gaopeng Town": "1",
        "Dongting Town": "1",
        "Total": "1",
    }


def test_prices_stand_beside_the_reference() -> None:
    Product.objects.filter(slug="tudou").update(reference_price_fen=120)
    # 10 jin at ¥1.00 and 10 jin at ¥1.57
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(price_fen=100), a_lot(price_fen=157)]))
    client = signed_in(Role.OFFICIAL)
    [potato] = [
        c for n, c in table(page(client, ASK, rows="product", measure="price")).items() if n == "Potato"
    ]
    assert [text for _url, text in potato] == ["jin", "20", "25.70", "1.29", "1.20", "+7.5%", "–", "–"]
    crossed = table(page(client, ASK, rows="town", cols="month", measure="price", product="tudou"))
    assert "1.29" in [text for _url, text in crossed["Total"]]


def test_each_units_share_stands_in_the_admin_and_opens_its_own_page(used_city: City) -> None:
    client = Client()
    client.force_login(User.objects.get(username="official"))
    year = used_city.now.year
    rows = table(page(client, "/admin/questions/shares/", year=year))
    units = {each.unit.name_en or each.unit.name: each for each in city_year(year)}
    measured = {name: cells for name, cells in rows.items() if units.get(name) and units[name].progress}
    assert measured
    for name, cells in measured.items():
        assert (cells[0][1], cells[1][1]) == (yuan(units[name].progress.reserved), yuan(units[name].bought))
    assert name in page(client, cells[1][0])
    # what one unit bought beyond its share does not help another
    behind = sum(each.progress.missing for each in units.values() if each.progress)
    assert rows["All with a checked budget"][3][1] == yuan(behind)


# --- where it begins, and where there is nothing yet ---------------------------------------------


def test_what_is_asked_most_is_one_press_from_signing_in() -> None:
    client = signed_in(Role.OFFICIAL)
    asked = f"{REACHED}?rows=village"
    found = html.unescape(page(client, "/admin/"))
    for address in (
        f"{ASK}?period=this_year&rows=town#answer",
        asked,
        "/admin/questions/shares/",
        "/admin/briefing/new/",
    ):
        assert f'href="{address}"' in found
        page(client, address)
    assert "period=last_quarter&rows=channel&measure=saplings" in found
    assert ASK not in page(signed_in(Role.EDITOR), "/admin/")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (ASK, "Nothing was sold there in that time."),
        (ENTRIES, "Nothing was sold there in that time."),
        (REACHED, "No household is on the registry there yet."),
        ("/admin/questions/shares/", "No unit owes a share yet."),
    ],
)
def test_a_site_with_nothing_on_it_says_what_is_missing(path: str, words: str) -> None:
    assert words in page(signed_in(Role.OFFICIAL), path)


# --- kept ----------------------------------------------------------------------------------------


def test_a_question_is_kept_shared_and_thrown_away_by_its_owner_alone() -> None:
    owner, colleague = a_person(Role.OFFICIAL), a_person(Role.OFFICIAL)
    mine, theirs = signed_in(owner), signed_in(colleague)
    asked = {
        "rows": "month",
        "cols": "channel",
        "measure": "grams",
        "period": "last_quarter",
        "town": "gaopeng",
    }
    answer = mine.post("/admin/questions/keep/", {**asked, "name": "高蓬季度"})
    assert answer.status_code == 302
    kept = SavedQuestion.objects.get()
    assert (kept.owner, kept.shared, kept.asked) == (owner, False, asked)
    assert "高蓬季度" in page(mine, answer["Location"])
    assert "高蓬季度" not in page(theirs, ASK)
    address = f"/admin/questions/kept/{kept.pk}/"
    assert theirs.post(address, {"act": "delete"}).status_code == 404
    mine.post(address, {"act": "share"})
    assert "高蓬季度" in page(theirs, ASK)
    assert theirs.post(address, {"act": "delete"}).status_code in (302, 403)
    assert SavedQuestion.objects.filter(shared=True).exists()
    # the same name again is the same question, asked otherwise
    mine.post("/admin/questions/keep/", {**asked, "rows": "town", "name": "高蓬季度"})
    assert SavedQuestion.objects.get().asked["rows"] == "town"
    assert mine.post("/admin/questions/keep/", {**asked, "rows": "nothing", "name": "x"}).status_code == 404
    assert mine.post("/admin/questions/keep/", {**asked, "name": "长" * 61}).status_code == 302
    assert mine.post(address, {"act": "anything"}).status_code == 404
    mine.post(address, {"act": "delete"})
    assert not SavedQuestion.objects.exists()


# --- taken along -------------------------------------------------------------------------------


def test_a_workbook_has_numbers_and_says_what_it_is_about() -> None:
    accepted(an_order(PayBy.ON_DELIVERY))
    answer = signed_in(Role.OFFICIAL).get(f"{ASK}?rows=product&export=xlsx", headers=ENGLISH)
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][0] == "Amount in yuan by product"
    potato = next(row for row in rows if row[1] == "Potato")
    assert potato[2] == 20
    assert potato[5] == 25


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_taking_entries_along_is_written_down(kind: str) -> None:
    household = a_household(head_name="=欧阳翠羽")
    order = accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=household)]))
    official = a_person(Role.OFFICIAL)
    client = signed_in(official)
    answer = client.get(f"{ENTRIES}?town=qingfengdian&export={kind}", headers=ENGLISH)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    taken = Taken.objects.get()
    assert (taken.by, taken.what) == (official, "questions:entries")
    assert taken.about == f"town=qingfengdian; export={kind}"
    if kind == "csv":
        [_heads, row] = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert row[5] == "'=欧阳翠羽"
        assert (row[9], row[12], row[16]) == ("10", "12", order.number)
    else:
        row = list(load_workbook(io.BytesIO(content)).active.values)[1]
        assert (row[5], row[9], row[12], row[16]) == ("=欧阳翠羽", 10, 12, order.number)


# --- who may ask -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICIAL, Role.ADMIN}))
def test_nobody_else_comes_near(role: Role) -> None:
    household = a_household(head_name="欧阳翠羽")
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=household)]))
    client = signed_in(role)
    for path in (ASK, ENTRIES, REACHED, "/admin/questions/shares/", f"{ENTRIES}?export=csv"):
        answer = client.get(path)
        assert answer.status_code in (302, 403)
        assert answer.status_code == 403 or "/admin/" in answer["Location"]
        assert "翠羽" not in answer.content.decode()
    assert client.post("/admin/questions/keep/", {"name": "x"}).status_code in (302, 403)
    assert not SavedQuestion.objects.exists()
    assert not Taken.objects.exists()


def test_an_officer_let_into_the_admin_sees_the_own_town_alone() -> None:
    """Officers have no way in; one who is given it by hand meets their own people, in figures and one by one."""
    here, there = a_village("gaopeng"), a_village("dongting")
    for village, name, price in ((here, "自家翠", 120), (there, "别家红", 990)):
        accepted(
            an_order(
                PayBy.ON_DELIVERY,
                lots=[a_lot(household=a_household(village, head_name=name), price_fen=price)],
            )
        )
    officer = an_officer(here.town)
    officer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = signed_in(officer)
    for asked in ({}, {"rows": "mark", "measure": "households"}, {"rows": "product", "cols": "town"}):
        rows = table(page(client, ASK, **asked))
        assert rows["Total"][-3 if "cols" in asked else 0][1] in ("12.00", "10", "1"), asked
        assert "Dongting Town" not in rows
    for asked in ({}, {"town": "dongting"}):
        opened = page(client, ENTRIES, **asked)
        assert "别家红" not in opened
        assert ("自家翠" in opened) == (not asked)
    assert "别家红" not in str(said(client, f"{ENTRIES}?export=csv"))
    assert set(table(page(client, REACHED))) == {"Gaopeng Town", "Total"}
    assert client.get("/admin/questions/shares/").status_code in (302, 403)
    foreign = Entry.objects.get(town=there.town)
    assert client.get(f"/admin/entry/inspect/{foreign.pk}/").status_code in (302, 403, 404)
