from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmers.ledger.accounts import Account
from marketplace.access.models import User
from marketplace.money import yuan
from shop.buyers.models import BuyerOrganisation
from shop.orders.credit import UnitField
from shop.payments import own

from .guess import Asked
from .match import Part
from .models import BankFile, BankLine
from .read import Bad
from .receive import AccountUnknown, RowsRefused, receive
from .tables import MOST_BYTES, FileRefused
from .values import folded

_PART = re.compile(r"([uo])(\d{1,17}):(\d{1,15})")
_TAIL = re.compile(r"[0-9]{4}")
MOST_NUMBERS = 40


class FileForm(forms.Form):
    """A file of the bank's."""

    file = forms.FileField(
        label=gettext_lazy("The bank's file (csv or xlsx)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose the bank's file first."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    tail = forms.CharField(
        required=False,
        label=gettext_lazy("Account, last four digits"),
        help_text=gettext_lazy("Only where the file does not say of which account it is."),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.received: BankFile | None = None
        self.bad: list[Bad] = []

    def clean_tail(self) -> str:
        tail = folded(self.cleaned_data["tail"])
        if tail and not _TAIL.fullmatch(tail):
            raise forms.ValidationError(_("Enter the last four digits of the account, such as 0123."))
        return tail

    def clean(self) -> dict[str, Any]:
        file: UploadedFile | None = self.cleaned_data.get("file")
        if file is None or "tail" not in self.cleaned_data:
            return self.cleaned_data
        try:
            # one byte more tells that it is too large
            data = file.read(MOST_BYTES + 1)
            self.received = receive(file.name or "", data, self.user, self.cleaned_data["tail"])
        except AccountUnknown as refused:
            self.add_error("tail", str(refused))
        except FileRefused as refused:
            if isinstance(refused, RowsRefused):
                self.bad = refused.bad
            self.add_error("file", str(refused))
        return self.cleaned_data


def written(parts: tuple[Part, ...]) -> str:
    """Parts as a button carries them."""
    return " ".join(
        f"u{part.unit}:{part.fen}" if part.unit else f"o{part.order}:{part.fen}" for part in parts
    )


def parts_of(text: str) -> list[Part] | None:
    """The parts again; None for what no button of ours says."""
    parts = []
    for word in text.split(" ")[:MOST_NUMBERS]:
        found = _PART.fullmatch(word)
        if found is None or not int(found[3]):
            return None
        parts.append(Part(int(found[3]), **{"unit" if found[1] == "u" else "order": int(found[2])}))
    return parts


class HandForm(forms.Form):
    """Whose the money is, as the cashier knows: a unit's, or what some statements or orders ask for."""

    unit = UnitField(
        BuyerOrganisation.objects.defer("phone"),
        required=False,
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("choose"),
    )
    numbers = forms.CharField(
        required=False,
        max_length=600,
        label=gettext_lazy("Or numbers of statements or orders"),
        help_text=gettext_lazy("Several with a space between them: each gets what it asks for."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, line: BankLine, of: Asked, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.of = line, of

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        unit, numbers = data.get("unit"), data.get("numbers", "")
        if self.errors:
            return data
        if unit and numbers:
            self.add_error("numbers", _("Choose a unit or write numbers, one of the two."))
        elif unit:
            data["parts"] = [Part(self.line.amount_fen, unit=unit.pk)]
        elif numbers:
            data["parts"] = self._numbered(numbers)
        else:
            self.add_error("unit", _("Choose the unit that paid, or write numbers."))
        return data

    def _numbered(self, text: str) -> list[Part]:
        asked: dict[tuple[str, int], int] = {}
        numbers = dict.fromkeys(word for word in re.split(r"[\s,;、]+", folded(text).upper()) if word)
        for number in list(numbers)[:MOST_NUMBERS]:
            if number in self.of.statements:
                owner, own, _all = self.of.statements[number]
                asked["unit", owner] = asked.get(("unit", owner), 0) + own
            elif (order := self.of.orders.get(number)) is not None:
                unit = order.organisation_id if self.of.on_account(order) else None
                key = ("unit", unit) if unit else ("order", order.pk)
                asked[key] = asked.get(key, 0) + order.due_fen
            else:
                self.add_error(
                    "numbers", _("There is no statement or order %(number)s.") % {"number": number[:40]}
                )
                return []
        if len(asked) == 1:
            (which, pk), *_rest = asked
            return [Part(self.line.amount_fen, **{which: pk})]
        if sum(asked.values()) != self.line.amount_fen or not all(asked.values()):
            sums = {"due": yuan(sum(asked.values())), "came": yuan(self.line.amount_fen)}
            self.add_error("numbers", _("They ask for ¥%(due)s in all, and ¥%(came)s came.") % sums)
            return []
        return [Part(fen, **{which: pk}) for (which, pk), fen in asked.items()]


# what a line may be of the city's own money: it came to the bank
OWN_WAYS = [(way, label) for way, label in enumerate(own.LABELS) if own.WAYS[way][1] == Account.BANK]


class OwnForm(forms.Form):
    """Where own money came from."""

    way = forms.TypedChoiceField(label=gettext_lazy("What moved"), coerce=int, choices=OWN_WAYS)


class AsideForm(forms.Form):
    """Why a line is none of ours."""

    reason = forms.CharField(
        label=gettext_lazy("What it is"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "reasons"}),
        error_messages={"required": gettext_lazy("Say in a few words what this money is.")},
    )
