"""The rules by which households are watched, and the yearly line: kept by the city's office in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from farmers.monitoring.forms import SumField
from farmers.monitoring.incomes import enter_line
from farmers.monitoring.models import PARAMETERS, Rule, RuleKind, Warning, YearlyLine
from marketplace.money import yuan

from ..looked_up import LOOKING, NO_WAY_TO_CHANGE, EnterOnly, Listed, a_column, count_of


class RuleForm(WagtailAdminModelForm):
    """What the kind needs has to be there, and what it does not use is dropped."""

    least_fen = SumField(
        label=gettext_lazy("yuan at least"),
        required=False,
        help_text=gettext_lazy("Less is not looked at: last year's quarter, or the worth of what is unsold."),
    )

    BOUNDS = {"percent": (1, 500), "months": (1, 24), "days": (1, 1000), "least_fen": (0, None)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # warnings were raised by it: another kind is another rule
            self.fields["kind"].disabled = True
            self.initial["least_fen"] = yuan(self.instance.least_fen or 0).replace(",", "")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        kind = data.get("kind")
        if kind is None:
            return data
        used = PARAMETERS[kind]
        for name, (least, most) in self.BOUNDS.items():
            if name not in used:
                data[name] = None
                continue
            if name in self.errors:
                continue
            if kind == RuleKind.FALL:
                most, least = (100 if name == "percent" else most), (1 if name == "least_fen" else least)
            value = data.get(name)
            if value is None:
                self.add_error(name, _("This kind of rule needs it."))
            elif value < least or (most is not None and value > most):
                self.add_error(name, _bounds(least, most))
        if (data.get("quiet_days") or 0) > 1000:
            self.add_error("quiet_days", _bounds(0, 1000))
        return data


def _bounds(least: int, most: int | None) -> str:
    if most is None:
        return _("Write more than nothing.")
    return _("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most}


def asks(rule: Rule) -> str:
    """What it asks for, in words."""
    told = {
        "percent": _("%(n)s%%") % {"n": rule.percent},
        "months": _("%(n)s months") % {"n": rule.months},
        "days": _("%(n)s days") % {"n": rule.days},
        "least_fen": f"¥{yuan(rule.least_fen or 0)}",
    }
    return " · ".join(told[name] for name in PARAMETERS[rule.kind])


def said(yes: bool) -> str:
    return _("Yes") if yes else _("No")


class Rules(Listed):
    model = Rule
    icon = "list-ul"
    add_to_reference_index = False
    list_display = [
        "kind",
        a_column("asks", gettext_lazy("warns from"), asks),
        a_column("who", gettext_lazy("watched households alone"), lambda row: said(row.watched_only)),
        "quiet_days",
        a_column("in_force", gettext_lazy("in force"), lambda row: said(row.on), "on"),
        a_column("raised", gettext_lazy("open warnings"), lambda row: row.open_warnings),
    ]
    counts = {"open_warnings": lambda: count_of(Warning.objects.open(), "rule")}
    list_filter = ["kind", "on"]
    ordering = "pk"
    panels = [
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("on"), FieldPanel("watched_only")], heading=gettext_lazy("rule")
        ),
        FieldRowPanel([FieldPanel("percent"), FieldPanel("months")]),
        FieldRowPanel([FieldPanel("days"), FieldPanel("least_fen")]),
        FieldPanel("quiet_days"),
    ]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = RuleForm
        return handler


class LineForm(WagtailAdminModelForm):
    line_fen = SumField(least=1, label=gettext_lazy("yuan per head and year"))
    year = forms.IntegerField(label=gettext_lazy("year"), min_value=2015, max_value=2100)
    source = forms.CharField(
        label=gettext_lazy("source"),
        max_length=200,
        help_text=gettext_lazy("The paper that sets it, with its number and date."),
    )

    def save(self, commit: bool = True) -> YearlyLine:
        told = self.cleaned_data
        self.instance = enter_line(told["year"], told["line_fen"], told["source"], self.for_user)
        return self.instance


def newest() -> Subquery:
    """The key of the line that counts in a row's year."""
    of_year = YearlyLine.objects.filter(year=OuterRef("year")).order_by("-pk")
    return Subquery(of_year.values("pk")[:1])


class Lines(Listed):
    """Entered, and never changed: another line of the same year takes its place, and both stay to be read."""

    model = YearlyLine
    add_view_class = EnterOnly
    icon = "minus"
    add_to_reference_index = False
    list_display = [
        "year",
        a_column("yuan", gettext_lazy("yuan per head and year"), lambda row: yuan(row.line_fen), "line_fen"),
        "source",
        a_column("counts", gettext_lazy("counts"), lambda row: said(row.pk == row.newest)),
        "by",
        "at",
    ]
    list_filter = ["year"]
    joined = ("by",)
    counts = {"newest": newest}
    ordering = "-pk"
    panels = [FieldPanel("year"), FieldPanel("line_fen"), FieldPanel("source")]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        never = {name: none for name, none in NO_WAY_TO_CHANGE.items() if name != "add_url_name"}
        return super().get_common_view_kwargs(**never, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in {*LOOKING, "add"}]

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = LineForm
        return handler
