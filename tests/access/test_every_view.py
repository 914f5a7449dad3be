"""Every address of the site from everybody's side: who it is open to stands in a table, and nobody else gets in.

A view that is not in the table fails here: whoever adds one says who may open it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from .scene import NAME, OUTSIDERS, SECRETS, STRANGER, Scene, a_scene
from .views_table import PEOPLE, PUBLIC_THINGS, VIEWS

pytestmark = pytest.mark.django_db

# what is not walked, and why
SKIPPED = {
    "admin/": "Wagtail's own pages: tests/cms/test_roles.py",
    "documents/": "Wagtail's own: documents of the site's pages",
    "_util/": "Wagtail's own: private pages, which the site has none of",
    "api/v1/": "open to all and of one shape: tests/api, and the search for secrets below",
    "styleguide/": "only while developing",
    "^": "the tree of pages, and pictures while developing",
}


def _walk(resolver: URLResolver, space: str = "", path: str = "") -> Iterator[tuple[str, str, set[str]]]:
    for pattern in resolver.url_patterns:
        whole = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, space + (f"{pattern.namespace}:" if pattern.namespace else ""), whole)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", whole, set(pattern.pattern.converters)


ADDRESSES = {
    name: (path, arguments)
    for name, path, arguments in _walk(get_resolver())
    if name == "admin_door" or not path.startswith(tuple(SKIPPED))
}


def address(scene: Scene, name: str) -> str:
    path, arguments = ADDRESSES[name]
    for argument in arguments:
        value = scene.arguments.get(f"{name} {argument}", scene.arguments.get(argument))
        assert value is not None, f"the scene has no {argument} for {name}"
        for kind in ("str", "int", "slug", "uuid"):
            path = path.replace(f"<{kind}:{argument}>", str(value))
    assert "<" not in path, path
    return f"/{path}"


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def clients(scene: Scene) -> dict[str, Client]:
    clients = {who: Client() for who in scene.people}
    for who, user in scene.people.items():
        if user:
            clients[who].force_login(user)
    return clients


def asked(client: Client, method: str, path: str, data: Any = None) -> tuple[HttpResponseBase, bytes]:
    """The answer and all that it says; what was changed by asking is taken back, and nobody is signed out by it."""
    cookies = client.cookies.copy()
    block = transaction.atomic()
    # so that what is written for good, in a transaction of its own, is taken back too
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        answer = getattr(client, method)(path, data or {})
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer, said


def verdict(answer: HttpResponseBase) -> str:
    """One letter: `s`ent to sign in, `f`orbidden, `n`ot found, or `o`pen (to a form with faults, too)."""
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return "s"
    return {403: "f", 404: "n"}.get(answer.status_code, "o")


def opened(client: Client, path: str) -> str:
    answer, _said = asked(client, "get", path)
    if answer.status_code == 405:
        answer, _said = asked(client, "post", path)
    assert answer.status_code < 500, path
    return verdict(answer)


def in_plain(said: bytes) -> str:
    """What a file tells a reader: a workbook is a zip of pages."""
    if said.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(said)) as book:
            said = b"".join(book.read(name) for name in book.namelist())
    return said.decode(errors="replace")


def test_every_view_stands_in_the_table_and_nothing_else_does() -> None:
    assert set(ADDRESSES) - set(VIEWS) == set(), "say in views_table.py who may open these"
    assert set(VIEWS) - set(ADDRESSES) == set(), "these are gone"
    assert len(PEOPLE) == 11
    assert all(len(row) == len(PEOPLE) for row in VIEWS.values())


@pytest.mark.parametrize("who", PEOPLE)
def test_a_view_opens_to_those_it_is_for(scene: Scene, clients: dict[str, Client], who: str) -> None:
    row = PEOPLE.index(who)
    found = {name: opened(clients[who], address(scene, name)) for name in ADDRESSES}
    assert found == {name: VIEWS[name][row] for name in ADDRESSES if name in VIEWS}


@pytest.mark.parametrize("who", OUTSIDERS)
def test_what_belongs_to_others_is_closed(scene: Scene, clients: dict[str, Client], who: str) -> None:
    let_in = []
    for name, (_path, arguments) in ADDRESSES.items():
        if not arguments or name in PUBLIC_THINGS:
            continue
        for method in ("get", "post"):
            answer, _said = asked(clients[who], method, address(scene, name))
            if verdict(answer) == "o" and answer.status_code != 405:
                let_in.append((method, name, answer.status_code))
    assert not let_in


@pytest.mark.parametrize("who", [STRANGER, *OUTSIDERS])
def test_nobody_else_reads_a_households_secrets(scene: Scene, clients: dict[str, Client], who: str) -> None:
    asks: list[tuple[str, str, dict[str, str]]] = [("get", address(scene, name), {}) for name in ADDRESSES]
    asks += [("get", f"/shop/{suggest}", {"q": q}) for suggest in ("", "suggest/") for q in SECRETS]
    asks += [("post", "/officer/households/", {"q": q}) for q in SECRETS]
    asks += [("get", f"/api/v1/{page}", {}) for page in ("", "offers", f"offers/{scene.lot.slug}", "ledger")]
    asks += [("get", "/", {}), ("get", f"/admin/household/inspect/{scene.household.pk}/", {})]
    asks += [("get", f"/admin/lot/inspect/{scene.lot.pk}/", {}), ("get", "/admin/household/", {"q": NAME})]
    for method, path, data in asks:
        text = in_plain(asked(clients[who], method, path, data)[1])
        # what somebody typed is told back to them, and tells nothing
        told = [secret for secret in SECRETS if secret in text and secret not in data.values()]
        assert not told, (method, path, data, told)


def test_the_owner_s_pages_do_hold_what_is_looked_for(scene: Scene, clients: dict[str, Client]) -> None:
    """Else the search above would find nothing, whatever leaked."""
    shown = in_plain(asked(clients["officer"], "post", "/officer/households/", {"q": "翠羽"})[1])
    assert NAME in shown
    outside = in_plain(asked(clients[OUTSIDERS[0]], "post", "/officer/households/", {"q": "翠羽"})[1])
    assert NAME not in outside
