from __future__ import annotations

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shop.catalogue.offers import offers


class SampleForm(forms.Form):
    """One field of each sort, so that their looks can be judged together."""

    name = forms.CharField(label="Name", max_length=40, help_text="As it stands on the parcel.")
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    way = forms.ChoiceField(
        label="How you get the goods",
        choices=[("pickup", "fetch them at a pick-up point"), ("address", "have them brought")],
        widget=forms.RadioSelect,
    )
    unit = forms.ChoiceField(label="Unit", choices=[("jin", "jin"), ("kg", "kg")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="I have read this")
    file = forms.FileField(label="Workbook", required=False)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every part of the pages, for those who build them. Shown on development sites alone."""
    messages.success(request, "In the basket.")
    sprite = Path(settings.BASE_DIR, "static", "icons.svg").read_text(encoding="utf-8")
    return render(
        request,
        "styleguide/styleguide.html",
        {
            "form": SampleForm(),
            "wrong": SampleForm({"wrong-name": ""}, prefix="wrong"),
            "icons": re.findall(r'<symbol id="([a-z]+)"', sprite),
            "lots": offers()[:4],
        },
    )
