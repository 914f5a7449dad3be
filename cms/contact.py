"""The contact form: a message for the editors, a few in an hour from one address."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from marketplace.personal import digest
from shop.buyers.forms import checked_phone

from .letters import Letter

AN_HOUR = 3600
MOST_IN_AN_HOUR = 5
LONGEST = 2_000


class ContactForm(forms.ModelForm):
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=gettext_lazy("If you would like to be called back."),
    )
    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )

    class Meta:
        model = Letter
        fields = ("subject", "name", "phone", "text")
        labels = {"subject": gettext_lazy("It is about")}

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        return checked_phone(phone) if phone else ""


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        if _one_more_from(request):
            form.save()
            messages.success(
                request, _("Thank you. Your message is with the editors, who read it on working days.")
            )
            return redirect("contact")
        form.add_error(
            None, _("Many messages have come from here within the hour. Please call, or write later.")
        )
        status = 429
    return render(request, "cms/contact.html", {"form": form}, status=status)


def _one_more_from(request: HttpRequest) -> bool:
    """Counts in the cache alone, by a keyed digest of the address, and forgets within the hour."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        # the last hop is the one our own proxy wrote
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    key = f"cms.contact.{digest(address)}"
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key) <= MOST_IN_AN_HOUR
    except ValueError:  # forgotten between the two
        return True
