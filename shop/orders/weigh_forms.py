from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.photo_fields import PhotosField
from marketplace.quantity import Measure

from .accept import BadQuantity
from .complain import MAX_PHOTOS
from .forms import QuantityField
from .models import OrderLine
from .weigh import Reading, check


@dataclass(frozen=True)
class Row:
    """A line with its fields."""

    line: OrderLine
    weighed: forms.BoundField
    refused: forms.BoundField
    reason: forms.BoundField
    photos: forms.BoundField

    @property
    def fields(self) -> tuple[forms.BoundField, ...]:
        return self.weighed, self.refused, self.reason, self.photos

    @property
    def more(self) -> bool:
        """Whether what is folded away has something to show."""
        return any(field.errors or field.value() for field in (self.refused, self.reason, self.photos))


class WeighForm(forms.Form):
    """What the scale says of each line. One left empty is not weighed yet."""

    def __init__(self, lines: Sequence[OrderLine], *args: Any, receiver: str = "", **kwargs: Any) -> None:
        """`receiver`: who stood at the scale last time."""
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"line-{line.pk}"] = QuantityField(
                line,
                label=_("On the scale") if line.measure == Measure.GRAM else _("Counted"),
                required=False,
            )
            self.fields[f"refused-{line.pk}"] = QuantityField(line, label=_("Refused of it"), required=False)
            self.fields[f"reason-{line.pk}"] = forms.CharField(
                label=_("Why it is refused"), max_length=200, required=False
            )
            self.fields[f"photos-{line.pk}"] = PhotosField(
                label=_("Photos"),
                required=False,
                most=MAX_PHOTOS,
                help_text=_("Three at most, 12 MB each. Seen by both sides."),
            )
        self.fields["receiver"] = forms.CharField(
            label=_("Who stood at the scale"),
            max_length=40,
            initial=receiver,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields["note"] = forms.CharField(label=_("Note"), max_length=200, required=False)

    def rows(self) -> list[Row]:
        names = ("line", "refused", "reason", "photos")
        return [Row(line, *(self[f"{name}-{line.pk}"] for name in names)) for line in self.lines]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for line in self.lines:
            if any(f"{name}-{line.pk}" in self.errors for name in ("line", "refused")):
                continue
            reading = self._reading(line)
            if reading is not None:
                try:
                    check(line, reading)
                except BadQuantity as bad:
                    self.add_error(f"{bad.field}-{line.pk}", str(bad))
            elif any(data.get(f"{name}-{line.pk}") for name in ("refused", "reason", "photos")):
                self.add_error(f"line-{line.pk}", _("Enter what the scale said, too."))
        return data

    def _reading(self, line: OrderLine) -> Reading | None:
        data = self.cleaned_data
        weighed = data.get(f"line-{line.pk}")
        if weighed is None:
            return None
        refused = data.get(f"refused-{line.pk}") or 0
        return Reading(weighed, refused, data.get(f"reason-{line.pk}", ""), data.get(f"photos-{line.pk}", ()))

    def readings(self) -> dict[int, Reading]:
        found = {line.pk: self._reading(line) for line in self.lines}
        return {pk: reading for pk, reading in found.items() if reading is not None}


class HandOverForm(forms.Form):
    """What an officer weighed in the village, for each line, as far as anybody did."""

    def __init__(self, lines: Sequence[OrderLine], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"handed-{line.pk}"] = QuantityField(
                line, label=_("Quantity sent off"), required=False
            )
        self.fields["note"] = forms.CharField(label=_("Note"), max_length=200, required=False)

    def field_of(self, line: OrderLine) -> forms.BoundField:
        return self[f"handed-{line.pk}"]

    def quantities(self) -> dict[int, int]:
        found = {line.pk: self.cleaned_data.get(f"handed-{line.pk}") for line in self.lines}
        return {pk: quantity for pk, quantity in found.items() if quantity is not None}
