"""Signed webhooks, as they come in real life: once, twice, late, out of order, or never."""

from __future__ import annotations

import json
import queue
import random
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

from stripe import WebhookSignature

from .sessions import API_VERSION

Json = dict[str, Any]
# the real one goes on for three days; here a shop that is just starting gets its chance
RETRY_AFTER_SECONDS = (0.2, 0.5, 1, 2, 4)


class Faults(NamedTuple):
    """How likely each is for an event, from 0 to 1.

    `late` waits up to `late_seconds`; `swap` waits until another event was sent after it.
    """

    twice: float = 0
    late: float = 0
    drop: float = 0
    swap: float = 0
    late_seconds: float = 0.5
    seed: int = 1

    @classmethod
    def of(cls, form: dict[str, str]) -> Faults:
        """As a form gives them, in percent."""

        def share(name: str) -> float:
            text = form.get(name, "")
            return min(int(text), 100) / 100 if text.isdigit() else 0

        return cls(share("twice"), share("late"), share("drop"), share("swap"), late_seconds=10)


class Post:
    """Keeps every event, and sends those that are not held back to the webhook's address from a thread."""

    def __init__(self, secret: str, address: str, clock: Callable[[], float]) -> None:
        self.secret, self.address, self.clock = secret, address, clock
        self.events: list[Json] = []
        # held: events wait in `events` until a test sends them
        self.hold = not address
        self.faults = Faults()
        self.answers: list[tuple[str, int]] = []
        self._random = random.Random(self.faults.seed)
        self._waiting: queue.PriorityQueue[tuple[float, int, Json | None]] = queue.PriorityQueue()
        self._count = 0
        self._lock = threading.RLock()
        # these wait until another was sent
        self._swapped: list[Json] = []
        self._thread: threading.Thread | None = None

    def tell(self, kind: str, about: Json) -> Json:
        """Something happened: an event is made, and sent as the faults allow."""
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": API_VERSION,
            "created": int(self.clock()),
            # the object as it is now, whatever becomes of it later
            "data": {"object": json.loads(json.dumps(about))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        with self._lock:
            self.events.append(event)
            overtaken, self._swapped = self._swapped, []
            if not self.hold and self._random.random() >= self.faults.drop:
                for _ in range(2 if self._random.random() < self.faults.twice else 1):
                    if self._random.random() < self.faults.swap:
                        self._swapped.append(event)
                        continue
                    late = self._random.random() < self.faults.late
                    self._later(event, self._random.random() * self.faults.late_seconds if late else 0)
            for earlier in overtaken:
                self._later(earlier, 0)
        return event

    def misbehave(self, faults: Faults) -> None:
        self.faults = faults
        self._random = random.Random(faults.seed)

    def signed(self, event: Json, *, secret: str = "", age_seconds: int = 0) -> tuple[str, str]:
        """The body and its `Stripe-Signature`, as they travel."""
        body = json.dumps(event, indent=2)
        moment = int(time.time()) - age_seconds
        return body, WebhookSignature.generate_signature_header(body, secret or self.secret, moment)

    def send(self, event: Json) -> int:
        """Send now and wait for the answer. Returns its status, 0 when nobody is there."""
        body, signature = self.signed(event)
        request = urllib.request.Request(  # noqa: S310
            self.address,
            data=body.encode(),
            headers={"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        self.answers.append((event["id"], status))
        return status

    def drain(self, seconds: float = 20) -> None:
        """Wait until everything on its way has arrived, or was given up."""
        with self._lock:
            overtaken, self._swapped = self._swapped, []
            for event in overtaken:
                self._later(event, 0)
        until = time.monotonic() + seconds
        while self._waiting.unfinished_tasks:
            if time.monotonic() > until:
                raise TimeoutError("webhooks are still on their way")
            time.sleep(0.01)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="stripe-standin-post", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._waiting.put((0, 0, None))
        if self._thread:
            self._thread.join(30)

    def _later(self, event: Json, seconds: float) -> None:
        self._count += 1
        self._waiting.put((time.monotonic() + seconds, self._count, event))

    def _run(self) -> None:
        tries: dict[int, int] = {}
        while True:
            due, number, event = self._waiting.get()
            if event is None:
                return
            if due > time.monotonic():
                # not its time yet; others may come first
                self._waiting.put((due, number, event))
                self._waiting.task_done()
                time.sleep(0.01)
                continue
            status = self.send(event)
            tried = tries[number] = tries.get(number, 0) + 1
            if not 200 <= status < 300 and tried <= len(RETRY_AFTER_SECONDS):
                self._waiting.put((time.monotonic() + RETRY_AFTER_SECONDS[tried - 1], number, event))
            self._waiting.task_done()
