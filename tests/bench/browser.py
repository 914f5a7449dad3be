"""What a visitor with an old phone on a thin line waits for: Lighthouse's figures, from Chromium's own trace.

The site is served by gunicorn as in production. Each page is opened in a browser that has nothing cached, 360 px
wide, with a quarter of the CPU and 400 kB/s; of three times the middle one counts.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.request import urlopen

from cryptography.fernet import Fernet
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
TIMES = 3
CPU_TIMES_SLOWER = 4
LINE = {"offline": False, "latency": 40, "downloadThroughput": 400_000, "uploadThroughput": 400_000}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}
CATEGORIES = ["loading", "rail", "blink.user_timing", "toplevel", "devtools.timeline"]
# a task longer than this keeps a finger waiting
LONG_MS = 50
# after the page has loaded, for what comes late
QUIET_MS = 1500
START_SECONDS = 30


class Figures(NamedTuple):
    first_paint_ms: float
    largest_paint_ms: float
    blocking_ms: float
    shift: float
    bytes: int
    requests: int


# Lighthouse's "good", and the weight that a page may have
MOST = Figures(1800, 2500, 200, 0.1, 300_000, 40)


def measure(pages: dict[str, str]) -> list[dict[str, Any]]:
    """A row for each page, by name and path. The database must be filled already."""
    rows = []
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with serving() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, path in pages.items():
            # the server's first time is not the phone's
            urlopen(site + path).read()  # noqa: S310
            seen = seen_times(browser, site + path)
            figures = Figures(*(median(values) for values in zip(*seen, strict=True)))
            over = [
                field
                for field, value, most in zip(Figures._fields, figures, MOST, strict=True)
                if value > most
            ]
            rows.append({"page": name, **figures._asdict(), "over": over})
        browser.close()
    return rows


def seen_times(browser: Browser, address: str) -> list[Figures]:
    """TIMES visits. On a busy machine a trace may begin too late to have all of one, which is then left out."""
    seen: list[Figures] = []
    for _ in range(3 * TIMES):
        with suppress(StopIteration):
            seen.append(visit(browser, address))
        if len(seen) == TIMES:
            return seen
    raise RuntimeError(f"Chromium's traces do not tell how {address} was painted")


def visit(browser: Browser, address: str) -> Figures:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    received: list[int] = []
    wire.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", LINE)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": CPU_TIMES_SLOWER})
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.goto(address)
    page.wait_for_timeout(QUIET_MS)
    trace = json.loads(browser.stop_tracing())
    context.close()
    return Figures(*read(trace["traceEvents"], address), sum(received), len(received))


def read(events: list[dict[str, Any]], address: str) -> tuple[float, float, float, float]:
    """First and largest paint, blocking time and layout shift of the one page in a trace. Raises StopIteration."""
    began = next(
        event
        for event in events
        if event["name"] == "navigationStart"
        and event["args"].get("data", {}).get("documentLoaderURL") == address
    )
    process, thread, start = began["pid"], began["tid"], began["ts"]
    own = [event for event in events if event.get("pid") == process and event["ts"] >= start]

    def ms(event: dict[str, Any]) -> float:
        return float(event["ts"] - start) / 1000

    first = next(ms(event) for event in own if event["name"] == "firstContentfulPaint")
    largest = [ms(event) for event in own if event["name"] == "largestContentfulPaint::Candidate"]
    tasks = [
        # one that was still running when the trace ended has no length yet
        event.get("dur", 0) / 1000
        for event in own
        if event["name"] in {"RunTask", "ThreadControllerImpl::RunTask"}
        and event["tid"] == thread
        and ms(event) + event.get("dur", 0) / 1000 > first
    ]
    shifts = [
        event["args"]["data"]["score"]
        for event in own
        if event["name"] == "LayoutShift" and not event["args"]["data"]["had_recent_input"]
    ]
    return first, max([first, *largest]), sum(max(0, task - LONG_MS) for task in tasks), sum(shifts)


@contextmanager
def serving() -> Iterator[str]:
    """The site under gunicorn with the database of DATABASE_URL; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "BENCH_STATIC_ROOT": f"{folder}/static",
            "SECRET_KEY": "only-for-a-benchmark-and-never-where-people-buy-0123456789",
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": site,
            "LOG_LEVEL": "WARNING",
        }
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(collect, env=env, cwd=ROOT, check=True)
        gunicorn = [sys.executable, "-m", "gunicorn", "marketplace.wsgi", "--bind", f"127.0.0.1:{port}"]
        how = ["--threads", "4", "--log-level", "warning", "--no-control-socket"]
        server = subprocess.Popen([*gunicorn, *how], env=env, cwd=ROOT)
        try:
            _wait(f"{site}/healthz")
            yield site
        finally:
            # at once: nobody is served any more
            server.send_signal(signal.SIGQUIT)
            server.wait(30)


def _wait(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(address).read()  # noqa: S310
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def show(rows: list[dict[str, Any]]) -> None:
    heads = ("first paint", "largest", "blocking", "shift", "kB", "requests")
    print(f"\n{'on an old phone, 360 px, 400 kB/s':34}" + "".join(f"{head:>13}" for head in heads))
    for row in rows:
        print(
            f"{row['page']:34}{row['first_paint_ms']:10.0f} ms{row['largest_paint_ms']:10.0f} ms"
            f"{row['blocking_ms']:10.0f} ms{row['shift']:13.3f}{row['bytes'] / 1000:13.1f}{row['requests']:13}"
            f"  {'over: ' + ', '.join(row['over']) if row['over'] else 'ok'}"
        )
    print(
        f"{'at most':34}{MOST.first_paint_ms:10} ms{MOST.largest_paint_ms:10} ms{MOST.blocking_ms:10} ms"
        f"{MOST.shift:13}{MOST.bytes / 1000:13.1f}{MOST.requests:13}"
    )
