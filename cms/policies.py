"""Who may see and change market data in `/admin/`: the rules of `marketplace.access`, in Wagtail's terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from farmers.ledger.models import Briefing, BriefingWords, Entry
from farmers.monitoring.models import Problem, Rule, Warning, YearlyLine
from farmers.registry.models import Household, Town, Village
from farmers.stock.models import Category, Lot, Product, ProductAlias
from marketplace.access.models import User
from marketplace.access.rules import ALLOWED, Act, may
from shop.buyers.models import BuyerOrganisation, CanteenBudget, Member, Pairing
from shop.orders.models import Review

from .letters import Letter
from .supermarkets import WarmHeartShop

_SHOWN: dict[str, set[Act]] = {"view": {Act.EDIT_SITE, Act.SEE_CITY}}
_EDITED: dict[str, set[Act]] = {**_SHOWN, "add": {Act.EDIT_SITE}, "change": {Act.EDIT_SITE}}
_OFFICIAL: dict[str, set[Act]] = {"view": {Act.SEE_CITY}}
_WATCHED: dict[str, set[Act]] = {"view": {Act.KEEP_WATCH}}
_UNITS: dict[str, set[Act]] = {**_OFFICIAL, "add": {Act.KEEP_UNITS}, "change": {Act.KEEP_UNITS}}

# no word for deleting, nor for changing what only movements and postings change: nobody may, superusers included
TABLES: dict[type[Model], dict[str, set[Act]]] = {
    Product: _EDITED,
    ProductAlias: {**_EDITED, "delete": {Act.EDIT_SITE}},
    Category: _EDITED,
    WarmHeartShop: {**_EDITED, "delete": {Act.EDIT_SITE}},
    Town: _SHOWN,
    Village: _SHOWN,
    Lot: _SHOWN,
    Review: {**_SHOWN, "change": {Act.EDIT_SITE}},
    Letter: {act: {Act.EDIT_SITE} for act in ("view", "change", "delete")},
    Household: _OFFICIAL,
    Entry: _OFFICIAL,
    BuyerOrganisation: _UNITS,
    Member: {**_UNITS, "delete": {Act.KEEP_UNITS}},
    Pairing: {**_UNITS, "delete": {Act.KEEP_UNITS}},
    CanteenBudget: _OFFICIAL,
    Warning: _WATCHED,
    Problem: {**_WATCHED, "add": {Act.KEEP_WATCH}},
    Rule: {**_WATCHED, "add": {Act.KEEP_WATCH}, "change": {Act.KEEP_WATCH}},
    YearlyLine: {**_WATCHED, "add": {Act.KEEP_WATCH}},
    Briefing: {"view": {Act.PUBLISH_BRIEFINGS}},
    BriefingWords: {act: {Act.EDIT_SITE} for act in ("view", "change")},
}


class ByRole(BasePermissionPolicy):
    """An action is allowed to whoever may do one of its acts."""

    def __init__(self, model: type[Model], acts: Mapping[str, set[Act]]) -> None:
        super().__init__(model)
        self.acts = acts

    def user_has_permission(self, user: Any, action: str) -> bool:
        return any(may(user, act) for act in self.acts.get(action, ()))

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        roles = {role for action in actions for act in self.acts.get(action, ()) for role in ALLOWED[act]}
        return User.objects.filter(is_active=True, role__in=roles)


def register() -> None:
    for model, acts in TABLES.items():
        register_permission_policy(model, ByRole(model, acts), exact_class=True)
