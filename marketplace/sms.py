"""One door to whoever sends text messages: `send_sms`. Which provider it is, SMS_URL says.

The provider here is Aliyun's SMS service (Dysmsapi 2017-05-25, SendSms), whose requests are signed as its page on
request structure and signatures, version 3, has it (ACS3-HMAC-SHA256). A city with another one adds it to _SENDERS.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import http.client
import json
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 10  # a provider that takes longer is taken to be down
LONGEST_FACT = 35  # of one variable of a template, as providers allow


class SmsFailed(Exception):
    """The message did not go out. `code` is the provider's word for why; neither names whom it was for.

    `again`: whether it may go out later; a wrong number or an unknown template will not.
    """

    def __init__(self, code: str, *, again: bool) -> None:
        super().__init__(code)
        self.code, self.again = code, again


def send_sms(phone: str, template: str, facts: Mapping[str, str]) -> None:
    """Send one text message by a template of SMS_TEMPLATES, with short words for its variables. Raises SmsFailed."""
    where = urlsplit(settings.SMS_URL)
    send = _SENDERS.get(where.scheme)
    if send is None:
        raise SmsFailed("no provider", again=False)
    send(where, phone, template, {name: str(word)[:LONGEST_FACT] for name, word in facts.items()})


def can_send() -> bool:
    """Whether text messages go anywhere at all."""
    return urlsplit(settings.SMS_URL).scheme in _SENDERS


# --- the console: for development and the demo ----------------------------------------------------


def _to_console(where: SplitResult, phone: str, template: str, facts: Mapping[str, str]) -> None:
    words = " ".join(f"{name}={word}" for name, word in facts.items())
    sys.stderr.write(f"SMS {phone[:3]}****{phone[-4:]} {template}: {words}\n")
    sys.stderr.flush()


# --- Aliyun ---------------------------------------------------------------------------------------

ALGORITHM = "ACS3-HMAC-SHA256"
# what a later try may mend; all else is a mistake of ours or of the number
_PASSING = ("Throttling", "ServiceUnavailable", "InternalError", "isp.", "isv.BUSINESS_LIMIT_CONTROL")


def _by_aliyun(where: SplitResult, phone: str, template: str, facts: Mapping[str, str]) -> None:
    """`aliyun://KEY_ID:SECRET@dysmsapi.aliyuncs.com?sign=签名`; `&http=1` for a stand-in without a certificate."""
    options = parse_qs(where.query)
    code = settings.SMS_TEMPLATES.get(template)
    if not code:
        raise SmsFailed(f"no template {template}", again=False)
    query = {
        "PhoneNumbers": phone,
        "SignName": options.get("sign", [""])[0],
        "TemplateCode": code,
        "TemplateParam": json.dumps(dict(facts), ensure_ascii=False, sort_keys=True),
    }
    host = (where.hostname or "") + (f":{where.port}" if where.port else "")
    signed = signed_headers(
        unquote(where.username or ""),
        unquote(where.password or ""),
        host,
        "SendSms",
        "2017-05-25",
        query,
        dt.datetime.now(dt.UTC),
        uuid.uuid4().hex,
    )
    scheme = "http" if "http" in options else "https"
    request = urllib.request.Request(  # noqa: S310 - the scheme is one of the two above
        f"{scheme}://{host}/?{canonical_query(query)}", data=b"", headers=signed, method="POST"
    )
    answer = _answer(request)
    told = str(answer.get("Code", "no code"))
    if told != "OK":
        raise SmsFailed(told[:60], again=told.startswith(_PASSING))


def _answer(request: urllib.request.Request) -> Mapping[str, object]:
    try:
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
                body = response.read(100_000)
        except urllib.error.HTTPError as error:
            body = error.read(100_000)  # a refusal has its reason in the body
    except (OSError, http.client.HTTPException) as error:
        raise SmsFailed(
            type(error).__name__, again=True
        ) from None  # its text has the address, number and all
    try:
        answer = json.loads(body)
    except ValueError:
        raise SmsFailed("no JSON", again=True) from None
    if not isinstance(answer, dict):
        raise SmsFailed("no JSON", again=True)
    return answer


def canonical_query(query: Mapping[str, str]) -> str:
    """Sorted, and percent-encoded as RFC 3986 has it."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def signed_headers(
    key_id: str,
    secret: str,
    host: str,
    action: str,
    version: str,
    query: Mapping[str, str],
    at: dt.datetime,
    nonce: str,
) -> dict[str, str]:
    """The headers of a request without a body, the signature among them."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", canonical_query(query), lines, names, empty])
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return headers | {
        "Authorization": f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    }


_SENDERS: dict[str, Callable[[SplitResult, str, str, Mapping[str, str]], None]] = {
    "console": _to_console,
    "aliyun": _by_aliyun,
}


def why_not(error: SmsFailed) -> str:
    """In words, for whoever waits for the message."""
    if error.again:
        return _("The message could not be sent just now. Try again in a few minutes.")
    return _("Text messages do not work just now. Use your password or your card, or ask your officer.")
