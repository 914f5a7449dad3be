from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from marketplace.personal import decrypt, digest, encrypt, masked_name, masked_phone


@given(st.text())
def test_what_is_locked_away_comes_out_again(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert decrypt(encrypt(text)) == text


def test_the_same_text_never_looks_the_same_twice() -> None:
    first, second = encrypt("13911112222"), encrypt("13911112222")
    assert first != second
    assert "13911112222" not in first
    assert encrypt("") == ""


def test_a_new_key_opens_the_old_and_locks_with_the_new(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    locked, mark = encrypt("130682"), digest("130682")
    settings.FIELD_KEYS = [new, old]
    assert decrypt(locked) == "130682"
    # found again by the same mark, while the old key is listed
    assert digest("130682") == mark
    again = encrypt("130682")
    settings.FIELD_KEYS = [new]
    assert decrypt(again) == "130682"
    with pytest.raises(ValueError):
        decrypt(locked)


@pytest.mark.parametrize("token", ["rubbish", "gAAAA", "changed"])
def test_a_token_that_was_tampered_with_does_not_open(token: str) -> None:
    if token == "changed":
        token = encrypt("x")[:-4] + "AAAA"
    with pytest.raises(ValueError):
        decrypt(token)


def test_a_mark_says_nothing_and_is_keyed(settings: Any) -> None:
    mark = digest("13911112222")
    assert len(mark) == 64
    assert digest("13911112223") != mark
    assert digest("") == ""
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert digest("13911112222") != mark


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13928816302", "139****6302"), ("0312-2555555", "031****5555"), ("110", "****"), ("", "****")],
)
def test_a_phone_is_shown_in_part(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(("name", "shown"), [("李国庆", "李**"), ("王五", "王*"), ("赵", "赵*"), ("", "")])
def test_a_name_is_shown_as_a_family_name(name: str, shown: str) -> None:
    assert masked_name(name) == shown
