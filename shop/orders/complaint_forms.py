from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.photo_fields import PhotosField
from marketplace.templatetags.market import amount, product_name

from .complain import MAX_PHOTOS, TakenBack
from .forms import QuantityField
from .models import Complaint, OrderLine


class ComplaintForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    line = forms.ModelChoiceField(label=_("Which goods"), queryset=OrderLine.objects.none(), empty_label=None)
    what = forms.ChoiceField(
        label=_("What is wrong"), choices=Complaint.What.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your words"), max_length=500, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500})
    )
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        most=MAX_PHOTOS,
        help_text=_(
            "Three at most, 12 MB each: JPEG, PNG, WebP or HEIC. Seen by you, the village's officer and the city."
        ),
    )

    def __init__(self, lines: Any, *args: Any, **kwargs: Any) -> None:
        """`lines`: of the order, those that this person bought."""
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid.uuid4()
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]
        self.fields["line"].label_from_instance = _in_words  # type: ignore[attr-defined]


def _in_words(line: OrderLine) -> str:
    return f"{product_name(line)} · {amount(line.quantity, line.unit_size, line.unit)}"


class AnswerForm(forms.Form):
    """The city takes goods back, or says why not."""

    TAKE_BACK, REFUSE = "take_back", "refuse"
    outcome = forms.ChoiceField(
        label=_("The answer"),
        widget=forms.RadioSelect,
        choices=[(TAKE_BACK, _("goods are taken back")), (REFUSE, _("nothing is taken back"))],
    )
    sound = forms.BooleanField(label=_("sound, for sale again"), required=False)
    words = forms.CharField(
        label=_("Words to the buyer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )

    def __init__(self, line: OrderLine, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"] = QuantityField(line, label=_("Comes back"), required=False)
        self.fields["returned_before"] = forms.IntegerField(
            min_value=0, initial=line.returned_quantity, widget=forms.HiddenInput
        )
        self.order_fields(["returned_before", "outcome", "quantity", "sound", "words"])
        if not line.kept_quantity:  # nothing was accepted that could come back
            self.fields["outcome"].choices = [(self.REFUSE, _("nothing is taken back"))]  # type: ignore[attr-defined]
            self.initial["outcome"] = self.REFUSE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("outcome") == self.TAKE_BACK
            and not data.get("quantity")
            and "quantity" not in self.errors
        ):
            self.add_error("quantity", _("Say how much comes back."))
        return data

    def taken_back(self) -> TakenBack | None:
        data = self.cleaned_data
        if data["outcome"] == self.REFUSE:
            return None
        return TakenBack(data["quantity"], data["returned_before"], data["sound"])
