"""How Stripe is spoken to: nested form fields in, JSON out, errors in one shape, keys that make a call happen once."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

_PART = re.compile(r"\[([^\[\]]*)\]")


class Refused(Exception):
    """An error as Stripe answers it."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        said = {"type": kind, "message": message, "param": param, "code": code}
        self.body = {"error": {name: value for name, value in said.items() if value is not None}}


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]
    replayed: bool = False


def nested(form: str) -> dict[str, Any]:
    """`a[b][0][c]=1` as `{"a": {"b": [{"c": "1"}]}}`."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(form, keep_blank_values=True):
        head = key.split("[", 1)[0]
        path = [head, *_PART.findall(key[len(head) :])]
        node = root
        for part in path[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise Refused("Invalid object", param=key)
        node[path[-1] or str(len(node))] = value
    return {name: _lists(value) for name, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {name: _lists(each) for name, each in value.items()}
    if inside and all(name.isdigit() for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside


class Idempotency:
    """What a key was first answered is what it is always answered (https://docs.stripe.com/api/idempotent_requests)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._answers: dict[str, tuple[str, Answer]] = {}

    def forget(self) -> None:
        """As Stripe may after a day."""
        with self._lock:
            self._answers.clear()

    def once(self, key: str | None, path: str, params: dict[str, Any], act: Callable[[], Answer]) -> Answer:
        """Raises Refused for a key in use, or used for something else. What `act` refuses is not kept."""
        if not key:
            return act()
        if len(key) > 255:
            raise Refused("Idempotency keys can be at most 255 characters long.", kind="idempotency_error")
        asked = hashlib.sha256(json.dumps([path, params], sort_keys=True).encode()).hexdigest()
        with self._lock:
            if key in self._answers:
                before, answer = self._answers[key]
                if before != asked:
                    raise Refused(
                        "Keys for idempotent requests can only be used with the same parameters they were first"
                        f" used with. Try using a key other than '{key}' if you meant to execute a different"
                        " request.",
                        kind="idempotency_error",
                    )
                return answer._replace(replayed=True)
            if key in self._busy:
                raise Refused(
                    "There is currently another in-progress request using this Stripe idempotent key.",
                    status=409,
                    code="idempotency_key_in_use",
                    kind="idempotency_error",
                )
            self._busy.add(key)
        try:
            answer = act()
            with self._lock:
                self._answers[key] = (asked, answer)
            return answer
        finally:
            with self._lock:
                self._busy.discard(key)
