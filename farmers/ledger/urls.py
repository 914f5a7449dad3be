from __future__ import annotations

from django.urls import path

from . import views

app_name = "ledger"

urlpatterns = [path("", views.public, name="public")]
