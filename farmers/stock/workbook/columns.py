"""What a column is about, told from the words at its head."""

from __future__ import annotations

import re
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.quantity import BY_WORD, Unit

from .words import tight


class Field(StrEnum):
    SERIAL = "serial"
    TOWN = "town"
    VILLAGE = "village"
    ADDRESS = "address"  # town and village in one
    NAME = "name"
    MARK = "mark"
    MEMBERS = "members"
    PHONE = "phone"
    PRODUCT = "product"
    GRADE = "grade"
    QUANTITY = "quantity"
    UNIT = "unit"
    PRICE = "price"
    DATE = "date"
    OFFICER = "officer"
    NOTE = "note"


LABELS: dict[Field, str | Promise] = {
    Field.SERIAL: _("number"),
    Field.TOWN: _("town"),
    Field.VILLAGE: _("village"),
    Field.ADDRESS: _("address"),
    Field.NAME: _("head of household"),
    Field.MARK: _("mark"),
    Field.MEMBERS: _("members"),
    Field.PHONE: _("phone"),
    Field.PRODUCT: _("product"),
    Field.GRADE: _("grade or size"),
    Field.QUANTITY: _("quantity"),
    Field.UNIT: _("unit"),
    Field.PRICE: _("price"),
    Field.DATE: _("harvested on"),
    Field.OFFICER: _("officer"),
    Field.NOTE: _("note"),
}

LONGEST_HEADING = 40

_OFFICER = r"责任人|帮扶人|帮扶干部|帮扶负责人|帮扶联系人|包联|包户|包保|结对|驻村|officer"
_PHONE = r"电话|手机|联系方式|联系号|号码|phone|tel|mobile"
_WHEN = r"日期|时间|时节|date"

# The first rule that matches speaks for the column. Where two columns claim one field, the lower rank wins.
# None: a column that is about something else, though its words sound alike.
_RULES: tuple[tuple[str, Field | None, int], ...] = (
    (r"序号?|编号|顺序|行号|no\.?|#|number|serial(no\.?)?", Field.SERIAL, 0),
    (rf"(.*({_OFFICER}).*({_PHONE}).*)|.*(身份证|证件|银行|账号|卡号|开户).*", None, 0),
    (rf".*({_OFFICER}).*", Field.OFFICER, 0),
    (r"帮扶(领导|人员)?(姓名)?|(村)?负责人|经办人|联系干部", Field.OFFICER, 1),
    (r".*(帮扶|填报|上报|所属|采购|收购)单位.*|.*(原因|面积|户数|亩|措施|去向|买家|销路|渠道).*", None, 0),
    (rf".*({_PHONE}).*", Field.PHONE, 0),
    (r".*(备注|备考|remarks?|notes?)|说明|其他(说明)?", Field.NOTE, 0),
    (rf".*(登记|填报|填表|上报|录入|统计|制表|调查|核实).*({_WHEN}).*", None, 0),
    (rf".*(采收|采摘|收获|收割|成熟|出栏|起苗|采挖|产出|harvest).*({_WHEN})?.*", Field.DATE, 0),
    (rf".*(上市|可供|供货|供应|出售|交货|销售|预计).*({_WHEN}).*", Field.DATE, 1),
    (rf".*({_WHEN})", Field.DATE, 2),
    (
        r".*(户|人员|身份|贫困|对象|脱贫|家庭|农户)(的)?(类型|类别|属性|性质|身份|标识|分类|种类)",
        Field.MARK,
        0,
    ),
    (r"属性|身份|类型|是否.*户|户类|户别|致贫.*|mark", Field.MARK, 1),
    (r".*(人口|人数)(数)?|members|.*householdsize", Field.MEMBERS, 0),
    (r".*(住址|地址|住所|乡镇村|镇村|乡村|乡镇[、/及和]村|所在地|address).*", Field.ADDRESS, 0),
    (r".*(乡镇|镇街|镇乡|乡街道|town|township).*", Field.TOWN, 0),
    (r"(所属|所在|农户所在)?(乡|镇|街道|街道办|办事处|乡/镇)(名|名称)?", Field.TOWN, 0),
    (r".*(村|社区|village).*", Field.VILLAGE, 0),
    (r".*(户主|姓名|householder|household|farmer).*|name", Field.NAME, 0),
    (
        r"(农|贫困|脱贫|种植|养殖|监测|帮扶|供货|供应|销售|困难|低保|建档立卡)(户|者)(名|名称|信息)?",
        Field.NAME,
        1,
    ),
    (r"户名|名字|联系人|供货人|销售人|种植人", Field.NAME, 2),
    (
        r".*(已售|已销|售出|销出|已经).*|.*(总价|金额|总额|货值|产值|合计|小计|收入|总值|销售额|amount|total).*",
        None,
        0,
    ),
    (r".*(单价|价/|unitprice).*", Field.PRICE, 0),
    (r".*(期望|预期|意向|销售|出售|售卖|出|卖|售|报|心理|批发)价.*", Field.PRICE, 1),
    (r".*(价格|价钱|价位|价|price).*|元/.*", Field.PRICE, 2),
    (r"(计量|计价|计数|数量|产品|销售|规格)?单位|unit|单位名称", Field.UNIT, 0),
    (
        r".*(规格|等级|品级|级别|胸径|地径|米径|高度|株高|冠幅|品质|质量|大小|苗龄|size|grade).*",
        Field.GRADE,
        0,
    ),
    (
        r".*(滞销|未售|未销|待售|待销|剩余|库存|积压|可售|可供|可销|结存|现存|存栏|存)(数?量|数|余|货|斤数|规模)?",
        Field.QUANTITY,
        0,
    ),
    (r".*(数量|quantity|qty).*", Field.QUANTITY, 1),
    (r".*(重量|斤数|株数|棵数|盆数|吨数|总量|余量|存量|货量|供应量|销售量|weight).*", Field.QUANTITY, 2),
    (r".*(产量|量)|数目|结余", Field.QUANTITY, 3),
    (r".*(农产品|产品|商品|货品|品种|作物|苗木|货物|物品|滞销品)(的)?(名称|名|品名)", Field.PRODUCT, 0),
    (r"品名|(滞销)?(农)?(副)?产品|商品|滞销品|农作物|作物|product|goods|item", Field.PRODUCT, 1),
    (r".*(品种|树种|种类|品类).*", Field.PRODUCT, 2),
    (r"名称|.*(类别|分类).*", Field.PRODUCT, 3),
    (r".*(农产品|产品|苗木|作物|商品|货物|滞销).*", Field.PRODUCT, 4),
)
_COMPILED = [(re.compile(pattern), field, rank) for pattern, field, rank in _RULES]

_BRACKETS = re.compile(r"[(\[【〔<《「{][^)\]】〕>》」}]*[)\]】〕>》」}]?")
_WORDS = "|".join(sorted((re.escape(word) for word in BY_WORD), key=len, reverse=True))
_UNIT_BEHIND = re.compile(rf"[/:,](?:{_WORDS})(?:[/、](?:{_WORDS}))*$")


def about(heading: str) -> tuple[Field, int] | None:
    """The field that a heading names, and how loosely (0 is plainest). None when it names none of ours."""
    words = tight(heading)
    if not words or len(words) > LONGEST_HEADING:
        return None
    bare = _BRACKETS.sub("", words).strip("*:;,.、。·-_/") or words.strip("()[]")
    # 滞销量/公斤 is 滞销量; but 元/公斤 is a heading as it stands
    for said in dict.fromkeys((_UNIT_BEHIND.sub("", bare), bare)):
        for pattern, field, rank in _COMPILED:
            if pattern.fullmatch(said):
                return (field, rank) if field else None
    return None


def is_known(heading: str) -> bool:
    """Whether the words are a heading at all, if only of a column that we leave aside."""
    bare = _BRACKETS.sub("", tight(heading)).strip("*:;,.、。·-_/")
    said = (bare, _UNIT_BEHIND.sub("", bare))
    return (
        bool(bare)
        and len(bare) <= LONGEST_HEADING
        and any(p.fullmatch(s) for p, *_ in _COMPILED for s in said)
    )


def about_officer(heading: str) -> bool:
    return bool(re.search(_OFFICER, tight(heading)))


_WHOLE_UNITS = re.compile(rf"(?:计量)?(?:单位)?:?((?:{_WORDS})(?:[/、,;或及和|·](?:{_WORDS}))*)")
_PER_UNITS = re.compile(rf"(?:/|每|一)((?:{_WORDS})(?:[/、,;或及和|·](?:{_WORDS}))*)(?![a-z])")


def _units(words: str) -> tuple[Unit, ...]:
    found = [BY_WORD[word] for word in re.findall(_WORDS, words)]
    return tuple(dict.fromkeys(found))


def quantity_units(heading: str) -> tuple[Unit, ...]:
    """The units that a heading of amounts names: `数量（斤）`, `重量/kg`, `数量(斤/棵)`, `株数`."""
    words = tight(heading)
    for inside in re.findall(r"[(\[【]([^)\]】]*)", words):
        if match := _WHOLE_UNITS.fullmatch(inside):
            return _units(match.group(1))
    if match := re.search(rf"[/:,]((?:{_WORDS})(?:[/、](?:{_WORDS}))*)$", words):
        return _units(match.group(1))
    if match := re.fullmatch(rf".*?({_WORDS})数", words):
        return _units(match.group(1))
    return ()


def price_units(heading: str) -> tuple[Unit, ...]:
    """The units that a heading of prices names: `单价（元/斤）`, `每公斤价格`."""
    match = _PER_UNITS.search(tight(heading))
    return _units(match.group(1)) if match else ()


def price_scale(heading: str) -> int:
    """How many fen the heading's unit of money is."""
    words = tight(heading)
    if "万元" in words:
        return 1_000_000
    if re.search(r"[(\[/:](角|毛)", words):
        return 10
    return 1 if re.search(r"[(\[/:]分", words) else 100


def unit_of(words: str) -> Unit | None:
    """The unit that one word means: `市斤`, `ＫＧ`, `公斤(千克)`."""
    plain = tight(words).strip("()[]:/。.、")
    if plain in BY_WORD:
        return BY_WORD[plain]
    named = {BY_WORD[piece] for piece in re.split(r"[()\[\]]", plain) if piece in BY_WORD}
    rest = [piece for piece in re.split(r"[()\[\]]", plain) if piece and piece not in BY_WORD]
    return named.pop() if len(named) == 1 and not rest else None
