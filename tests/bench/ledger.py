"""What the ledger costs as it grows: loading, posting by one and by sixteen at once, sealing, the public page, verifying.

Rates are entries a second of the wall clock, on whatever else the machine does. `CPU us` is what posting one entry alone
takes of processors, here and in PostgreSQL's process, in microseconds, whatever else the machine does. `MB` is what the process that verifies
held at most. `asked` is the answer to what towns sold of each product in a year, which totals tell; `counted` is how many
households of each mark sold in it, day by day: wall-clock milliseconds, the middle one of five.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.db import connection, connections

from farmers.ledger.models import Entry
from farmers.ledger.post import SaleFact, post_sales
from farmers.ledger.questions.answer import answer
from farmers.ledger.questions.asked import Dimension, Figure, Question
from farmers.ledger.seal import seal_all
from marketplace.days import today
from marketplace.demo.grow import sales

LINES, ORDERS, THREADS = 5, 240, 16


def measure(size: int, loaded: float, page: dict[str, Any]) -> dict[str, Any]:
    """One row of the table: a ledger of `size` entries, the last of them loaded at so many a second."""
    begun = f"bench:{size}:{Entry.objects.count()}"
    facts = [
        fact._replace(key=f"{begun}:{n}") for n, fact in enumerate(sales(0, 3 * LINES * ORDERS, 0, 10_000))
    ]
    third = LINES * ORDERS
    _post(facts[:third], 1)  # what is warm then stays so
    spent = _spent()
    alone = _post(facts[third : 2 * third], 1)
    each_us = (_spent() - spent) / third * 1_000_000
    together = _post(facts[2 * third :], THREADS)
    began = time.monotonic()
    seal_all()
    sealed = 3 * third / (time.monotonic() - began)
    verified, megabytes, ok = _verify()
    return {
        "entries": size,
        "loaded": round(loaded),
        "posted": round(alone),
        "posted_us": round(each_us),
        "posted_by_16": round(together),
        "sealed": round(sealed),
        "page_queries": page.get("queries"),
        "page_ms": page.get("cpu_ms"),
        "verified": round((size + 3 * third) / verified),
        "verify_seconds": round(verified, 1),
        "verify_mb": megabytes,
        "ok": ok,
        "asked_ms": _asked(Dimension.TOWN, Dimension.PRODUCT, Figure.AMOUNT),
        "counted_ms": _asked(Dimension.MARK, None, Figure.HOUSEHOLDS),
    }


def _asked(rows: Dimension, cols: Dimension | None, figure: Figure) -> float:
    year = today().year
    question = Question(rows, dt.date(year, 1, 1), dt.date(year, 12, 31), cols, figure)
    took = []
    for _ in range(5):
        began = time.monotonic()
        answer(question)
        took.append(time.monotonic() - began)
    return round(1_000 * sorted(took)[2], 1)


def _spent() -> float:
    """Seconds of processors, of this process and of the one that serves its connection."""
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    # after the name in brackets; man 5 proc: fields 14 and 15, in ticks
    used = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def _post(facts: Sequence[SaleFact], threads: int) -> float:
    """Entries a second, orders of five lines."""
    orders = [facts[at : at + LINES] for at in range(0, len(facts), LINES)]
    each = [orders[n::threads] for n in range(threads)]

    def post(mine: Sequence[Sequence[SaleFact]]) -> None:
        try:
            for order in mine:
                post_sales(order)
        finally:
            if threads > 1:
                connections.close_all()

    began = time.monotonic()
    if threads == 1:
        post(each[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(post, each))
    return len(facts) / (time.monotonic() - began)


def _verify() -> tuple[float, float, bool]:
    """Seconds, megabytes at most, and whether it held; in a process of its own."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.monotonic()
    workers = os.environ.get("BENCH_WORKERS") or "1"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "verify_ledger", "--json", "--workers", workers], stdout=subprocess.PIPE
    )
    assert process.stdout
    said = process.stdout.read()
    _pid, _status, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.monotonic() - began, round(used.ru_maxrss / 1024, 1), json.loads(said)["ok"]


COLUMNS = {
    "entries": "entries", "loaded": "COPY /s", "posted": "posted /s", "posted_us": "CPU us",
    "posted_by_16": "by 16 /s",
    "sealed": "sealed /s", "page_queries": "page SQL", "page_ms": "page ms", "verified": "verified /s",
    "verify_seconds": "seconds", "verify_mb": "MB", "ok": "holds", "asked_ms": "asked ms",
    "counted_ms": "counted ms",
}  # fmt: skip


def show(rows: Sequence[dict[str, Any]]) -> None:
    print("\nThe ledger\n" + "".join(f"{head:>13}" for head in COLUMNS.values()))
    for row in rows:
        print(told(row))
    print(f"\n{(__doc__ or '').partition(chr(10) * 2)[2]}", end="")


def told(row: dict[str, Any]) -> str:
    return "".join(f"{_told(row[name]):>13}" for name in COLUMNS)


def _told(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
