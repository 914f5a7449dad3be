from __future__ import annotations

from django.urls import path

from . import views

app_name = "ledger"

urlpatterns = [
    path("", views.public, name="public"),
    path("digest.json", views.digest, name="digest"),
    path("digests/<slug:day>.json", views.digest, name="digest_of"),
    path("verify_published.py", views.program, name="program"),
    path("export.jsonl.gz", views.export, name="export"),
    path("figures.json", views.figures_json, name="figures_json"),
    path("figures.csv", views.figures_csv, name="figures_csv"),
    path("briefings/<int:number>/", views.briefing, name="briefing"),
]
