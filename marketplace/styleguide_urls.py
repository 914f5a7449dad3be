from __future__ import annotations

from django.urls import path

from .styleguide import styleguide

urlpatterns = [path("", styleguide, name="styleguide")]
