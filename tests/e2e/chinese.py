"""What is still Chinese on an English page, but for names and what people wrote."""

from __future__ import annotations

from django.apps import apps
from django.db.models import CharField, TextField
from playwright.sync_api import Page

from cms.models import SiteInfo
from farmers.registry.models import Household

from .words import HAN

WORDS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const home = node.parentElement;
    if (node.textContent.trim() && !home.closest("script, style, [lang]:not(html)")) found.push(node.textContent.trim());
  }
  for (const each of document.querySelectorAll("[aria-label], [placeholder], [alt], [title]"))
    for (const name of ["aria-label", "placeholder", "alt", "title"])
      if (each.getAttribute(name)) found.push(each.getAttribute(name));
  return found;
}"""
# what people wrote and what they are called has no English; what has some must not be shown in Chinese
ROOMS = [
    "registry",
    "stock",
    "workbooks",
    "buyers",
    "orders",
    "bulk",
    "green",
    "payments",
    "bank",
    "monitoring",
]


_known: list[str] = []


def left_in(page: Page) -> list[str]:
    left = [text for text in page.evaluate(WORDS) if HAN.search(text)]
    left = _without(_known, left)
    if left:
        # somebody may have written since
        _known[:] = names()
        left = _without(_known, left)
    return left


def _without(known: list[str], texts: list[str]) -> list[str]:
    together = "\0".join(texts)
    for name in known:
        together = together.replace(name, "")
    return [text for text in together.split("\0") if HAN.search(text)]


def names() -> list[str]:
    """Every Chinese text in the rooms' tables that has no English beside it, the longest first."""
    found = {household.public_name for household in Household.objects.all()}
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    for model in (*models, SiteInfo):
        fields = [
            field.name for field in model._meta.get_fields() if isinstance(field, CharField | TextField)
        ]
        twins = {name for name in fields if f"{name}_en" in fields}
        for row in model._default_manager.values(*fields):
            found |= {row[name] for name in fields if row[name] and not (name in twins and row[f"{name}_en"])}
    return sorted((text for text in found if HAN.search(text)), key=len, reverse=True)
