"""A slip of one letter, mended: `baiacai`, `cabage` and 白莱 were meant to find something.

Asked only when the words as typed mean nothing; whoever shows the mended words says so.
"""

from __future__ import annotations

from functools import lru_cache

from marketplace import pinyin as sounds

from .search import Word, tokens, understood, vocabulary

_SHORTEST = 4  # letters: a shorter word is one letter away from too many others
# the Han block is ordered by radical, then by strokes: neighbours in it look alike
_ALIKE = 150
_KINDS = ("product", "category", "town", "village")


def mended(query: str) -> str | None:
    """`query` with each word that means nothing replaced by the nearest that does; None when it needs or finds none."""
    if not query.strip():
        return None
    words = vocabulary()
    found: list[str] = []
    slipped = False
    for token in tokens(query):
        if understood(token, words):
            found.append(token)
            continue
        nearest = nearest_word(token, words)
        if nearest is None:
            return None
        found.append(nearest)
        slipped = True
    return " ".join(found) if slipped else None


def nearest_word(token: str, words: list[Word]) -> str | None:
    """The name, or the word of an English name, that is one slip from `token`."""
    near = _near_letters if token.isascii() else _near_characters
    candidates = [
        (*rank, _KINDS.index(word.kind), len(name), name)
        for word in words
        for rank, name in near(token, word)
    ]
    return min(candidates)[-1] if candidates else None


def _near_letters(token: str, word: Word) -> list[tuple[tuple[int, int], str]]:
    if len(token) < _SHORTEST:
        return []
    near: list[tuple[tuple[int, int], str]] = []
    if one_slip(token, word.pinyin) or one_slip(token, _sound(word.stem)):
        near.append(((0, 0), word.name))
    english = word.name_en.lower()
    for part in {english, *english.replace("-", " ").split()}:
        if len(part) >= _SHORTEST and one_slip(token, part):
            near.append(((1, 0), part))
    return near


def _near_characters(token: str, word: Word) -> list[tuple[tuple[int, int], str]]:
    """Another character that sounds the same, or looks or sounds nearly so, in a name as long."""
    near: list[tuple[tuple[int, int], str]] = []
    for name in {word.name, word.stem}:
        wrong = [(a, b) for a, b in zip(token, name, strict=False) if a != b]
        if len(name) != len(token) or len(name) < 2 or not wrong:
            continue
        said, meant = _sound(token), _sound(name)
        apart = sum(abs(ord(a) - ord(b)) for a, b in wrong)
        if said == meant:
            near.append(((0, apart), name))
        elif len(wrong) == 1 and (apart <= _ALIKE or one_slip(said, meant)):
            near.append(((1, apart), name))
        elif len(wrong) == 1 and len(name) > 2:
            near.append(((2, apart), name))
    return near


@lru_cache(4096)
def _sound(name: str) -> str:
    return sounds.pinyin(name)


def one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few or wrong, or two neighbours swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    if len(typed) > len(meant):
        return typed[start + 1 :] == meant[start:]
    if len(typed) < len(meant):
        return typed[start:] == meant[start + 1 :]
    swapped = typed[:start] + typed[start : start + 2][::-1] + typed[start + 2 :]
    return typed[start + 1 :] == meant[start + 1 :] or swapped == meant
