"""Nothing is kept on a household that nobody decided about: how a copy tells it, and what erasing does with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise

from cms.privacy.copy import label
from cms.privacy.decisions import BESIDES, HELD, OF_WORKERS, Held, How
from farmers.registry.models import Household
from marketplace.access.models import User

WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField)


def tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]


def relations(model: type[models.Model]) -> Iterator[models.Field]:
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        if field.is_relation and field.related_model is not None:
            yield field


def decided(model: type[models.Model]) -> list[Held]:
    return [held for held in HELD if held.model == model._meta.label]


def walk() -> tuple[set[str], set[str]]:
    """Every relation that leads to a household or its account, and those of them that are decided nowhere."""
    reached: set[type[models.Model]] = {Household, User}
    met, undecided = set(), set()
    grew = True
    while grew:
        grew = False
        for model in tables():
            for field in relations(model):
                if field.related_model not in reached:
                    continue
                where = f"{model._meta.label}.{field.name}"
                met.add(where)
                ways = [way for held in decided(model) for way in (*held.of, *held.by)]
                through = any(way.split("__")[0] == field.name for way in ways)
                if not through and where not in BESIDES and not where.startswith(OF_WORKERS):
                    # pages and the like are one table with what they inherit from
                    undecided.add(where)
                if through and model not in reached:
                    reached.add(model)
                    grew = True
    return met, undecided


def test_every_relation_that_leads_to_a_household_is_decided() -> None:
    met, undecided = walk()
    assert len(met) > 60
    roots = {"registry.Household.user"}
    assert undecided - roots == set(), "say in cms/privacy/decisions.py how it is told and erased"
    assert set(BESIDES) - met == set(), "these lead to no household any more"


def test_every_word_in_a_row_of_theirs_is_decided() -> None:
    for held in HELD:
        said = {
            column.split("__")[0]
            for one in HELD
            if one.model == held.model
            for column in f"{one.told} {one.mask} {one.empty} {one.later} {one.left}".split()
        }
        words = {
            field.name
            for field in held.table._meta.local_fields
            if isinstance(field, WORDS) and not field.choices
        }
        assert words - said == set(), f"{held.model}: say in cms/privacy/decisions.py what becomes of these"


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.model)
def test_a_decision_names_what_is_there_and_why_it_stays(held: Held) -> None:
    for column in f"{held.told} {held.mask} {held.empty} {held.later} {held.left} {held.since}".split():
        model: type[models.Model] = held.table
        for name in column.split("__"):
            try:
                field = model._meta.get_field(name)
            except FieldDoesNotExist:
                pytest.fail(f"{held.model} has no {column}")
            model = field.related_model or model  # type: ignore[assignment]
    assert held.of or held.by
    assert held.how != How.KEEP or held.why
    assert held.how == How.MASK or not (held.mask or held.empty)
    assert bool(held.later) == bool(held.since)
    for column in held.told.split():
        assert isinstance(label(held, column), Promise), f"{held.model}.{column} has no word for people"
