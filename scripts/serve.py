"""`make run`: a database with the demo in it, then the site, saying each step. `STRIPE=standin`: payable online, for show."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def say(step: str) -> None:
    print(f"\n== {step}", flush=True)


def manage(*arguments: str) -> None:
    """Run a management command in this process, as starting one takes seconds; where it fails, it says why."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *arguments])


def port_is_taken(port: int) -> bool:
    """Whether a site of our own could not listen there."""
    with socket.socket() as probe:
        # runserver does the same, so that a port just let go counts as free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def main() -> None:
    port = int(os.environ.get("PORT") or 8000)
    if port_is_taken(port):
        sys.exit(
            f"Port {port} is taken. Stop what listens there, or choose another: make run PORT={port + 1}"
        )
    # what the demo prints, and what pages say of themselves
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    sys.path.insert(0, str(ROOT))
    paying = stripe_standin(port) if os.environ.get("STRIPE") == "standin" else None
    say("Database: bringing the tables up to date")
    manage("migrate", "--verbosity", "0")
    say("Demo: its data, unless they are there already")
    manage("demo")
    os.chdir(ROOT)
    say("Worker: tells people what happens to their orders and goods")
    worker = python("db_worker", "--backend", "notices", "--no-reload", "--interval", "3")
    say(f"Site: http://127.0.0.1:{port}  (Ctrl-C stops it)")
    site = python("runserver", f"127.0.0.1:{port}")
    # whoever stops this process stops both
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        code = site.wait()
    finally:
        for each in (site, worker, paying):
            if each is not None:
                each.terminate()
    sys.exit(code)


def stripe_standin(port: int) -> subprocess.Popen[bytes]:
    """A Stripe of our own beside the site, and the settings that lead to it (`make run STRIPE=standin`)."""
    own = int(os.environ.get("STRIPE_PORT") or 12111)
    if port_is_taken(own):
        sys.exit(f"Port {own} is taken. Choose another: make run STRIPE=standin STRIPE_PORT={own + 1}")
    address = f"http://127.0.0.1:{own}"
    os.environ |= {
        "STRIPE_SECRET_KEY": "sk_test_standin",
        "STRIPE_WEBHOOK_SECRET": "whsec_standin",
        "STRIPE_API_BASE": address,
        "STRIPE_CHECKOUT_ORIGIN": address,
    }
    say(
        f"Payments: a stand-in for Stripe at {address}/, where money on its way arrives and webhooks are upset"
    )
    command = [sys.executable, "-m", "tests.stripe_standin", "--port", str(own), "--quiet"]
    return subprocess.Popen([*command, "--webhook", f"http://127.0.0.1:{port}/webhooks/stripe/"], cwd=ROOT)


def python(*arguments: str) -> subprocess.Popen[bytes]:
    """A management command in a process of its own."""
    return subprocess.Popen([sys.executable, "manage.py", *arguments])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next run goes on from here.")
