"""Workbooks as officers might send them, built from a seed, each with the truth about its rows.

The same goods are laid out in another way each time: columns in another order under other words, the header
somewhere else or in two rows, towns merged, repeated, said once or as headings, totals, notes, and rows that
are wrong in one of many ways. The truth is written down while a row is made up, never worked out from the sheet.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

TOWNS = (
    "高蓬镇",
    "东亭镇",
    "砖路镇",
    "子位镇",
    "大辛庄镇",
    "东留春乡",
    "号头庄回族乡",
    "南城区街道",
    "西城乡",
)
VILLAGES = ("南李村", "钮店村", "大定村", "翟城村", "庞白土村", "陵北村", "西内堡村", "小辛庄村", "大杨庄村")
FAMILY, GIVEN = (
    "李周刘张杨黄马王赵陈吴孙",
    ("国庆", "玉梅", "建国", "秀兰", "振华", "桂英", "志强", "小红", "明"),
)
# product, measure, the unit the row is written in, grams or pieces of it, plausible price
GOODS = (
    ("土豆", "g", "公斤", 1000, "2.4"),
    ("红薯", "g", "斤", 500, "1.1"),
    ("鸭梨", "g", "斤", 500, "1.8"),
    ("大葱", "g", "吨", 1_000_000, "942.5"),
    ("小米", "g", "斤", 500, "6.4"),
    ("花生", "g", "kg", 1000, "9.5"),
    ("鸡蛋", "g", "斤", 500, "4.1"),
    ("辣椒", "g", "斤", 500, "2.2"),
    ("大白菜", "g", "斤", 500, "0.9"),
    ("月季", "count", "盆", 1, "6.4"),
    ("国槐", "count", "株", 1, "21.1"),
    ("白蜡", "count", "棵", 1, "25.9"),
)
HEADINGS = {
    "serial": ("序号", "编号", "序 号", "No.", "序"),
    "town": ("乡镇", "所属乡镇", "镇", "乡（镇）", "乡镇名称", "单位", "乡镇\n（街道）", "所在乡镇"),
    "village": ("村", "村名", "行政村", "所在村", "村（社区）", "村 名", "村庄"),
    "name": ("户主姓名", "姓名", "户主", "农户姓名", "贫困户姓名", "户主\n姓名", "农户", "贫困户"),
    "mark": ("户属性", "户类型", "贫困类型", "身份类别", "农户属性"),
    "members": ("家庭人口", "人口", "家庭人数", "人口数"),
    "phone": ("联系电话", "电话", "手机号", "联系方式", "手机号码"),
    "product": (
        "农产品名称",
        "品种",
        "产品",
        "品名",
        "滞销产品",
        "产品名称",
        "滞销农产品",
        "种类",
        "农产品 种类",
    ),
    "grade": ("规格", "等级", "规格等级", "胸径（cm）"),
    "quantity": (
        "数量",
        "滞销数量",
        "库存量",
        "预计数量",
        "现有数量",
        "滞销量",
        "数　量",
        "待售数量",
        "存量",
    ),
    "unit": ("单位", "计量单位", "数量单位", "单 位"),
    "price": (
        "单价（元）",
        "单价",
        "价格",
        "价格(元)",
        "预期价格",
        "单价\n（元）",
        "销售单价",
        "期望价格（元）",
        "售价",
    ),
    "date": ("采收日期", "采摘日期", "上市时间", "采收时间", "日期", "预计上市时间"),
    "officer": ("帮扶责任人", "责任人", "包联干部", "帮扶人", "帮扶干部"),
    "note": ("备注", "备 注", "说明"),
}
OPTIONAL = ("serial", "mark", "members", "grade", "date", "officer", "note")
GROUPS = {
    "农户基本情况": ("name", "mark", "members", "phone"),
    "滞销农产品情况": ("product", "grade", "quantity", "unit", "price", "date"),
}
NUMERALS = {800: "八百", 1200: "一千二百", 500: "五百", 120: "一百二十", 2: "两", 3: "三", 200: "二百"}
OK_TRICKS = (
    "", "", "", "", "full", "spaces", "syn", "inline", "inline spaced", "thousands", "numerals", "text price", "yuan",
    "price with unit", "float noise", "name with space", "format", "bracket", "about", "ten thousands", "zero and unit",
)  # fmt: skip
BAD_TRICKS = (
    "range", "nounit", "zero", "negative", "badprice", "empty unit", "no name", "no product", "strange product",
    "misfit", "quantity range", "error", "impossible date", "price about", "zero price", "no price", "no quantity",
    "bad phone", "half a piece", "boolean", "broken fen", "conflict", "uncounted", "not a number", "no village",
)  # fmt: skip


@dataclass
class Made:
    """`truth` as in the file beside the sample; `passed` are rows that are of no goods."""

    seed: int
    data: bytes
    truth: list[dict[str, Any]]
    passed: set[int] = field(default_factory=set)
    layout: str = ""


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in text)


class _Maker:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.book = Workbook()
        self.sheet: Any = self.book.active
        self.truth: list[dict[str, Any]] = []
        self.passed: set[int] = set()
        self.pick = self.random.choice
        self.columns: dict[str, int] = {}
        self.headings: dict[str, str] = {}
        self.towns_as = self.pick(["merged", "each", "first", "banner", "title", "short"])
        self.unit_as = self.pick(["column", "column", "column", "heading", "inline"])
        self.year_in_title = self.random.random() < 0.7
        self.counted_in = self.pick("株棵盆")  # where the heading of the quantities names the units
        self.people: set[tuple[str, str]] = set()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def make(self) -> Made:
        row = self.title()
        self.choose_columns()
        row = self.header(row)
        towns = self.random.sample(TOWNS, 1 if self.towns_as == "title" else self.random.randint(2, 5))
        if self.towns_as == "title":
            self.sheet.cell(1, 1, f"{towns[0]}滞销农产品登记台账")
        number = 0
        if self.chance(0.2):
            for position, column in enumerate(sorted(self.columns.values()), start=1):
                self.sheet.cell(row, column, position)
            self.passed.add(row)
            row += 1
        for town in towns:
            if self.towns_as == "banner":
                self.sheet.cell(row, 1, self.pick([town, f"乡镇：{town}", f"一、{town}"]))
                if self.chance(0.7):
                    self.merge(row, 1, row, len(self.columns))
                self.passed.add(row)
                row += 1
            first = row
            for _ in range(self.random.randint(4, 9)):
                number += 1
                self.goods(row, number, town, first)
                row += 1
                if self.chance(0.05) and self.towns_as != "merged":
                    self.passed.add(row)
                    row += 1
            if self.towns_as == "merged" and row - first > 1:
                self.merge(first, self.columns["town"], row - 1, self.columns["town"])
            row = self.after_town(row, town)
        self.footer(row)
        self.other_sheets()
        out = io.BytesIO()
        self.book.save(out)
        return Made(
            self.seed, out.getvalue(), self.truth, self.passed, f"towns {self.towns_as}, unit {self.unit_as}"
        )

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    # --- around the table ----------------------------------------------------------------------

    def title(self) -> int:
        self.sheet.title = self.pick(["滞销台账", "Sheet1", "2020年4月"])
        row = 1
        if self.towns_as == "title" or self.chance(0.8):
            self.sheet.cell(1, 1, "定州市贫困群众滞销农产品台账")
            if self.chance(0.7):
                self.merge(1, 1, 1, 12)
            row += self.random.randint(1, 3)
        if self.year_in_title:
            self.sheet.cell(row, 1, "填报单位：市扶贫开发办公室")
            self.sheet.cell(
                row, 9, self.pick(["填报时间：2020年4月10日", "填报日期：2020.4.10", "二〇二〇年四月"])
            )
            row += self.random.randint(1, 2)
        return row

    def choose_columns(self) -> None:
        names = [name for name in HEADINGS if name not in OPTIONAL or self.chance(0.75)]
        if self.towns_as in {"banner", "title"}:
            names.remove("town")
        if self.unit_as != "column":
            names.remove("unit")
        if self.chance(0.6):
            self.random.shuffle(names)
        first = self.pick([1, 1, 1, 2])
        self.columns = {name: position for position, name in enumerate(names, start=first)}
        for name in names:
            heading = self.pick(HEADINGS[name])
            if heading == "单位" and name == "town" and "unit" in names:
                heading = "乡镇"
            if name == "quantity" and self.unit_as == "heading":
                heading += self.pick(["（斤、{}）", "(斤/{})", "（单位：斤、{}）"]).format(self.counted_in)
            if self.chance(0.1):
                heading = f" {heading}*" if self.chance(0.5) else f"\u3000{heading} "
            self.headings[name] = heading

    def header(self, row: int) -> int:
        two_rows = self.chance(0.25)
        for name, column in self.columns.items():
            self.sheet.cell(row + two_rows, column, self.headings[name])
        if two_rows:
            groups = {name: group for group, names in GROUPS.items() for name in names}
            before = ""
            for name, column in sorted(self.columns.items(), key=lambda one: one[1]):
                group = groups.get(name, "")
                if not group:
                    self.sheet.cell(row + 1, column).value = None
                    self.sheet.cell(row, column, self.headings[name])
                    self.merge(row, column, row + 1, column)
                elif group != before:
                    self.sheet.cell(row, column, group)
                before = group
        return row + 1 + two_rows

    def after_town(self, row: int, town: str) -> int:
        if self.chance(0.6):
            label = self.pick([f"{town}小计", "小计", "小 计", "本页合计"])
            free = [one for name, one in self.columns.items() if name not in {"quantity", "price", "unit"}]
            self.sheet.cell(row, self.pick([min(free), self.columns["village"]]), label)
            if self.chance(0.5):
                self.sheet.cell(row, self.columns["quantity"], 12345)
            self.passed.add(row)
            row += 1
        if self.chance(0.5):
            self.passed.add(row)
            row += 1
        if self.chance(0.15):
            for name, column in self.columns.items():
                self.sheet.cell(row, column, self.headings[name])
            self.passed.add(row)
            row += 1
        return row

    def footer(self, row: int) -> None:
        if self.chance(0.7):
            label = self.pick(["name", "product", "village", "quantity"])
            self.sheet.cell(row, self.columns[label], self.pick(["合计", "总计", "合  计"]))
            self.sheet.cell(row, self.columns["quantity"], "=SUM(A1:A2)")
            self.passed.add(row)
            row += 1
        if self.chance(0.6):
            self.sheet.cell(row, 2, "填表人：王小明")
            self.sheet.cell(row, 6, "审核：李主任")
            self.sheet.cell(row, 9, "（单位盖章）")
            self.passed.add(row)
            row += 1
        if self.chance(0.4):
            self.sheet.cell(row, 1, "注：本表由各乡镇填写，每月10日前报市扶贫办。")
            self.passed.add(row)

    def other_sheets(self) -> None:
        if self.chance(0.3):
            other = self.book.create_sheet("填表说明", self.pick([0, 1]))
            other["A1"] = "填写说明"
            other["A2"] = "一、数量请填写准确数字，单位为斤、公斤或棵。"
        if self.chance(0.2):
            summary = self.book.create_sheet("汇总")
            for line in (["乡镇", "户数", "数量合计", "金额"], ["高蓬镇", 10, 8000, 12000]):
                summary.append(line)
        if self.chance(0.2):
            hidden = self.book.create_sheet("旧表")
            hidden.sheet_state = "hidden"
            hidden.append(["乡镇", "村", "户主姓名", "农产品名称", "数量", "单位", "单价"])
            hidden.append(["高蓬镇", "南李村", "李国庆", "土豆", 5, "斤", 1])

    # --- one row -------------------------------------------------------------------------------

    def put(self, row: int, name: str, value: object) -> Any:
        if name not in self.columns:
            return None
        return self.sheet.cell(row, self.columns[name], value)

    def person(self, village: str) -> str:
        while True:
            name = self.pick(FAMILY) + self.pick(GIVEN)
            if (village, name) not in self.people:
                self.people.add((village, name))
                return name

    def goods(self, row: int, number: int, town: str, first: int) -> None:
        goods = [one for one in GOODS if self.unit_as != "heading" or one[2] in "斤株棵盆"]
        product, measure, unit, size, price = self.pick(goods)
        village = self.pick(VILLAGES)
        name = self.person(village)
        trick = self.pick(BAD_TRICKS) if self.chance(0.35) else self.pick(OK_TRICKS)
        amount = Decimal(
            self.pick(["2", "3", "1.5"] if unit == "吨" else ["80", "120", "200", "500", "800", "1200"])
        )
        base = int(amount * size)
        fen = int(Decimal(price) * 100)
        cells: dict[str, Any] = {
            "serial": number,
            "village": village,
            "name": name,
            "mark": self.pick(["脱贫户", "监测户", "边缘户", "低保户"]),
            "members": self.random.randint(1, 6),
            "phone": self.phone(),
            "product": product,
            "quantity": float(amount) if amount % 1 else int(amount),
            "unit": unit,
            "price": float(price),
            "date": self.date(),
            "officer": f"{self.pick(FAMILY)}主任",
        }
        if self.towns_as in {"each", "short"} or row == first:
            short = self.towns_as == "short" and town.endswith("镇")
            cells["town"] = town.removesuffix("镇") if short else town
        if self.unit_as == "inline":
            cells["quantity"] = f"{amount}{unit}"
        if self.unit_as == "heading" and measure == "count":
            unit = self.counted_in
        trick = self.play(trick, cells, amount, unit, measure)
        formatted = trick == "format"
        verdict = "ok" if trick in OK_TRICKS else "reject"
        for key, value in cells.items():
            cell = self.put(row, key, value)
            if cell is not None and formatted and key == "quantity":
                cell.number_format = f'0.0"{unit}"'
            if cell is not None and trick == "error" and key == "quantity":
                cell.data_type = "e"
        self.truth.append(
            {
                "row": row,
                "town": town,
                "village": village,
                "name": name,
                "product": product,
                "measure": measure,
                "base_quantity": base,
                "price_fen": fen,
                "unit": unit,
                "verdict": "ok_or_ask" if trick == "about" else verdict,
                "trick": trick,
            }
        )

    def phone(self) -> object:
        number = f"139{self.random.randint(0, 99_999_999):08d}"
        return self.pick([number, number, int(number), f"{number[:3]} {number[3:7]} {number[7:]}"])

    def date(self) -> object:
        hands: list[object] = ["2020-04-15", "2020.4.15", "2020/4/15", "4月15日", "4月中旬", "", None, 43936]
        hands += ["2020年4月15日", "20200415", dt.datetime(2020, 4, 15), dt.date(2020, 4, 15), "4月15号"]  # noqa: DTZ001
        return self.pick(hands)

    def play(self, trick: str, cells: dict[str, Any], amount: Decimal, unit: str, measure: str) -> str:
        """Change the row's cells as the trick says; returns the trick really played."""
        quantity = str(cells["quantity"])
        with_unit = quantity if quantity.endswith(unit) else f"{quantity}{unit}"
        own_unit = "unit" in self.columns
        bare = quantity.removesuffix(unit)
        tail = unit if self.unit_as == "inline" else ""
        match trick:
            case "full":
                cells["quantity"] = full_width(quantity)
            case "spaces":
                cells["quantity"] = f" {quantity} "
            case "syn":
                synonym = {"斤": "市斤", "公斤": "千克", "吨": "t", "kg": "KG"}.get(unit, unit)
                if own_unit:
                    cells["unit"] = f" {synonym}"
                else:
                    cells["quantity"] = f"{bare}{synonym}"
            case "inline":
                cells["quantity"], cells["unit"] = with_unit, None
            case "inline spaced":
                cells["quantity"], cells["unit"] = f"{bare} {unit}", self.pick([None, unit])
            case "thousands":
                cells["quantity"] = self.pick([f"{amount:,}", f"{amount:,}".replace(",", "，")]) + tail
            case "numerals":
                written = NUMERALS.get(int(amount), str(amount)) if amount % 1 == 0 else str(amount)
                cells["quantity"], cells["unit"] = f"{written}{unit}", None
            case "ten thousands" if amount >= 100:
                cells["quantity"] = f"{amount / 1000}千{unit}"
                cells["unit"] = self.pick([None, unit])
            case "text price":
                cells["price"] = self.pick([str(cells["price"]), full_width(str(cells["price"]))])
            case "yuan":
                cells["price"] = self.pick(
                    [f"¥{cells['price']}", f"{cells['price']}元", f"￥{cells['price']:.2f}"]
                )
            case "price with unit":
                cells["price"] = self.pick([f"{cells['price']}元/{unit}", f"每{unit}{cells['price']}元"])
            case "float noise" if self.unit_as != "inline":
                cells["quantity"] = float(amount) * 1.1 / 1.1
                cells["price"] = cells["price"] * 3 / 3
            case "name with space":
                cells["name"] = self.pick([" ", "\u3000"]).join(cells["name"])
            case "format" if self.unit_as != "inline":
                cells["unit"] = None
            case "bracket":
                cells["product"] += "（新鲜）"
            case "zero and unit":
                cells["quantity"] = f"{amount:.1f}{unit}"
            case "about":
                cells["quantity"] = self.pick(
                    [f"约{with_unit}", f"{with_unit}左右", f"大约{quantity}", f"{quantity}多"]
                )
            case "range":
                cells["price"] = self.pick(["1.8-2.2", "1.8～2.2", "1.8至2.2", "2—3"])
            case "quantity range":
                cells["quantity"] = self.pick(["800-1000", "800～1000", "800至1000"]) + tail
            case "nounit" if own_unit:
                cells["unit"] = self.pick(["袋", "车", "捆"])
            case "nounit":
                cells["quantity"] = f"{bare}袋"
            case "empty unit" if own_unit:
                cells["unit"] = None
            case "zero":
                cells["quantity"] = f"0{tail}" if tail else 0
            case "negative":
                cells["quantity"] = f"-{quantity}" if tail else -float(amount)
            case "badprice":
                cells["price"] = self.pick(["面议", "随行就市", "待定"])
            case "price about":
                cells["price"] = self.pick(["2元左右", "约2", "2.5元以上"])
            case "zero price":
                cells["price"] = 0
            case "no price":
                cells["price"] = None
            case "no quantity":
                cells["quantity"] = self.pick([None, "/", "不详"])
            case "no name":
                cells["name"] = None
            case "no product":
                cells["product"] = None
            case "no village" if self.towns_as != "first":
                cells["village"] = None
            case "strange product":
                cells["product"] = self.pick(["大衣", "菜", "土豆和红薯"])
            case "misfit":
                wrong = "棵" if measure == "g" else "斤"
                cells["quantity"], cells["unit"] = f"{bare}{wrong}", None
            case "error":
                cells["quantity"] = self.pick(["#REF!", "#VALUE!", "#N/A"])
            case "uncounted":
                cells["quantity"] = "=100*8"
            case "not a number":
                cells["quantity"] = self.pick(["若干", "800斤500", "8 0 0", "1,20"])
            case "boolean":
                cells["quantity"] = True
            case "impossible date" if "date" in self.columns:
                cells["date"] = self.pick(["2020-04-31", "2月30日", "2020.13.1"])
            case "bad phone":
                cells["phone"] = self.pick(["1392881630", 139288163021])
            case "half a piece" if measure == "count":
                cells["quantity"] = f"12.5{tail}" if tail else 12.5
            case "broken fen":
                cells["price"] = 2.345
            case "conflict" if own_unit and measure == "g":
                cells["quantity"] = f"{bare}{'公斤' if unit != '公斤' and unit != 'kg' else '斤'}"
            case _:
                return ""
        return trick


def make(seed: int) -> Made:
    return _Maker(seed).make()


def a_table(rows: list[list[object]], header: list[str] | None = None) -> bytes:
    """A plain workbook: one header and these rows."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(header or ["乡镇", "村", "户主姓名", "联系电话", "农产品名称", "数量", "单位", "单价（元）"])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
