"""Somebody who asks the site for pages in this very process, as a web server would, and weighs the answers."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from marketplace.access.models import User

TOKEN = "b" * 32


class Answer(NamedTuple):
    status: int
    body: str
    location: str
    queries: int
    cpu_ms: float


class Visitor:
    """One browser: its cookies, and the requests it makes of a WSGI application."""

    def __init__(self, site: Any, user: User | None = None) -> None:
        self.site = site
        self.cookies = {"csrftoken": TOKEN}
        if user is not None:
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save()
            assert session.session_key
            self.cookies["sessionid"] = session.session_key

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, b"")

    def post(self, address: str, **form: object) -> Answer:
        return self._ask("POST", address, urlencode(form).encode())

    def _ask(self, method: str, address: str, body: bytes) -> Answer:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_ACCEPT_LANGUAGE": "zh-CN",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "HTTP_X_CSRFTOKEN": TOKEN,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            told["status"], told["headers"] = int(status.split()[0]), headers

        queries = Counting()
        with connection.execute_wrapper(queries):
            began = time.process_time()
            response = self.site(environ, start)
            content = b"".join(response)
            cpu_ms = (time.process_time() - began) * 1000
            response.close()
        location = ""
        for name, value in told["headers"]:
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.coded_value for key, morsel in SimpleCookie(value).items()}
            if name.lower() == "location":
                location = value
        return Answer(told["status"], content.decode(errors="replace"), location, queries.count, cpu_ms)


class Counting:
    """Counts statements, but for those that only open and close savepoints and transactions."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.count += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, *rest)


class Weight(NamedTuple):
    """The most queries of any round, and the middle of their CPU times and of the floor's."""

    queries: int
    cpu_ms: float
    floor_ms: float

    @property
    def ratio(self) -> float:
        return self.cpu_ms / self.floor_ms


def weigh(
    site: Any, ask: Callable[[int], Answer], rounds: int, *, expect: int = 200, warm: int = 3
) -> Weight:
    """Ask so many times; `ask` is told the round, so that it may ask for something else each time.

    The floor is asked in between, since a shared machine is now fast and now slow.
    """
    answers, floors = [], []
    beside = Visitor(site)
    gc.collect()
    gc.freeze()
    for n in range(-warm, rounds):
        answer = ask(n)
        assert answer.status == expect, f"{answer.status} instead of {expect}: {answer.body[:300]}"
        below = [beside.get("/floor/") for _ in range(3)]
        if n >= 0:
            answers.append(answer)
            floors += below
    gc.unfreeze()
    return Weight(
        max(a.queries for a in answers), median(a.cpu_ms for a in answers), median(a.cpu_ms for a in floors)
    )
