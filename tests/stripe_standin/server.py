"""The stand-in's HTTP side. Start and stop it with `with StandIn(...) as stripe:`."""

from __future__ import annotations

import json
import secrets
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from . import pages
from .links import Links
from .money import Money, listed
from .post import Faults, Post
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
        self.money = Money(lambda: self.clock(), self.post.tell)
        self.sessions = Sessions(lambda: self.url, lambda: self.clock(), self.post.tell, self.money)
        self.links = Links(lambda: self.url, self.sessions)
        self.idempotency = Idempotency()
        # what was asked of the API: (method, path, params, headers)
        self.asked: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        # the next calls are answered so, once each: an HTTP status, 0 for a line cut before the call was heard,
        # -1 for one cut after it was done
        self.breakdowns: list[int] = []
        self._server = _Server(("127.0.0.1", port), _Handler)
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

        def once(act: Callable[[], dict[str, Any]]) -> Answer:
            return self.idempotency.once(key, path, params, lambda: Answer(200, act()))

        match method, [part for part in path.split("/") if part][1:]:
            case "POST", ["checkout", "sessions"]:
                return once(lambda: self.sessions.create(params))
            case "GET", ["checkout", "sessions"]:
                return Answer(200, listed(self.sessions.all(), params, path))
            case "GET", ["checkout", "sessions", session_id]:
                return Answer(200, self.sessions.get(session_id))
            case "POST", ["checkout", "sessions", session_id, "expire"]:
                return once(lambda: self.sessions.expire(session_id))
            case "POST", ["refunds"]:
                return once(lambda: self.money.refund(params))
            case "GET", ["refunds"]:
                return Answer(200, listed(self.money.refunds(), params, path))
            case "GET", ["refunds", refund_id]:
                return Answer(200, self.money.get_refund(refund_id))
            case "GET", ["disputes"]:
                return Answer(200, listed(self.money.disputes(), params, path))
            case "POST", ["payment_links"]:
                return once(lambda: self.links.create(params))
            case "POST", ["payment_links", link_id]:
                return once(lambda: self.links.update(link_id, params))
        raise Refused(f"Unrecognized request URL ({method}: {path}).", status=404)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked was killed meanwhile: nothing to say."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


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
        if self.path.startswith("/l/"):
            return self._visit(self.path.removeprefix("/l/"))
        if self.path == "/":
            return self._html(self._overview())
        return self._send(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path.startswith("/v1/"):
            return self._api("POST", body)
        form = {name: values[0] for name, values in parse_qs(body).items()}
        act = form.get("act", "")
        if self.path == "/faults":
            self.standin.post.misbehave(Faults.of(form))
            return self._redirect("/")
        if self.path.startswith("/refunds/"):
            return self._settle_refund(self.path.removeprefix("/refunds/"), act)
        if self.path.startswith("/disputes/"):
            return self._dispute(self.path.removeprefix("/disputes/"), act)
        if self.path.startswith("/c/pay/"):
            return self._buyer(self.path.removeprefix("/c/pay/"), act, form.get("method", "card"))
        if self.path.startswith("/c/settle/"):
            return self._settle(self.path.removeprefix("/c/settle/"), act)
        return self._send(404, b"", "text/plain")

    def _api(self, method: str, body: str) -> None:
        standin = self.standin
        path, _, query = self.path.partition("?")
        try:
            params = nested(body or query)
            standin.asked.append((method, path, params, dict(self.headers)))
            status = standin.breakdowns.pop(0) if standin.breakdowns else None
            if status == 0:
                self.close_connection = True
                return None
            if status and status > 0:
                raise Refused("An unknown error occurred", status=status, kind="api_error")
            self._authorise()
            answer = standin.call(method, path, params, self.headers.get("Idempotency-Key"))
            if status == -1:
                self.close_connection = True
                return None
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

    def _overview(self) -> str:
        standin = self.standin
        money = standin.money
        return pages.overview(
            standin.sessions.all(), money.refunds(), money.charges(), money.disputes(), standin.post.faults
        )

    def _visit(self, link_id: str) -> None:
        try:
            session = self.standin.links.visit(link_id)
        except Refused as refused:
            return self._send(404, str(refused).encode(), "text/plain")
        return self._redirect(session["url"])

    def _settle_refund(self, refund_id: str, act: str) -> None:
        try:
            self.standin.money.settle_refund(refund_id, arrives=act == "arrive")
        except Refused as refused:
            return self._send(400, str(refused).encode(), "text/plain")
        return self._redirect("/")

    def _dispute(self, name: str, act: str) -> None:
        money = self.standin.money
        try:
            if act == "open":
                money.dispute(name)
            else:
                money.close_dispute(name, won=act == "won")
        except (Refused, KeyError) as refused:
            return self._send(400, str(refused).encode(), "text/plain")
        return self._redirect("/")

    def _buyer(self, session_id: str, act: str, method: str) -> None:
        sessions = self.standin.sessions
        try:
            session = sessions.get(session_id)
            if act in {"pay", "pay-and-vanish"}:
                sessions.pay(session_id, method=method)
            elif act == "delay":
                sessions.delay(session_id, method=method)
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
