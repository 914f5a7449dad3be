"""The tables of payments. Verbs of the room write them."""

from .money import DOOR, Dispute, HandIn, Payment, Provider, ProviderEvent, Refund, Transfer
from .statements import PayLink, Statement, StatementCredit, StatementLine, StatementQuerySet, Tick

__all__ = [
    "DOOR",
    "Dispute",
    "HandIn",
    "PayLink",
    "Payment",
    "Provider",
    "ProviderEvent",
    "Refund",
    "Statement",
    "StatementCredit",
    "StatementLine",
    "StatementQuerySet",
    "Tick",
    "Transfer",
]
