"""Units that buy in the admin: whose canteen, who acts for them and how, and which villages a firm is paired with."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, MultipleChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.viewsets.base import ViewSetGroup

from marketplace.access.models import User
from marketplace.access.rules import ALLOWED, Act
from marketplace.money import yuan
from shop.buyers.models import BuyerOrganisation, CanteenBudget, Duty, Member, Pairing

from .looked_up import JoinedIndex, Listed, LookedUp, a_column, count_of

Kind, Canteen = BuyerOrganisation.Kind, BuyerOrganisation.Canteen

# --- units --------------------------------------------------------------------------------------


class OrganisationForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget = forms.TextInput(attrs={"autocomplete": "off"})
        if not self.instance.pk:
            self.initial["canteen"] = Canteen.OWN
        units = BuyerOrganisation.objects.exclude(pk=self.instance.pk).defer("phone")
        # who files for others has a canteen and files for itself
        self.fields["files_through"].queryset = units.filter(canteen__in=[Canteen.OWN, Canteen.CONTRACTED])
        self.fields["operator"].queryset = units

    def clean(self) -> dict[str, Any]:
        """What goes together; what does not belong to the canteen that was chosen is dropped."""
        data: dict[str, Any] = super().clean()
        if data.get("kind") != Kind.CANTEEN:
            data["canteen"] = Canteen.NONE
        canteen = data.get("canteen")
        if canteen != Canteen.SHARED:
            data["files_through"] = None
        elif not data.get("files_through"):
            self.add_error("files_through", _("Name the unit that files for all who share the canteen."))
        if canteen != Canteen.CONTRACTED:
            data["operator"] = None
        elif not data.get("operator"):
            self.add_error("operator", _("Name who runs the canteen."))
        first, second = data.get("approval_from_fen"), data.get("two_approvals_from_fen")
        if first is not None and second is not None and second < first:
            self.add_error("two_approvals_from_fen", _("The second limit is not below the first."))
        return data


class OrganisationFilter(WagtailFilterSet):
    kind = MultipleChoiceFilter(choices=Kind.choices, widget=forms.CheckboxSelectMultiple, label=_("kind"))
    canteen = MultipleChoiceFilter(
        choices=Canteen.choices, widget=forms.CheckboxSelectMultiple, label=_("canteen")
    )
    approver = BooleanFilter(method="has_approver", label=_("has somebody who approves"))

    class Meta:
        model = BuyerOrganisation
        fields = ["kind", "canteen", "on_account"]

    def has_approver(
        self, rows: QuerySet[BuyerOrganisation], name: str, value: bool
    ) -> QuerySet[BuyerOrganisation]:
        approvers = Duty.objects.filter(member__organisation=OuterRef("pk"), kind=Duty.Kind.APPROVER)
        return rows.filter(Exists(approvers) if value else ~Exists(approvers))


def other_unit(unit: BuyerOrganisation) -> str:
    other = unit.files_through or unit.operator
    return other.name if other else ""


class Organisations(Listed):
    model = BuyerOrganisation
    icon = "group"
    list_display = [
        "name",
        "kind",
        "canteen",
        a_column("other", _("filed or run by"), other_unit),
        a_column("people", _("members"), lambda row: row.people, "people"),
        a_column(
            "one", _("approval from"), lambda row: f"¥{yuan(row.approval_from_fen)}", "approval_from_fen"
        ),
        a_column("two", _("two from"), lambda row: f"¥{yuan(row.two_approvals_from_fen)}"),
        "on_account",
    ]
    filterset_class = OrganisationFilter
    search_fields = ["name", "name_en", "address"]
    joined = ("files_through", "operator")
    counts = {"people": partial(count_of, Member.objects.all(), "organisation")}
    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("name_en"), FieldPanel("kind")], heading=_("name")),
        MultiFieldPanel(
            [FieldPanel("canteen"), FieldPanel("files_through"), FieldPanel("operator")], heading=_("canteen")
        ),
        MultiFieldPanel(
            [FieldPanel("address"), FieldPanel("contact"), FieldPanel("phone")], heading=_("delivery address")
        ),
        MultiFieldPanel(
            [
                FieldPanel("on_account"),
                FieldRowPanel([FieldPanel("approval_from_fen"), FieldPanel("two_approvals_from_fen")]),
            ],
            heading=_("approval"),
        ),
    ]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = OrganisationForm
        return handler


# --- members ------------------------------------------------------------------------------------


class MemberForm(WagtailAdminModelForm):
    """A member with what they do for the unit."""

    duties = forms.MultipleChoiceField(
        label=_("duties"), choices=Duty.Kind.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ALLOWED[Act.SEE_UNIT_ORDERS]
        free = Q(membership=None) | Q(membership=self.instance.pk)
        self.fields["user"].queryset = User.objects.filter(free, role__in=roles).order_by("username")
        self.fields["user"].help_text = _("Accounts of buyers and approvers that belong to no unit yet.")
        self.fields["organisation"].queryset = BuyerOrganisation.objects.defer("phone")
        if self.instance.pk:
            self.initial["duties"] = list(self.instance.duties.values_list("kind", flat=True))

    @transaction.atomic
    def save(self, commit: bool = True) -> Member:
        member: Member = super().save(commit=commit)
        if commit:
            ticked = self.cleaned_data["duties"]
            member.duties.exclude(kind__in=ticked).delete()
            Duty.objects.bulk_create(
                (Duty(member=member, kind=kind) for kind in ticked), ignore_conflicts=True
            )
        return member


class MemberFilter(WagtailFilterSet):
    duty = MultipleChoiceFilter(
        field_name="duties__kind",
        choices=Duty.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        label=_("duty"),
    )
    idle = BooleanFilter(
        field_name="duties", lookup_expr="isnull", label=_("without any duty"), distinct=True
    )

    class Meta:
        model = Member
        fields = ["organisation", "user__role"]


class MemberIndex(JoinedIndex):
    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().prefetch_related(Prefetch("duties", Duty.objects.order_by("pk")))


class Members(Listed):
    model = Member
    icon = "user"
    list_display = [
        "user",
        "organisation",
        a_column("role", _("role"), lambda row: row.user.get_role_display(), "user__role"),
        a_column(
            "does",
            _("duties"),
            lambda row: " · ".join(duty.get_kind_display() for duty in row.duties.all()),
        ),
    ]
    index_view_class = MemberIndex
    filterset_class = MemberFilter
    search_fields = ["user__username", "organisation__name", "organisation__name_en"]
    joined = ("user", "organisation")
    ordering = "organisation__name"
    panels = [FieldPanel("organisation"), FieldPanel("user"), FieldPanel("duties")]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = MemberForm
        return handler


# --- pairings and filings -----------------------------------------------------------------------


class PairingForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms = BuyerOrganisation.objects.filter(kind=Kind.ENTERPRISE).defer("phone")
        self.fields["organisation"].queryset = firms


class Pairings(Listed):
    model = Pairing
    icon = "link"
    list_display = [
        "organisation",
        "village",
        a_column("town", _("town"), lambda row: row.village.town, "village__town"),
        "since",
    ]
    list_filter = ["organisation", "village__town"]
    search_fields = ["organisation__name", "organisation__name_en", "village__name", "village__town__name"]
    joined = ("organisation", "village__town")
    ordering = "organisation__name"
    panels = [FieldPanel("organisation"), FieldPanel("village"), FieldPanel("since")]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = PairingForm
        return handler


class Budgets(LookedUp):
    """Filed and decided on the city's own pages; here to be found."""

    model = CanteenBudget
    icon = "doc-full"
    list_display = [
        a_column("unit", _("organisation"), lambda row: row.organisation.name, "organisation__name"),
        "year",
        "version",
        a_column("food", _("food budget"), lambda row: f"¥{yuan(row.budget_fen)}", "budget_fen"),
        a_column("share", "%", lambda row: row.reserved_percent, "reserved_percent"),
        a_column("kept", _("reserved"), lambda row: f"¥{yuan(row.reserved_fen)}"),
        "state",
        "filed_at",
        "decided_at",
    ]
    list_filter = ["year", "state", "organisation"]
    search_fields = ["organisation__name", "organisation__name_en", "reason"]
    joined = ("organisation",)
    ordering = "-filed_at"
    inspect_view_fields = [
        *("organisation", "year", "version", "budget_fen", "reserved_percent", "state"),
        *("filed_by", "filed_at", "decided_by", "decided_at", "reason"),
    ]


class Units(ViewSetGroup):
    menu_label = _("Units")
    menu_icon = "group"
    menu_order = 160
    items = (Organisations, Members, Pairings, Budgets)
