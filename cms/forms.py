from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm

from farmers.registry.models import Household, encrypted
from farmers.stock.season import YEAR, as_bits, as_months
from marketplace.quantity import measure_of

from .blocks import drawing_choices
from .workflow import may_approve


class StoryForm(WagtailAdminPageForm):
    """A story may be drafted for any household; publishing it asks for consent, beside the field that lacks it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("household"):
            # an editor meets households as the public does: those that agreed, by place and masked name
            field.queryset = (
                Household.objects.filter(Q(consent_on__isnull=False) | Q(pk=self.instance.household_id))
                .select_related("village__town")
                .order_by("village__town__position", "village__name", "pk")
                .defer(*encrypted())
            )
            field.label_from_instance = _public_label

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        household = data.get("household")
        publishing = "action-publish" in self.data
        if household is None:
            return data
        if household.consent_on is None and (publishing or self.instance.live):
            self.add_error("household", _("This household has not agreed to be shown."))
        elif publishing and not may_approve(self.for_user):
            # where a page is created, Wagtail asks who may publish of the list it will stand in
            self.add_error(
                "household", _("A story that shows a household is submitted, and approved by others.")
            )
        return data


def _public_label(household: Household) -> str:
    return f"{household.village.town} {household.village} {household.public_name} ({household.pk})"


class FixedOnceUsed(WagtailAdminModelForm):
    """Fields that other tables keep copies of can be chosen for a new row alone."""

    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.fixed:
                self.fields[name].disabled = True


class MonthsField(forms.TypedMultipleChoiceField):
    """Months to tick, kept as one bit each."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, choices=[(month, MONTHS[month]) for month in YEAR], **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return as_months(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        return as_bits(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ProductForm(FixedOnceUsed):
    fixed = ("slug", "category", "measure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # every drawing there is belongs to some product; a new product borrows the nearest
        self.fields["illustration"] = forms.ChoiceField(
            label=self.fields["illustration"].label, choices=drawing_choices
        )
        self.fields["months"] = MonthsField(label=self.fields["months"].label, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        unit, measure = data.get("unit"), data.get("measure")
        if unit and measure and measure_of(unit) != measure:
            self.add_error("unit", _("This unit does not fit the measure."))
        return data


class CategoryForm(FixedOnceUsed):
    fixed = ("slug", "is_sapling")
