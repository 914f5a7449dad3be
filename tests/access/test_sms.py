"""Text messages: the provider's signature, its refusals, and that nothing tells whose number it was."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from marketplace import sms
from marketplace.sms import SmsFailed, send_sms, signed_headers

NUMBER, SECRET = "13900000001", "a/secret+of=ours"


class Provider(BaseHTTPRequestHandler):
    """Checks the signature as the provider's documentation has it, and answers what the test wants."""

    answer: tuple[int, bytes] = (200, b'{"Code": "OK", "BizId": "1"}')
    asked: dict[str, str] = {}

    def do_POST(self) -> None:
        where = urlsplit(self.path)
        type(self).asked = dict(parse_qsl(where.query))
        given = dict(part.split("=", 1) for part in self.headers["Authorization"].split(" ", 1)[1].split(","))
        names = given["SignedHeaders"].split(";")
        text = "\n".join(
            [
                "POST", "/", where.query,
                "".join(f"{name}:{self.headers[name].strip()}\n" for name in names),
                ";".join(names), self.headers["x-acs-content-sha256"],
            ]
        )  # fmt: skip
        said = "ACS3-HMAC-SHA256\n" + hashlib.sha256(text.encode()).hexdigest()
        right = hmac.new(SECRET.encode(), said.encode(), hashlib.sha256).hexdigest()
        status, body = (
            self.answer if given["Signature"] == right else (400, b'{"Code": "SignatureDoesNotMatch"}')
        )
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Provider]]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL = (
        f"aliyun://id:a%2Fsecret%2Bof%3Dours@127.0.0.1:{server.server_port}?sign=定州集市&http=1"
    )
    settings.SMS_TEMPLATES = {"code": "SMS_1234"}
    Provider.answer = (200, b'{"Code": "OK", "BizId": "1"}')
    yield Provider
    server.shutdown()


def test_a_signature_is_the_one_of_the_providers_own_example() -> None:
    headers = signed_headers(
        "YourAccessKeyId",
        "YourAccessKeySecret",
        "ecs.cn-shanghai.aliyuncs.com",
        "RunInstances",
        "2014-05-26",
        {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        dt.datetime(2023, 10, 26, 10, 22, 32, tzinfo=dt.UTC),
        "3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_what_is_sent_is_the_number_the_template_and_its_words(provider: type[Provider]) -> None:
    send_sms(NUMBER, "code", {"code": "123 456", "name": "李 & 王" * 20})
    told = provider.asked
    assert (told["PhoneNumbers"], told["SignName"], told["TemplateCode"]) == (NUMBER, "定州集市", "SMS_1234")
    words = json.loads(told["TemplateParam"])
    assert words["code"] == "123 456"
    assert len(words["name"]) == sms.LONGEST_FACT


@pytest.mark.parametrize(
    ("status", "body", "code", "again"),
    [
        (200, b'{"Code": "isv.BUSINESS_LIMIT_CONTROL"}', "isv.BUSINESS_LIMIT_CONTROL", True),
        (200, b'{"Code": "isv.MOBILE_NUMBER_ILLEGAL"}', "isv.MOBILE_NUMBER_ILLEGAL", False),
        (503, b'{"Code": "ServiceUnavailable"}', "ServiceUnavailable", True),
        (404, b'{"Code": "InvalidAccessKeyId.NotFound"}', "InvalidAccessKeyId.NotFound", False),
        (502, b"<html>bad gateway</html>", "no JSON", True),
        (200, b"[]", "no JSON", True),
        (200, b"{}", "no code", False),
    ],
)
def test_a_refusal_says_whether_a_later_try_may_help(
    provider: type[Provider], status: int, body: bytes, code: str, again: bool
) -> None:
    provider.answer = (status, body)
    with pytest.raises(SmsFailed) as failed:
        send_sms(NUMBER, "code", {"code": "123456"})
    assert (failed.value.code, failed.value.again) == (code, again)


def test_a_wrong_secret_is_refused(provider: type[Provider], settings: Any) -> None:
    settings.SMS_URL = settings.SMS_URL.replace("a%2Fsecret", "another")
    with pytest.raises(SmsFailed, match="SignatureDoesNotMatch"):
        send_sms(NUMBER, "code", {"code": "1"})


def test_a_provider_that_is_away_or_asleep_is_tried_later(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sms, "SECONDS", 0.2)
    settings.SMS_TEMPLATES = {"code": "SMS_1"}
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        settings.SMS_URL = f"aliyun://id:secret@127.0.0.1:{port}?sign=x&http=1"
        for listening in (False, True):
            if listening:
                deaf.listen()
            with pytest.raises(SmsFailed) as failed:
                send_sms(NUMBER, "code", {"code": "1"})
            assert failed.value.again


@pytest.mark.parametrize(
    "said", [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"\0\xff" * 9]
)
def test_a_provider_that_talks_nonsense_is_tried_later(said: bytes, settings: Any) -> None:
    settings.SMS_TEMPLATES = {"code": "SMS_1"}
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.SMS_URL = f"aliyun://id:secret@127.0.0.1:{server.getsockname()[1]}?sign=x&http=1"

        def babble() -> None:
            with server.accept()[0] as line:
                line.recv(10_000)
                line.sendall(said)

        threading.Thread(target=babble, daemon=True).start()
        with pytest.raises(SmsFailed) as failed:
            send_sms(NUMBER, "code", {"code": "1"})
    assert failed.value.again
    assert NUMBER not in str(failed.value)


@pytest.mark.parametrize(
    ("url", "templates"),
    [
        ("", {}),
        ("ftp://x", {}),
        ("aliyun://a:b@127.0.0.1:1?http=1", {}),
        ("aliyun://a:b@127.0.0.1:1?http=1", {"code": "S"}),
    ],
)
def test_nothing_that_is_raised_or_logged_names_a_number(
    url: str, templates: dict[str, str], settings: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.SMS_URL, settings.SMS_TEMPLATES = url, templates
    with pytest.raises(SmsFailed) as failed:
        send_sms(NUMBER, "code", {"code": "654321"})
    for text in (str(failed.value), repr(failed.value), caplog.text):
        assert NUMBER not in text
        assert "654321" not in text
    assert failed.value.__context__ is None or failed.value.__suppress_context__
