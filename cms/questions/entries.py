"""The entries under a figure, and one entry with its order line, what the scales said and the photos."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmers.ledger.models import Entry, Seal
from farmers.ledger.questions.asked import Question
from farmers.ledger.questions.sources import filtered
from farmers.ledger.totals import SUMS
from farmers.registry.models import encrypted
from marketplace.money import yuan
from marketplace.quantity import Unit
from marketplace.templatetags.market import amount
from shop.orders.models import Order, OrderLine
from shop.orders.said import said

from ..looked_up import LookUpInspect
from .forms import QuestionForm, address
from .names import names
from .sheets import long_csv, long_xlsx
from .views import Asked, about, entries_for

PER_PAGE = 50
# a workbook is made in memory; a CSV is sent as it is read
MOST_IN_A_WORKBOOK = 100_000


def entries_of(question: Question, user: Any) -> QuerySet[Entry]:
    mine = entries_for(user)
    rows = Entry.objects.all() if mine is None else mine
    return filtered(rows.filter(day__range=(question.first, question.last)), question)


class Entries(Asked):
    """The same filters as the question's; `export=csv` or `xlsx`, which names households; every file is written down."""

    template_name = "cms/admin/question_entries.html"
    page_title = gettext_lazy("Entries under a figure")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = names()
        form = QuestionForm(request.GET, known)
        if not form.is_valid():
            context = self.get_context_data(errors=form.errors.values())
            return self.render_to_response(context, status=422)
        question = form.question()
        rows = entries_of(question, self.request.user)
        sums = rows.aggregate(**SUMS)
        asked = address(question, known, rows=None, cols=None, measure=None)
        kind = request.GET.get("export")
        if kind in ("csv", "xlsx"):
            if kind == "xlsx" and sums["sum_entries"] > MOST_IN_A_WORKBOOK:
                message = _("More than %(most)s entries: take them as CSV, or ask for less.")
                errors = [[message % {"most": f"{MOST_IN_A_WORKBOOK:,}"}]]
                return self.render_to_response(self.get_context_data(errors=errors), status=422)
            return taken(kind, question, rows)
        paginator = Paginator(shown(rows).order_by("-day", "-pk"), PER_PAGE)
        paginator.count = sums["sum_entries"]
        here = reverse("questions:entries")
        context = self.get_context_data(
            about=about(question, known)[:1] + about(question, known)[2:],
            sums=sums,
            goods_fen=sums["sum_amount_fen"] - sums["sum_sapling_fen"],
            page_obj=paginator.get_page(request.GET.get("p")),
            query=asked,
            export={kind: f"{here}?{asked}&export={kind}" for kind in ("xlsx", "csv")},
        )
        return self.render_to_response(context)


def shown(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.select_related("household", "town", "village").defer(*encrypted("household__"))


def heads() -> list[tuple[str, str]]:
    """Columns of the ledger as officials keep it, each with the form of its numbers in a workbook."""
    return [
        (_("entry"), ""),
        (_("day"), "yyyy-mm-dd"),
        (_("kind"), ""),
        (_("town"), ""),
        (_("village"), ""),
        (_("household"), ""),
        (_("product"), ""),
        (_("category"), ""),
        (_("nursery saplings"), ""),
        (_("quantity"), "#,##0.###"),
        (_("unit"), ""),
        (_("price, yuan"), "#,##0.00"),
        (_("amount, yuan"), "#,##0.00"),
        (_("channel"), ""),
        (_("kind of buyer"), ""),
        (_("buying unit"), ""),
        (_("order"), ""),
        (_("order line"), "0"),
        (_("reason"), ""),
    ]


def lines(rows: QuerySet[Entry]) -> Iterator[list[Any]]:
    for entry in shown(rows).order_by("day", "pk").iterator(chunk_size=2_000):
        yield [
            entry.key,
            entry.day,
            entry.get_kind_display(),
            entry.town.name,
            entry.village.name,
            entry.household.head_name,
            entry.product_name,
            entry.category_name,
            _("yes") if entry.is_sapling else _("no"),
            Decimal(entry.quantity) / entry.unit_size,
            str(Unit(entry.unit).label),
            Decimal(entry.price_fen) / 100,
            Decimal(entry.amount_fen) / 100,
            entry.get_channel_display(),
            entry.get_buyer_kind_display(),
            entry.buyer_name or _("residents"),
            entry.order_number,
            entry.line,
            entry.reason,
        ]


def taken(kind: str, question: Question, rows: QuerySet[Entry]) -> HttpResponse:
    name = f"entries-{question.first:%Y%m%d}-{question.last:%Y%m%d}"
    words, forms = zip(*heads(), strict=True)
    if kind == "csv":
        return long_csv(name, words, lines(rows))  # type: ignore[return-value]
    return long_xlsx(name, words, forms, lines(rows))


class EntryInspect(LookUpInspect):
    """An entry with what it stands on: its order line, the scales, the photos; and its place in the chain."""

    template_name = "cms/admin/entry.html"
    # what the table keeps in grams and fen, people read in units and yuan
    WORDS = {"price_fen": gettext_lazy("price"), "amount_fen": gettext_lazy("amount")}

    def get_field_label(self, field_name: str, field: Any) -> str:
        return capfirst(str(self.WORDS.get(field_name) or super().get_field_label(field_name, field)))

    def get_quantity_display_value(self) -> str:
        return amount(self.object.quantity, self.object.unit_size, self.object.unit)

    def get_price_fen_display_value(self) -> str:
        return f"¥{yuan(self.object.price_fen)} / {Unit(self.object.unit).label}"

    def get_amount_fen_display_value(self) -> str:
        return f"¥{yuan(self.object.amount_fen)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry: Entry = self.object
        orders = Order.objects.visible_to(self.request.user).filter(number=entry.order_number)
        line = (
            OrderLine.objects.filter(pk=entry.line, order__in=orders)
            .select_related("order", "consignment", "weighing")
            .prefetch_related("weighing__photos")
            .first()
        )
        weighing = getattr(line, "weighing", None)
        return {
            **super().get_context_data(**kwargs),
            "line": line,
            "said": said(line) if line else None,
            "weighing": weighing,
            "photos": list(weighing.photos.all()) if weighing else [],
            "others": Entry.objects.filter(order_number=entry.order_number, line=entry.line)
            .exclude(pk=entry.pk)
            .order_by("pk"),
            "seal": Seal.objects.select_related("block").filter(entry=entry).first(),
        }
