"""The site and its worker as processes that can be killed at any moment, and their enemy."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.stripe_standin import StandIn

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A command in a process group of its own."""

    def __init__(self, command: list[str], settings: dict[str, str]) -> None:
        self._command, self._environment = command, os.environ | settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """As the power cut does it: no goodbye."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Site:
    """Gunicorn and the worker, told to be paid through this stand-in."""

    def __init__(self, standin: StandIn, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.settings = {
            "SITE_URL": self.url,
            "STRIPE_SECRET_KEY": standin.key,
            "STRIPE_WEBHOOK_SECRET": standin.secret,
            "STRIPE_API_BASE": standin.url,
        }
        gunicorn = ["-m", "gunicorn", "marketplace.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
        self.web = Process([sys.executable, *gunicorn, "--log-level", "critical"], self.settings)
        worker = ["manage.py", "db_worker", "--backend", "notices", "--no-reload", "--interval", "0.5"]
        self.worker = Process([sys.executable, *worker], self.settings)

    def start(self) -> None:
        self.web.start()
        self.worker.start()
        self.wait()

    def stop(self) -> None:
        self.web.kill()
        self.worker.kill()

    def wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):  # noqa: S310
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the site did not start")

    def manage(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | self.settings,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout or done.stderr

    def post(self, path: str, session: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and where it leads, after as many tries as it takes: a buyer presses the button again."""
        token = "t" * 32
        headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
        data = urllib.parse.urlencode(form or {}).encode()
        until = time.monotonic() + START_SECONDS
        while True:
            request = urllib.request.Request(self.url + path, data, headers)  # noqa: S310
            try:
                with urllib.request.build_opener(_Stay).open(request, timeout=60) as answer:
                    return answer.status, ""
            except urllib.error.HTTPError as answer:
                if answer.code < 500:
                    return answer.code, answer.headers.get("Location", "")
            except OSError:
                pass
            if time.monotonic() > until:
                raise TimeoutError(path)
            time.sleep(0.2)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *told: Any) -> None:
        return None


class Enemy:
    """Kills the site or its worker at random moments, starts it again, and cuts lines to Stripe."""

    def __init__(self, site: Site, standin: StandIn, seed: int) -> None:
        self._site, self._standin = site, standin
        self._random = random.Random(seed)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.kills: dict[str, int] = {"site": 0, "worker": 0}
        self.cuts = 0

    def __enter__(self) -> Enemy:
        self._thread.start()
        return self

    def __exit__(self, *stopped: object) -> None:
        self._enough.set()
        self._thread.join(START_SECONDS * 2)

    def _run(self) -> None:
        wait = self._random.uniform(0.2, 2)
        while not self._enough.wait(wait):
            wait = self._random.uniform(0.5, 10)
            if self._random.random() < 0.5:
                # broken down, cut before it was heard, cut after it was done
                self._standin.breakdowns.append(self._random.choice([500, 0, -1]))
                self.cuts += 1
            name = self._random.choice(["site", "site", "worker"])
            process = self._site.web if name == "site" else self._site.worker
            process.kill()
            self.kills[name] += 1
            process.start()
            if name == "site":
                self._site.wait()
