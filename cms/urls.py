from __future__ import annotations

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls

from . import views
from .contact import contact

urlpatterns = [
    path("contact/", contact, name="contact"),
    # Wagtail's own names; only the serving of pages comes first from here
    re_path(r"^((?!_util/)(?:[\w\-]+/)*)$", views.serve),
    path("", include(wagtail_urls)),
]
