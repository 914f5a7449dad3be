from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from .tracked import ROOMS, ROOT

PRODUCTION = {
    "SECRET_KEY": "production-key-of-a-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "ALLOWED_HOSTS": "market.example",
    "SITE_URL": "https://market.example",
    "FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_migrations_say_what_the_models_say(tmp_path: Path) -> None:
    rooms = [app.label for app in apps.get_app_configs() if app.name.split(".")[0] in ROOMS]
    done = manage(
        "makemigrations",
        "--check",
        "--dry-run",
        *rooms,
        DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_production_settings_leave_no_warning(another_database: str) -> None:
    done = manage(
        "check",
        "--deploy",
        "--database",
        "default",
        "--fail-level",
        "WARNING",
        DATABASE_URL=another_database,
        **PRODUCTION,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("keys", ["", "no-key-at-all"])
def test_a_site_without_keys_for_personal_data_does_not_start(keys: str) -> None:
    done = manage("check", **{**PRODUCTION, "FIELD_KEYS": keys})
    assert done.returncode != 0
    assert "FIELD_KEYS" in done.stderr


@pytest.mark.parametrize("kind", [models.FloatField, models.DecimalField])
def test_no_table_of_ours_keeps_a_fraction(kind: type[models.Field]) -> None:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]
    assert ours
    found = [f for model in ours for f in model._meta.local_fields if isinstance(f, kind)]
    assert not found, "money is integer fen and quantity integer grams or pieces"
