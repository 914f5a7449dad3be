"""What a seller or an officer is asked of plants: of each kind, the measures that it is sold by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .measure_words import read_size
from .measures import NONE, Measures, centimetres, metres
from .models import Product
from .saplings import MEASURED_BY, MOST_YEARS, Grade, Plant, Roots, Size, TrunkAt, trunk_of

_BALL_LABELS = {Plant.POTTED: _("pot, across")}


class SizeField(forms.CharField):
    """One size, or two with a dash between, in millimetres."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": _EXAMPLES[kind]})
        super().__init__(max_length=30, required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Size | None:
        words = super().clean(value)
        if not words:
            return None
        try:
            return read_size(words, self.kind)
        except ValueError:
            raise ValidationError(
                _("Write it like this: %(example)s."), params={"example": _EXAMPLES[self.kind]}
            ) from None

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Size):
            return value
        in_metres = self.kind in ("height", "crown") and value.largest >= 1000
        return f"{metres(value)}m" if in_metres else f"{centimetres(value)}cm"


_EXAMPLES = {"trunk": "5-6cm", "height": "2.5-3m", "crown": "1.5m", "ball": "40cm"}


class MeasuresForm(forms.Form):
    """The measures of one product's plants; all may be left empty."""

    def __init__(self, product: Product, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "plant")
        super().__init__(*args, **kwargs)
        self.plant = product.plant
        for name in MEASURED_BY[product.plant]:
            for field, asked in _fields(name, product.plant).items():
                self.fields[field] = asked

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("ball")
            and "roots" in self.fields
            and data.get("roots") not in (Roots.BALL, Roots.CONTAINER)
        ):
            self.add_error("roots", _("Say whether this is the ball or the container."))
        return data

    def measures(self) -> Measures:
        data = self.cleaned_data
        trunk, ball = data.get("trunk"), data.get("ball")
        roots = data.get("roots") or ""
        if self.plant == Plant.POTTED and ball:
            roots = Roots.CONTAINER
        return NONE._replace(
            trunk=trunk,
            trunk_at=str(data.get("trunk_at") or trunk_of(self.plant)) if trunk else "",
            height=data.get("height"),
            crown=data.get("crown"),
            age=data.get("age"),
            roots=str(roots),
            ball=ball.largest if ball else None,
            grade=data.get("grade") or "",
        )


def _fields(name: str, plant: str) -> dict[str, forms.Field]:
    """What is asked for one measure."""
    if name == "trunk":
        return {
            "trunk": SizeField("trunk", label=_("trunk, across")),
            "trunk_at": forms.ChoiceField(
                label=_("trunk measured"), choices=TrunkAt.choices, initial=trunk_of(plant), required=False
            ),
        }
    if name == "roots":
        choices = [("", _("not said")), *Roots.choices]
        return {name: forms.ChoiceField(label=_("roots"), choices=choices, required=False)}
    if name == "grade":
        choices = [("", _("not said")), *Grade.choices]
        return {name: forms.ChoiceField(label=_("grade by GB 6000"), choices=choices, required=False)}
    if name == "age":
        years = forms.IntegerField(label=_("age in years"), min_value=1, max_value=MOST_YEARS, required=False)
        return {name: years}
    labels = {"height": _("height"), "crown": _("crown, across"), "ball": _("ball or container, across")}
    label = _BALL_LABELS.get(Plant(plant), labels[name]) if name == "ball" else labels[name]
    return {name: SizeField(name, label=label)}


def measures_form(
    product: Product, data: Mapping[str, Any] | None = None, known: Measures = NONE
) -> MeasuresForm | None:
    """The form for lots of `product`, filled in with what is `known`; None for what is no plant."""
    if not product.plant:
        return None
    initial = {name: value for name, value in known._asdict().items() if value}
    if known.ball:
        initial["ball"] = Size(known.ball, known.ball)
    return MeasuresForm(product, data, initial=initial)
