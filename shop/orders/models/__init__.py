"""The tables of orders: the order itself, and what is said of it afterwards. Verbs of the room write them."""

from .complaint import Complaint, ComplaintPhoto
from .order import (
    HELD,
    Consignment,
    Order,
    OrderLine,
    PayBy,
    State,
    TrackingEvent,
    Transition,
    not_agreed,
)
from .review import Review
from .scales import Weighing, WeighingPhoto

__all__ = [
    "HELD",
    "Complaint",
    "ComplaintPhoto",
    "Consignment",
    "Order",
    "OrderLine",
    "PayBy",
    "Review",
    "State",
    "TrackingEvent",
    "Transition",
    "Weighing",
    "WeighingPhoto",
    "not_agreed",
]
