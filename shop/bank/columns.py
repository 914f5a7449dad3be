"""What the columns of a bank's file are called, by the banks that people here use: one table, read from the left.

A bank's word for money that came in is 贷: it owes the holder of the account so much more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Field(StrEnum):
    DAY = "day"
    TIME = "time"
    CAME_IN = "came in"
    WENT_OUT = "went out"
    AMOUNT = "amount"
    DIRECTION = "direction"
    BALANCE = "balance"
    PAYER = "payer"
    PAYER_ACCOUNT = "payer's account"
    WORDS = "words"
    SERIAL = "serial number"
    CURRENCY = "currency"
    ACCOUNT = "own account"


LABELS: dict[Field, str | Promise] = {
    Field.DAY: _("day"),
    Field.CAME_IN: _("came in"),
    Field.WENT_OUT: _("went out"),
    Field.AMOUNT: _("amount"),
    Field.DIRECTION: _("in or out"),
    Field.BALANCE: _("balance"),
    Field.PAYER: _("payer"),
    Field.SERIAL: _("serial number"),
    Field.CURRENCY: _("currency"),
    Field.ACCOUNT: _("account"),
}

# the first of a field's names that a file has is its column; what people wrote stands in several, and all are read
NAMES: dict[Field, tuple[str, ...]] = {
    Field.DAY: (
        "交易日期", "交易日", "记账日期", "记账日", "入账日期", "入账日", "业务日期", "交易时间", "交易时间戳", "记账时间",
        "入账时间", "过账日期", "日期", "时间", "date", "transactiondate", "bookingdate", "valuedate",
    ),
    Field.TIME: ("交易时间", "交易时间戳", "记账时间", "入账时间", "时间", "time"),
    Field.CAME_IN: (
        "贷方发生额", "贷方金额", "贷方", "贷方发生金额", "贷方交易金额", "收入金额", "收入", "收入额", "存入金额", "存入",
        "转入金额", "收款金额", "入账金额", "贷", "credit", "creditamount", "deposit",
    ),
    Field.WENT_OUT: (
        "借方发生额", "借方金额", "借方", "借方发生金额", "借方交易金额", "支出金额", "支出", "支出额", "支取金额", "支取",
        "转出金额", "付款金额", "借", "debit", "debitamount", "withdrawal",
    ),
    Field.AMOUNT: ("交易金额", "发生额", "金额", "发生金额", "交易额", "amount", "transactionamount"),
    Field.DIRECTION: (
        "借贷标志", "借/贷", "借贷", "借贷方向", "借贷标识", "收支", "收/支", "收支类型", "收支标志", "收付标志", "收付",
        "交易方向", "方向", "往来账", "来往账标志", "交易类型", "direction", "d/c", "debit/credit",
    ),
    Field.BALANCE: ("余额", "账户余额", "交易后余额", "本次余额", "当前余额", "联机余额", "balance", "accountbalance"),
    Field.PAYER: (
        "对方户名", "对方单位名称", "对方名称", "对方账户名称", "对方单位", "对方账号名称", "收/付方名称", "收付方名称",
        "付款人名称", "付款人户名", "付款方名称", "付款方户名", "付款单位", "交易对手名称", "交易对手", "对手户名", "户名",
        "counterparty", "payer", "payername",
    ),
    Field.PAYER_ACCOUNT: (
        "对方账号", "对方帐号", "对方账户", "收/付方账号", "收付方账号", "收/付方帐号", "付款人账号", "付款方账号",
        "交易对手账号", "counterpartyaccount", "payeraccount",
    ),
    Field.WORDS: (
        "附言", "交易附言", "客户附言", "摘要", "用途", "交易用途", "备注", "业务摘要", "其它摘要", "其他摘要", "交易摘要",
        "个性化信息", "说明", "remark", "remarks", "reference", "description", "purpose",
    ),
    Field.SERIAL: (
        "交易流水号", "账户明细编号-交易流水号", "流水号", "银行流水号", "核心流水号", "明细流水号", "明细编号", "柜员流水号",
        "主机流水号", "会计流水号", "日志号", "serialnumber", "transactionid",
    ),
    Field.CURRENCY: ("币种", "交易货币", "货币", "currency"),
    Field.ACCOUNT: ("本方账号", "本方帐号", "账号", "帐号", "账户", "查询账号", "account"),
}  # fmt: skip

_MANY = {Field.WORDS}
# 借方发生额/元(支取), 余额（元）
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|/元|/人民币|人民币|\s")
_WORTHLESS = re.compile(r"^[*#:]+|[*#:]+$")


def plain(head: str) -> str:
    """A column's head as the table above has it."""
    text = _ASIDE.sub("", unicodedata.normalize("NFKC", head).lower()).replace("帐", "账")
    return _WORTHLESS.sub("", text)


def columns(cells: Sequence[str]) -> dict[Field, list[int]]:
    """Which of a row's cells are heads of what; empty where the row is no header of a bank's file."""
    places: dict[str, int] = {}
    for column, cell in enumerate(cells):
        if len(cell) <= 40 and (head := plain(cell)):
            places.setdefault(head, column)
    found: dict[Field, list[int]] = {}
    for field, names in NAMES.items():
        own = [places[key] for name in names if (key := plain(name)) in places]
        if own:
            found[field] = list(dict.fromkeys(own)) if field in _MANY else own[:1]
    if Field.TIME in found and found[Field.TIME] == found.get(Field.DAY):
        del found[Field.TIME]
    has_amount = Field.AMOUNT in found or Field.CAME_IN in found
    return found if Field.DAY in found and has_amount else {}
