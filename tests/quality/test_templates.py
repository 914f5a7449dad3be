from __future__ import annotations

import re

import pytest
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from .tracked import ROOMS, files, name, text

TEMPLATES = files(*(f"{room}/*.html" for room in ROOMS))

# what the content security policy would refuse at run time
REFUSED = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)", re.I),
    "a style in the page": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "an address elsewhere": re.compile(
        r"<(script|link|img|iframe)\b[^>]*\b(src|href)\s*=\s*[\"'](https?:)?//", re.I
    ),
}


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("what", REFUSED)
def test_templates_hold_nothing_the_policy_refuses(what: str) -> None:
    found = [
        f"{name(path)}:{text(path)[: match.start()].count(chr(10)) + 1}: {match.group()[:80]}"
        for path in TEMPLATES
        for match in REFUSED[what].finditer(text(path))
    ]
    assert not found, "\n".join([what, *found])


def test_every_template_can_be_read() -> None:
    broken = []
    for path in TEMPLATES:
        try:
            get_template(name(path).split("/templates/", 1)[1])
        except TemplateSyntaxError as problem:
            broken.append(f"{name(path)}: {problem}")
    assert not broken, "\n".join(broken)
