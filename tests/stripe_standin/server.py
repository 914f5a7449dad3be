"""The stand-in's HTTP side. Start and stop it with `with StandIn(...) as stripe:`."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from . import pages
from .post import Post
from .sessions import Sessions
from .wire import Answer, Idempotency, Refused, nested

KEY = "sk_test_standin"
SECRET = "whsec_standin"


class StandIn:
    """`url` goes into STRIPE_API_BASE, `key` into STRIPE_SECRET_KEY, `secret` into STRIPE_WEBHOOK_SECRET.

    Without `webhook_url` no event is sent by itself: `post.events` has them, and `post.signed(event)`.
    """

    def __init__(
        self,
        webhook_url: str = "",
        *,
        key: str = KEY,
        secret: str = SECRET,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key, self.secret, self.clock = key, secret, clock
        self.post = Post(secret, webhook_url, lambda: self.clock())
        self.sessions = Sessions(lambda: self.url, lambda: self.clock(), self.post.tell)
        self.idempotency = Idempotency()
        # what was asked of the API: (method, path, params, headers)
        self.asked: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        # the next calls are answered so, once each: an HTTP status, or 0 for a cut line
        self.breakdowns: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._server.daemon_threads = True
        self._server.standin = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.post.start()
        return self

    def __exit__(self, *stopped: object) -> None:
        self.post.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)

    def call(self, method: str, path: str, params: dict[str, Any], key: str | None) -> Answer:
        """One call of the API. Raises Refused."""
        match [part for part in path.split("/") if part]:
            case ["v1", "checkout", "sessions"] if method == "POST":
                return self.idempotency.once(
                    key, path, params, lambda: Answer(200, self.sessions.create(params))
                )
            case ["v1", "checkout", "sessions", session_id] if method == "GET":
                return Answer(200, self.sessions.get(session_id))
            case ["v1", "checkout", "sessions", session_id, "expire"] if method == "POST":
                return self.idempotency.once(
                    key, path, params, lambda: Answer(200, self.sessions.expire(session_id))
                )
        raise Refused(f"Unrecognized request URL ({method}: {path}).", status=404)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def standin(self) -> StandIn:
        return self.server.standin  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: tests say themselves what went wrong."""

    def do_GET(self) -> None:
        if self.path.startswith("/v1/"):
            return self._api("GET", "")
        if self.path.startswith("/c/pay/"):
            return self._pay_page(self.path.removeprefix("/c/pay/"))
        if self.path == "/":
            return self._html(pages.overview(self.standin.sessions.all()))
        return self._send(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path.startswith("/v1/"):
            return self._api("POST", body)
        act = parse_qs(body).get("act", [""])[0]
        if self.path.startswith("/c/pay/"):
            return self._buyer(self.path.removeprefix("/c/pay/"), act)
        if self.path.startswith("/c/settle/"):
            return self._settle(self.path.removeprefix("/c/settle/"), act)
        return self._send(404, b"", "text/plain")

    def _api(self, method: str, body: str) -> None:
        standin = self.standin
        path = self.path.partition("?")[0]
        try:
            params = nested(body)
            standin.asked.append((method, path, params, dict(self.headers)))
            if standin.breakdowns:
                status = standin.breakdowns.pop(0)
                if not status:
                    self.close_connection = True
                    return None
                raise Refused("An unknown error occurred", status=status, kind="api_error")
            self._authorise()
            answer = standin.call(method, path, params, self.headers.get("Idempotency-Key"))
        except Refused as refused:
            answer = Answer(refused.status, refused.body)
        return self._send(
            answer.status,
            json.dumps(answer.body, indent=2).encode(),
            "application/json",
            {
                "Request-Id": f"req_{secrets.token_hex(7)}",
                **({"Idempotent-Replayed": "true"} if answer.replayed else {}),
            },
        )

    def _authorise(self) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given:
            raise Refused("You did not provide an API key.", status=401)
        if given != self.standin.key:
            raise Refused(f"Invalid API Key provided: {given[:7]}****", status=401, code="api_key_invalid")

    def _pay_page(self, session_id: str, problem: str = "") -> None:
        try:
            session = self.standin.sessions.get(session_id)
        except Refused as refused:
            return self._send(404, str(refused).encode(), "text/plain")
        return self._html(pages.pay_page(session, self.standin.sessions.lines(session_id), problem))

    def _buyer(self, session_id: str, act: str) -> None:
        sessions = self.standin.sessions
        try:
            session = sessions.get(session_id)
            if act in {"pay", "pay-and-vanish"}:
                sessions.pay(session_id)
            elif act == "delay":
                sessions.delay(session_id)
            elif act == "fail":
                sessions.decline(session_id)
                return self._pay_page(session_id, "Your card was declined.")
        except Refused:
            return self._pay_page(session_id)
        if act == "pay-and-vanish":
            return self._html(pages.done_page())
        target = session["cancel_url"] if act == "leave" else session["success_url"]
        return self._redirect(target.replace("{CHECKOUT_SESSION_ID}", session_id))

    def _settle(self, session_id: str, act: str) -> None:
        try:
            self.standin.sessions.settle(session_id, arrives=act == "arrive")
        except Refused as refused:
            return self._send(400, str(refused).encode(), "text/plain")
        return self._redirect("/")

    def _redirect(self, where: str) -> None:
        self._send(303, b"", "text/plain", {"Location": where})

    def _html(self, page: str) -> None:
        self._send(200, page.encode(), "text/html; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
