"""Bring what is encrypted in the tables under the newest of FIELD_KEYS, so that an old key can be let go of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.db.models import F, Field, Model, TextField, Value
from django.db.models.functions import Cast

from marketplace.personal import EncryptedTextField

BATCH = 500


@dataclass
class Rotated:
    """What became of one column's values."""

    column: str
    renewed: int = 0
    already: int = 0
    unreadable: int = 0


def encrypted_columns() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field.name


def rotate(model: type[Model], name: str, keys: list[str]) -> Rotated:
    newest, box = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
    done = Rotated(f"{model._meta.label}.{name}")
    # the raw token: the field itself would open it
    raw: Cast = Cast(F(name), TextField())
    rows = model._base_manager.annotate(token_=raw).exclude(token_="").order_by("pk")
    after = None
    while True:
        left = rows if after is None else rows.filter(pk__gt=after)
        batch = list(left.values_list("pk", "token_")[:BATCH])
        for pk, token in batch:
            if _opens(newest, token):
                done.already += 1
                continue
            try:
                new = box.rotate(token.encode()).decode()
            except InvalidToken:
                done.unreadable += 1
                continue
            # whoever wrote meanwhile used the newest key already
            same = model._base_manager.annotate(token_=raw).filter(pk=pk, token_=token)
            done.renewed += same.update(**{name: Value(new, output_field=_text())})
        if len(batch) < BATCH:
            return done
        after = batch[-1][0]


def _text() -> Field[str, str]:
    return TextField()


def _opens(key: Fernet, token: str) -> bool:
    try:
        key.decrypt(token.encode())
    except InvalidToken:
        return False
    return True
