"""The receiver's page for a measured sample, made for a phone in the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farmers.stock.measure_forms import SizeField
from farmers.stock.measures import Measures
from farmers.stock.saplings import Size, TrunkAt
from marketplace.access.rules import SignedIn
from shop.orders.models import OrderLine
from shop.orders.views import abilities, order_for

from .models import Sample
from .sample import NAMES, Measured, compared, in_words, measure, promised
from .steps import Refused

LABELS = {
    "trunk": (gettext_lazy("thinnest trunk"), gettext_lazy("trunk on average")),
    "height": (gettext_lazy("lowest plant"), gettext_lazy("height on average")),
    "crown": (gettext_lazy("narrowest crown"), gettext_lazy("crown on average")),
}


class SampleForm(forms.Form):
    """How many plants were measured; of each measure the smallest and the mean, as far as it was taken."""

    def __init__(self, line: OrderLine, known: Measures, data: Any = None) -> None:
        super().__init__(data)
        self.line = line
        self.fields["plants"] = forms.IntegerField(
            label=_("How many plants did you measure?"), min_value=1, max_value=line.quantity
        )
        for name in NAMES:
            least, mean = LABELS[name]
            self.fields[f"{name}_least"] = SizeField(name, label=least)
            self.fields[f"{name}_mean"] = SizeField(name, label=mean)
        self.fields["trunk_at"] = forms.ChoiceField(
            label=_("trunk measured"),
            choices=TrunkAt.choices,
            initial=known.trunk_at or TrunkAt.BREAST,
            required=False,
        )
        self.fields["note"] = forms.CharField(label=_("Note"), max_length=200, required=False)

    def rows(self, known: Measures) -> list[tuple[str, list[forms.BoundField]]]:
        """Each measure with its promise and its two fields."""
        rows = []
        for name in NAMES:
            size: Size | None = getattr(known, name)
            rows.append((in_words(size) if size else "", [self[f"{name}_least"], self[f"{name}_mean"]]))
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in NAMES:
            least, mean = data.get(f"{name}_least"), data.get(f"{name}_mean")
            if f"{name}_least" in self.errors or f"{name}_mean" in self.errors:
                continue
            if (least is None) != (mean is None):
                missing = "least" if least is None else "mean"
                self.add_error(f"{name}_{missing}", _("Write both: the smallest and the average."))
            elif least is not None and mean is not None and mean.largest < least.smallest:
                self.add_error(f"{name}_mean", _("The average cannot be below the smallest."))
        if not self.errors and not self.found():
            self.add_error(None, _("Write down at least one measure, please."))
        return data

    def found(self) -> dict[str, Measured]:
        data = self.cleaned_data
        return {
            name: Measured(data[f"{name}_least"].smallest, data[f"{name}_mean"].largest)
            for name in NAMES
            if data.get(f"{name}_least") and data.get(f"{name}_mean")
        }


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sample(request: SignedIn, number: str, line_id: int) -> HttpResponse:
    """Measure some of the plants that came; once written down it stands beside the promise."""
    order = order_for(request, number)
    if not abilities(request.user, order).receives:
        raise PermissionDenied
    line = get_object_or_404(order.lines.select_related("consignment"), pk=line_id)
    if not line.is_sapling:
        raise Http404
    known = promised(line)
    taken = Sample.objects.filter(line=line).first()
    form = SampleForm(line, known, request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            measure(
                line.pk,
                data["plants"],
                form.found(),
                request.user,
                trunk_at=data["trunk_at"],
                note=data["note"],
            )
        except Refused as why:
            form.add_error(None, str(why))
            status = 409
        else:
            messages.success(request, _("The sample is written down, beside what was promised."))
            return redirect(order)
    elif form.is_bound:
        status = 422
    context = {
        "order": order,
        "line": line,
        "form": form,
        "rows": form.rows(known),
        "taken": taken,
        "compared": compared(taken, known) if taken else [],
    }
    return render(request, "green/sample.html", context, status=status)
