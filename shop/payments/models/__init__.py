"""The tables of payments. Verbs of the room write them."""

from .money import Dispute, Payment, Provider, ProviderEvent, Refund, Transfer
from .statements import PayLink, Statement, StatementCredit, StatementLine, StatementQuerySet, Tick

__all__ = [
    "Dispute",
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
