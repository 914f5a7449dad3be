from __future__ import annotations

from django.urls import path

from . import views

app_name = "ledger"

urlpatterns = [
    path("", views.public, name="public"),
    path("digest.json", views.digest, name="digest"),
    path("digests/<slug:day>.json", views.digest, name="digest_of"),
    path("export.jsonl.gz", views.export, name="export"),
]
