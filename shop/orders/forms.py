from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from marketplace.days import today
from marketplace.quantity import from_units, in_units
from marketplace.templatetags.market import month_day
from marketplace.templatetags.market import name_ as in_words
from shop.buyers.addresses import MOST, Place
from shop.buyers.forms import checked_phone
from shop.buyers.models import Address, PickupPoint
from shop.catalogue.delivery import Earliest

from .models import Consignment, OrderLine, PayBy
from .place import Delivery

NEW = "new"
MAX_DAYS_AHEAD = 60


class PickupField(forms.ModelChoiceField):
    def label_from_instance(self, obj: PickupPoint) -> str:
        return f"{in_words(obj)} · {obj.address} · {obj.hours}"


class CheckoutForm(forms.Form):
    """Where the goods go and how they are paid."""

    use_required_attribute = False  # a field that is put away must not hold the form back

    recipient = forms.CharField(
        label=_("Recipient"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("For those who bring the goods or answer for the order, and nobody else."),
    )
    way = forms.ChoiceField(
        label=_("How you get the goods"),
        choices=[("pickup", _("fetch them at a pick-up point")), ("address", _("have them brought"))],
        widget=forms.RadioSelect,
    )
    pickup_point = PickupField(
        label=_("Pick-up point"),
        queryset=PickupPoint.objects.none(),
        empty_label=_("choose a place"),
        error_messages={"required": _("Choose where you will fetch the goods.")},
    )
    saved = forms.ChoiceField(label=_("Where to"), widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Address"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("Town or subdistrict, street or village, house number."),
        error_messages={"required": _("Say where the goods should be brought.")},
    )
    keep = forms.BooleanField(label=_("Keep this address for next time"), required=False)
    wanted_on = forms.DateField(
        label=_("Wanted on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=_("A word to the village"), max_length=200, required=False)
    pay_by = forms.ChoiceField(label=_("Payment"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        on_account: bool,
        online: bool,
        earliest: Earliest,
        addresses: Sequence[Address] | None = None,
        **kwargs: Any,
    ) -> None:
        """`addresses`: those that the buyer keeps; None for one who keeps none."""
        super().__init__(*args, **kwargs)
        points = PickupPoint.objects.filter(open=True)
        self.fields["pickup_point"].queryset = points  # type: ignore[attr-defined]
        # who names one was shown one
        if not (self.data.get("pickup_point") or points.exists()):
            self.fields["way"].choices = [("address", _("have them brought"))]  # type: ignore[attr-defined]
            self.initial["way"] = "address"
        self.places = {str(place.pk): place for place in addresses or ()}
        if self.places:
            self.fields["saved"].choices = [  # type: ignore[attr-defined]
                *((key, f"{place.recipient} · {place.address}") for key, place in self.places.items()),
                (NEW, _("another address")),
            ]
        else:
            del self.fields["saved"]
        if addresses is None or len(addresses) >= MOST:
            del self.fields["keep"]
        if self.is_bound:  # of the two, only the way that was chosen has to be filled in
            self.fields["pickup_point"].required = self.data.get("way") == "pickup"
            self.fields["address"].required = self.data.get("way") == "address"
            if self.places:
                self.fields["saved"].required = self.data.get("way") == "address"
            if self._kept(self.data):
                for name in ("address", "recipient", "phone"):
                    self.fields[name].required = False
        self.earliest = earliest
        self.fields["wanted_on"].help_text = _(
            "At a pick-up point from %(fetched)s, brought from %(brought)s. Left empty: as soon as the village can."
        ) % {"fetched": month_day(earliest.fetched), "brought": month_day(earliest.brought)}
        self.fields["wanted_on"].widget.attrs |= {
            "min": min(earliest).isoformat(),
            "data-pickup": earliest.fetched.isoformat(),
            "data-address": earliest.brought.isoformat(),
            "max": (today() + dt.timedelta(days=MAX_DAYS_AHEAD)).isoformat(),
        }
        ways = [PayBy.ON_DELIVERY]
        if on_account:
            ways.insert(0, PayBy.ON_ACCOUNT)
        if online:
            ways.append(PayBy.ONLINE)
        self.fields["pay_by"].choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]
        self.fields["pay_by"].initial = ways[0].value

    def _kept(self, data: Mapping[str, Any]) -> Address | None:
        """The kept address that was chosen: recipient and telephone are its own, whatever else was typed."""
        return self.places.get(data.get("saved", "")) if data.get("way") == "address" else None

    def clean_phone(self) -> str:
        return "" if self._kept(self.data) else checked_phone(self.cleaned_data["phone"])

    def clean_wanted_on(self) -> dt.date | None:
        day = self.cleaned_data.get("wanted_on")
        first = self.earliest.fetched if self.cleaned_data.get("way") == "pickup" else self.earliest.brought
        if day is not None and today() <= day < first:
            raise ValidationError(_("The village can do it from %(day)s.") % {"day": month_day(first)})
        if day is not None and not today() <= day <= today() + dt.timedelta(days=MAX_DAYS_AHEAD):
            raise ValidationError(_("Choose a day within the next 60 days."))
        return day

    def delivery(self) -> Delivery:
        data = self.cleaned_data
        fetched = data["way"] == "pickup"
        kept = self._kept(data)
        return Delivery(
            recipient=kept.recipient if kept else data["recipient"],
            phone=kept.phone if kept else data["phone"],
            address="" if fetched else kept.address if kept else data["address"],
            pickup_point=data["pickup_point"] if fetched else None,
            wanted_on=data["wanted_on"],
            note=data["note"],
        )

    def to_keep(self) -> Place | None:
        """The address that was typed, if it is to be kept."""
        data = self.cleaned_data
        if not data.get("keep") or data["way"] != "address" or self._kept(data):
            return None
        return Place(data["recipient"], data["phone"], data["address"])


class ReasonForm(forms.Form):
    why = forms.CharField(label=_("Why (if you like)"), max_length=200, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class StopForm(forms.Form):
    note = forms.CharField(label=_("Where the goods are"), max_length=200)


class QuantityField(forms.CharField):
    """An amount typed in a line's own unit, understood in grams or pieces."""

    def __init__(self, line: OrderLine, **kwargs: Any) -> None:
        self.size = line.unit_size
        super().__init__(
            max_length=12,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return from_units(text, self.size)
        except ValueError:
            raise ValidationError(_("Enter a plain number, such as 10.")) from None


def to_weigh(line: OrderLine) -> bool:
    """Whether the line's goods have left the village, and nobody has said yet what came. Wants its consignment."""
    gone = {Consignment.State.DISPATCHED, Consignment.State.DELIVERED}
    return line.accepted_quantity is None and line.consignment.state in gone


class AcceptForm(forms.Form):
    """What was really received, a field for each line. One left empty is not weighed yet."""

    def __init__(self, lines: list[OrderLine], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            here = line.consignment.state == Consignment.State.DELIVERED
            self.fields[f"line-{line.pk}"] = QuantityField(
                line,
                label=_("Really received"),
                # goods still on the road are not accepted by a slip of the finger
                initial=in_units(line.quantity, line.unit_size).replace(",", "") if here else "",
                required=False,
            )
        self.fields["note"] = forms.CharField(label=_("Note"), max_length=200, required=False)

    def rows(self) -> list[tuple[OrderLine, forms.BoundField]]:
        return [(line, self[f"line-{line.pk}"]) for line in self.lines if to_weigh(line)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for line in self.lines:
            quantity = data.get(f"line-{line.pk}")
            if quantity is not None and quantity > line.quantity:
                self.add_error(f"line-{line.pk}", _("That is more than was ordered."))
        return data

    def quantities(self) -> dict[int, int]:
        found = {line.pk: self.cleaned_data.get(f"line-{line.pk}") for line in self.lines}
        return {pk: quantity for pk, quantity in found.items() if quantity is not None}


class ReturnForm(forms.Form):
    """Goods that come back, or a slip in the acceptance put right."""

    def __init__(self, line: OrderLine, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix=f"return-{line.pk}")
        self.fields["quantity"] = QuantityField(line, label=_("Comes back"))
        self.fields["returned_before"] = forms.IntegerField(
            min_value=0, initial=line.returned_quantity, widget=forms.HiddenInput
        )
        self.fields["sound"] = forms.BooleanField(label=_("sound, for sale again"), required=False)
        self.fields["reason"] = forms.CharField(label=_("Why"), max_length=200)


class CallOffForm(forms.Form):
    """A line that will not come."""

    def __init__(self, line: OrderLine, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix=f"call-off-{line.pk}")
        self.fields["restock"] = forms.BooleanField(
            label=_("the goods are there, for sale again"), required=False, initial=True
        )
        self.fields["reason"] = forms.CharField(label=_("Why"), max_length=120)


class ReviewForm(forms.Form):
    """What somebody thinks of goods that came."""

    def __init__(self, line: OrderLine, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix=f"review-{line.pk}")
        self.fields["stars"] = forms.TypedChoiceField(
            label=_("How was it?"),
            coerce=int,
            widget=forms.RadioSelect,
            choices=[
                (5, _("very good")),
                (4, _("good")),
                (3, _("all right")),
                (2, _("not so good")),
                (1, _("bad")),
            ],
        )
        self.fields["words"] = forms.CharField(
            label=_("In a few words"),
            max_length=500,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_(
                "Everybody can read them, beside the kind of buyer and the month. Name nobody, please."
            ),
        )
