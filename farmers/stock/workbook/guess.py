"""Columns whose heading says nothing to us, told by what stands in them.

Only where the content leaves no doubt (towns, villages, products, units, phones, names): a column of bare
numbers is never taken for amounts or prices.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .columns import Field, about, unit_of
from .header import Header
from .known import Known
from .sheets import Sheet
from .words import tight

TOTAL = re.compile(
    r".{0,12}(小计|合计|总计|累计|共计|总数|页计|汇总|总和).{0,16}|.{0,12}共[0-9]+[户条].{0,8}|其中.{0,16}|计|总|total:?|subtotal:?|sum"
)
_SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞"
)
_NAME = re.compile(f"[{_SURNAMES}][一-龥]{{1,2}}")
# of a column's cells, how many must speak for the field
_SHARE = 0.6


def columns_by_content(sheet: Sheet, header: Header, known: Known) -> None:
    """Give the fields that no heading names the column that holds nothing else. Changes `header`."""
    tests: dict[Field, Callable[[str], object]] = {
        Field.TOWN: lambda text: text in known.towns,
        Field.PRODUCT: lambda text: text in known.products,
        Field.UNIT: unit_of,
        Field.PHONE: re.compile(r"1[3-9][0-9]{9}").fullmatch,
        Field.VILLAGE: re.compile(r".{1,8}(村|社区)").fullmatch,
        Field.NAME: _NAME.fullmatch,
    }
    for field, holds in tests.items():
        if field in header.columns or (
            field in {Field.TOWN, Field.VILLAGE} and Field.ADDRESS in header.columns
        ):
            continue
        # 单位 often heads the column of towns
        taken = {column for one, column in header.columns.items() if (field, one) != (Field.TOWN, Field.UNIT)}
        for column in header.headings:
            if column in taken or not _holds(_texts(sheet, header, column), holds):
                continue
            if header.columns.get(Field.UNIT) == column:
                del header.columns[Field.UNIT]
                for other, heading in header.headings.items():
                    claim = about(heading)
                    if other != column and claim and claim[0] is Field.UNIT:
                        header.columns[Field.UNIT] = other
            header.columns[field] = column
            break


def _texts(sheet: Sheet, header: Header, column: int) -> list[str]:
    found = [
        tight(cell.text)
        for number in range(header.bottom + 1, sheet.last_row + 1)
        if (cell := sheet.rows.get(number, {}).get(column))
    ]
    return [text for text in found if not TOTAL.fullmatch(text)]


def _holds(texts: list[str], holds: Callable[[str], object]) -> bool:
    return bool(texts) and sum(bool(holds(text)) for text in texts) > _SHARE * len(texts)
