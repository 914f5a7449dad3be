"""Files that no address leads to: a view of ours hands them out, to those who may see them."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class PrivateFiles(FileSystemStorage):
    """Kept in PRIVATE_ROOT, beside what the web server serves and never inside it."""

    @property
    def base_location(self) -> Any:
        return settings.PRIVATE_ROOT

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)  # noqa: PTH100 - as the class above has it

    def url(self, name: str | None) -> str:
        raise ValueError("a private file has no address")


def private_files() -> PrivateFiles:
    return PrivateFiles()
