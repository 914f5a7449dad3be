from __future__ import annotations

import re

import pytest

from .tracked import ROOT, files, name, text

LOCKS = ("run", "dev")
REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; ([^\\]+?))? \\$", re.M)


def asked(lock: str) -> list[str]:
    lines = (ROOT / "requirements" / f"{lock}.in").read_text().splitlines()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if not line.startswith("-"))
    return [found.group().lower() for found in names if found]


def locked(lock: str) -> list[tuple[str, str, str]]:
    return REQUIREMENT.findall((ROOT / "requirements" / f"{lock}.txt").read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_carries_hashes(lock: str) -> None:
    lines = (ROOT / "requirements" / f"{lock}.txt").read_text().splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("    --hash=sha256:"):
            continue
        assert REQUIREMENT.match(line), line
        assert following.startswith("    --hash=sha256:"), line


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_asked_for_is_locked(lock: str) -> None:
    assert set(asked(lock)) <= {package for package, _, _ in locked(lock)}


def test_tests_run_on_the_versions_that_serve() -> None:
    assert set(locked("run")) <= set(locked("dev"))


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "README.md").read_text().lower()
    assert not [package for lock in LOCKS for package in asked(lock) if f"| {package} |" not in reasons]


def test_no_file_names_a_package_registry_or_this_machine() -> None:
    from pip._internal.models.index import PyPI

    unwelcome = {PyPI.netloc, PyPI.file_storage_domain, f"{ROOT}/"}
    found = [f"{name(path)}: {word}" for path in files() for word in unwelcome if word in text(path)]
    assert not found, "\n".join(found)


def test_commits_are_checked_by_the_commands_of_make_lint() -> None:
    makefile = (ROOT / "Makefile").read_text().replace("$(BIN)", ".venv/bin")
    hooks = re.findall(r"^ +entry: (.+)$", (ROOT / ".pre-commit-config.yaml").read_text(), re.M)
    assert hooks
    assert not [hook for hook in hooks if f"\t{hook}" not in makefile]
