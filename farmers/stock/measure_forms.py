"""What a seller or an officer is asked of plants: of each kind, the measures that it is sold by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .measure_words import read_size
from .measures import NONE, Measures, centimetres, metres
from .models import Product
from .saplings import MEASURED_BY, MOST_YEARS, Grade, Plant, Roots, Size, TrunkAt, trunk_of

_BALL_LABELS: dict[str, Any] = {Plant.POTTED: _("pot, across")}


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


# each measure once, in the order that they are asked for
EVERY = tuple(dict.fromkeys(chain.from_iterable(MEASURED_BY.values())))
PREFIX = "plant"


class MeasuresForm(forms.Form):
    """The measures of one product's plants; all may be left empty.

    With `every`, the others' are shown as well, for a page on which the product is still to be chosen; what is typed
    into those is left alone.
    """

    def __init__(self, plant: str, *args: Any, every: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", PREFIX)
        super().__init__(*args, **kwargs)
        self.plant = plant
        for name in EVERY if every else MEASURED_BY[plant]:
            for field, asked in _fields(name, plant).items():
                self.fields[field] = asked

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in set(self.fields) - set(asked_of(self.plant)):
            data.pop(name, None)
            self.errors.pop(name, None)
        if (
            data.get("ball")
            and "roots" in data
            and self.plant != Plant.POTTED
            and data["roots"] not in (Roots.BALL, Roots.CONTAINER)
        ):
            self.add_error("roots", _("Say whether this is the ball or the container."))
        return data

    def need_one(self) -> None:
        """Say at the first field that a size is wanted."""
        self.add_error(asked_of(self.plant)[0], _("Write one size at least: buyers of plants choose by it."))

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
                label=_("trunk measured"),
                choices=[*([] if plant else [("", _("where it is usual"))]), *TrunkAt.choices],
                initial=trunk_of(plant) if plant else "",
                required=False,
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
    label = _BALL_LABELS.get(plant, labels[name]) if name == "ball" else labels[name]
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
    return MeasuresForm(product.plant, data, initial=initial)


def asked_of(plant: str) -> tuple[str, ...]:
    """The names of the fields that such a plant is asked for; none for what is no plant."""
    names: list[str] = []
    for name in MEASURED_BY.get(plant, ()):
        names += ["trunk", "trunk_at"] if name == "trunk" else [name]
    return tuple(names)


def plants_told(products: Iterable[Product]) -> str:
    """For measures.js, as JSON: which of the products are which kind of plant, and what each kind is asked for."""
    kinds = {
        str(plant): {"asked": asked_of(plant), "trunk": str(trunk_of(plant)) if "trunk" in names else ""}
        for plant, names in MEASURED_BY.items()
    }
    return json.dumps(
        {"kinds": kinds, "products": {each.slug: each.plant for each in products if each.plant}}
    )


# the cells of a listing that they fill
MEASURE_CELLS = tuple(f"{PREFIX}-{field}" for name in EVERY for field in _fields(name, ""))
