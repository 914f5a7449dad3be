"""`make bench`: what DESIGN.md's pages and acts cost, as queries and as CPU time against a floor; and what a phone
waits for.

BENCH_LOTS is how many lots are on sale in the large measurement (100,000). The ledger is measured at 10,000, 100,000
and 1,000,000 entries, and at LEDGER_ENTRIES where that is more; BENCH_ONLY=ledger measures nothing else, BENCH_WORKERS is
how many processes verify.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import django

from . import browser

SMALL_LOTS = 400
LARGE_LOTS = int(os.environ.get("BENCH_LOTS") or 100_000)
MOST_ENTRIES = int(os.environ.get("LEDGER_ENTRIES") or 1_000_000)
SIZES = [size for size in (10_000, 100_000, 1_000_000, 10_000_000) if size < MOST_ENTRIES] + [MOST_ENTRIES]
LEDGER_ALONE = os.environ.get("BENCH_ONLY") == "ledger"
RESULT = Path(__file__).parents[2] / "var" / "bench.json"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    from . import ledger

    if connection.vendor != "postgresql":
        print("Run it as `make bench`, which brings a PostgreSQL of its own.", file=sys.stderr)
        return 2
    settings.DEBUG = False
    settings.ROOT_URLCONF = "tests.bench.urls"
    took: dict[str, float] = {}

    def step(name: str, *command: Any, **options: Any) -> None:
        began = time.monotonic()
        call_command(*command, stdout=StringIO(), **options)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        took[name] = round(time.monotonic() - began, 1)
        print(f"  {took[name]:6.1f} s  {name}", flush=True)

    step("migrate", "migrate", verbosity=0)
    step("demo", "demo")
    site = get_wsgi_application()
    rows: list[dict[str, Any]] = []
    seen: list[dict[str, Any]] = []
    if not LEDGER_ALONE:
        measure_shop(site, SMALL_LOTS, rows)
        seen = measure_phone(took)
    sizes = measure_ledger(site, rows, step, took)
    if not LEDGER_ALONE:
        step(f"{LARGE_LOTS:,} lots", "demo", "--lots", str(LARGE_LOTS))
        measure_shop(site, LARGE_LOTS, rows)
        browser.show(seen)
    show(rows)
    ledger.show(sizes)
    keep(rows, sizes, seen, took)
    return 0


def measure_shop(site: Any, lots: int, rows: list[dict[str, Any]]) -> None:
    from . import acts

    for act in acts.SHOP:
        rows.append(measured(site, act, f"{lots:,} lots"))


def measure_ledger(
    site: Any, rows: list[dict[str, Any]], step: Callable[..., None], took: dict[str, float]
) -> list[dict[str, Any]]:
    from farmers.ledger.models import Entry

    from . import acts, ledger

    sizes: list[dict[str, Any]] = []
    summary = acts.LEDGER
    for size in SIZES:
        name, there = f"ledger of {size:,}", Entry.objects.count()
        step(name, "demo", "--entries", str(size))
        rows.append(measured(site, summary, f"{size:,} entries"))
        if not sizes and "ratio" in rows[-1]:
            # twice as dear as it was for the smallest ledger, at most
            summary = summary._replace(budget=summary.budget._replace(ratio=2 * rows[-1]["ratio"]))
        sizes.append(ledger.measure(size, (size - there) / max(took[name], 0.1), rows[-1]))
        print(ledger.told(sizes[-1]), flush=True)
    return sizes


def measure_phone(took: dict[str, float]) -> list[dict[str, Any]]:
    from . import acts

    began = time.monotonic()
    pages = {"home": "/", "listing": "/shop/", "offer": acts.an_offer()}
    seen = browser.measure(pages)
    took["phone"] = round(time.monotonic() - began, 1)
    print(f"  {took['phone']:6.1f} s  phone", flush=True)
    return seen


def measured(site: Any, act: Any, size: str) -> dict[str, Any]:
    row: dict[str, Any] = {"act": act.name, "size": size, "budget": act.budget._asdict()}
    try:
        weight = act.weigh(site)
    except Exception as error:
        # one page that fails does not hide what the others cost
        return {**row, "ok": False, "error": f"{type(error).__name__}: {error}"[:300]}
    return {
        **row,
        "queries": weight.queries,
        "cpu_ms": round(weight.cpu_ms, 2),
        "floor_ms": round(weight.floor_ms, 2),
        "ratio": round(weight.ratio, 1),
        "ok": weight.queries <= act.budget.queries and weight.ratio <= act.budget.ratio,
    }


def show(rows: list[dict[str, Any]]) -> None:
    from . import acts

    print(f"\n{'page or act':34}{'size':>16}{'queries':>9}{'most':>6}{'CPU ms':>9}{'x floor':>9}{'most':>6}")
    for row in rows:
        budget = row["budget"]
        start = f"{row['act']:34}{row['size']:>16}"
        if "error" in row:
            print(f"{start}  failed: {row['error']}")
            continue
        over = [
            word
            for word, is_over in (
                ("queries", row["queries"] > budget["queries"]),
                ("cost", row["ratio"] > budget["ratio"]),
            )
            if is_over
        ]
        print(
            f"{start}{row['queries']:9}{budget['queries']:6}{row['cpu_ms']:9.2f}{row['ratio']:9.1f}"
            f"{budget['ratio']:6}  {'over: ' + ', '.join(over) if over else 'ok'}"
        )
    print(f"\n{(acts.__doc__ or '').partition(chr(10) * 2)[2]}", end="")


def keep(
    rows: list[dict[str, Any]],
    sizes: list[dict[str, Any]],
    seen: list[dict[str, Any]],
    took: dict[str, float],
) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    about = {
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": "postgresql",
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    RESULT.write_text(
        json.dumps(
            {"about": about, "seconds": took, "acts": rows, "ledger": sizes, "phone": seen},
            indent=2,
            ensure_ascii=False,
        )
    )
    print(f"\nKept in {RESULT.relative_to(RESULT.parents[1])}")


if __name__ == "__main__":
    raise SystemExit(main())
