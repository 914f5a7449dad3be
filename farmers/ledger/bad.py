from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext


class Bad(NamedTuple):
    """The first thing that does not hold. `entry` and `key` are empty where no single entry is to blame.

    `words` say what is wrong, in English; where `facts` are given they stand at the places that it has for them, and
    what is shown on pages is marked for translation there.
    """

    entry: int | None
    key: str
    words: str
    facts: Mapping[str, int | str] | None = None

    @property
    def reason(self) -> str:
        """As the terminal and `--json` say it: in English, whoever asks."""
        return self.words % self.facts if self.facts else self.words

    @property
    def told(self) -> str:
        """In the reader's language."""
        words = gettext(self.words)
        return words % self.facts if self.facts else words

    def as_json(self) -> dict[str, int | str | None]:
        return {"entry": self.entry, "key": self.key, "reason": self.reason}
