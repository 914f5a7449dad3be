"""The accounts of the books 账簿, double entry beneath all money. Public words for who posts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    """Who holds or owes money. A balance is debits less credits: more than nothing is had, less is owed."""

    STRIPE = "stripe", _("money at the payment service")
    CASH = "cash", _("cash at the cashier's")
    DOOR = "door", _("cash in officers' hands")
    BANK = "transfer", _("money at the bank")
    RECEIVABLE = "receivable", _("owed by buyers")  # for goods accepted
    ADVANCES = "advances", _("paid ahead by buyers")  # for goods to come
    REFUNDS = "refunds", _("to give back to buyers")
    DIFFERENCES = "differences", _("still to match")  # came in another amount, or for no order yet
    SET_OFF = "set_off", _("set off")  # from one order to another: nothing once both are posted
    PAYABLE = "payable", _("owed to households")
    CAPITAL = "capital", _("put in by the city")  # so that households are paid before buyers pay


MONEY = (Account.STRIPE, Account.CASH, Account.DOOR, Account.BANK)
