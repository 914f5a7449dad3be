from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

ASK = """
import django; django.setup()
from django.test import Client
answer = Client(headers={"host": "127.0.0.1"}).get("/healthz")
print(answer.status_code, answer.content.decode())
"""


@pytest.mark.django_db
def test_a_site_whose_database_answers_is_well() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"ok": True})
    assert "no-store" in response["Cache-Control"]
    assert Client().post("/healthz").status_code == 405


@pytest.mark.parametrize(
    "url", ["sqlite:////no-such-folder/db.sqlite3", "postgresql://nobody@127.0.0.1:1/nothing"]
)
def test_a_site_without_its_database_says_so(url: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "marketplace.settings"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == '503 {"ok": false}', run.stderr[-2000:]
