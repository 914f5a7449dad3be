"""A household's personal data in full: to those who need it, with a reason, and written down where nobody changes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from farmers.registry.models import ENCRYPTED, Household, Reveal
from farmers.registry.reveal import reveal
from marketplace.access.models import Role, User
from tests.makers import a_household, a_person, an_officer, signed_in

pytestmark = pytest.mark.django_db
SECRETS = {"phone": "13900000001", "id_number": "130682197001011234", "bank_account": "6228480000000000001"}


@pytest.fixture
def household() -> Household:
    return a_household(user=a_person(Role.SELLER), **SECRETS)


@pytest.fixture
def officer(household: Household) -> User:
    return an_officer(household.village)


def address(household: Household) -> str:
    return reverse("registry:reveal", args=[household.pk])


def test_a_look_is_written_down_before_anything_is_shown(household: Household, officer: User) -> None:
    client = signed_in(officer)
    before = client.get(address(household)).content.decode()
    assert SECRETS["phone"] not in before
    assert not Reveal.objects.exists()
    shown = client.post(address(household), {"fields_": "phone", "why": "goods", "words": "约收货"})
    assert SECRETS["phone"] in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    look = Reveal.objects.get()
    assert (look.household, look.fields, look.by, look.why, look.words) == (
        household, "phone", officer, "goods", "约收货",
    )  # fmt: skip
    assert SECRETS["phone"] not in client.get(address(household)).content.decode()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.OFFICER, {"phone"}),
        (Role.CASHIER, {"bank_account"}),
        (Role.OFFICIAL, set(ENCRYPTED)),
        (Role.ADMIN, set(ENCRYPTED)),
    ],
)
def test_each_sees_what_the_work_needs(
    household: Household, officer: User, role: Role, may: set[str]
) -> None:
    by = officer if role == Role.OFFICER else a_person(role)
    for field in ENCRYPTED:
        if field in may:
            assert reveal(household.pk, [field], by, "care") == {field: SECRETS[field]}
        else:
            with pytest.raises(PermissionDenied):
                reveal(household.pk, [field], by, "care")
            answer = signed_in(by).post(address(household), {"fields_": field, "why": "care"})
            assert answer.status_code == 422
            assert SECRETS[field] not in answer.content.decode()
    assert Reveal.objects.count() == len(may)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.CASHIER, Role.OFFICIAL, Role.ADMIN}))
def test_nobody_else_gets_so_far(household: Household, role: Role) -> None:
    client = signed_in(household.user if role == Role.SELLER else role)  # type: ignore[arg-type]
    assert client.get(address(household)).status_code == 404
    assert client.post(address(household), {"fields_": "phone", "why": "care"}).status_code == 404
    assert not Reveal.objects.exists()


def test_another_town_s_officer_finds_no_such_household(household: Household) -> None:
    client = signed_in(an_officer(a_household().village))
    assert client.get(address(household)).status_code == 404
    assert client.post(address(household), {"fields_": "phone", "why": "goods"}).status_code == 404
    assert Client().get(address(household)).status_code == 302


@pytest.mark.parametrize(
    "form", [{}, {"fields_": "phone"}, {"why": "goods"}, {"fields_": "phone", "why": "curious"}]
)
def test_without_what_and_why_nothing_is_shown(
    household: Household, officer: User, form: dict[str, str]
) -> None:
    answer = signed_in(officer).post(address(household), form)
    assert answer.status_code == 422
    assert SECRETS["phone"] not in answer.content.decode()
    assert not Reveal.objects.exists()


def test_what_is_not_known_is_neither_shown_nor_written(officer: User, household: Household) -> None:
    other = a_household(household.village)
    assert signed_in(officer).post(address(other), {"fields_": "phone", "why": "goods"}).status_code == 200
    assert not Reveal.objects.exists()


@pytest.mark.parametrize("act", ["update", "delete", "replace", "upsert"])
def test_the_database_keeps_the_log_as_it_is(household: Household, officer: User, act: str) -> None:
    reveal(household.pk, ["phone"], officer, "goods")
    with pytest.raises(DatabaseError), transaction.atomic():
        look = Reveal.objects.get()
        if act == "update":
            Reveal.objects.update(why="care")
        elif act == "replace" and connection.vendor == "sqlite":
            columns = [field.column for field in Reveal._meta.fields]
            listed = ", ".join(f"'care' AS {name}" if name == "why" else name for name in columns)
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT OR REPLACE INTO registry_reveal SELECT {listed} FROM registry_reveal")
        elif act == "replace":
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE registry_reveal CASCADE")
        elif act == "upsert":
            look.why = "care"
            Reveal.objects.bulk_create(
                [look], update_conflicts=True, unique_fields=["id"], update_fields=["why"]
            )
        else:
            Reveal.objects.all()._raw_delete("default")  # past Django's own collector
    assert Reveal.objects.get().why == "goods"


def test_the_household_and_the_city_read_who_looked(household: Household, officer: User) -> None:
    reveal(household.pk, ["phone"], officer, "care", "入户走访")
    own, city = reverse("registry:who_looked"), reverse("registry:looks")
    assert "入户走访" in signed_in(household.user).get(own).content.decode()  # type: ignore[arg-type]
    assert "入户走访" in signed_in(Role.OFFICIAL).get(city).content.decode()
    other = a_person(Role.SELLER)
    a_household(user=other)
    assert "入户走访" not in signed_in(other).get(own).content.decode()
    for role in set(Role) - {Role.OFFICER, Role.OFFICIAL, Role.ADMIN}:
        assert signed_in(role).get(city).status_code == 403


def test_an_officer_reads_who_looked_at_the_own_villages_people(household: Household, officer: User) -> None:
    cashier = a_person(Role.CASHIER)
    reveal(household.pk, ["bank_account"], cashier, "payout", "十月结算")
    city = reverse("registry:looks")
    for reader in (officer, an_officer(household.village.town)):
        page = signed_in(reader).get(city).content.decode()
        assert "十月结算" in page
        assert cashier.username in page
    other_village = an_officer(a_household().village)
    assert "十月结算" not in signed_in(other_village).get(city).content.decode()
    # a person without a post has nobody
    assert "十月结算" not in signed_in(Role.OFFICER).get(city).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_look_stays_written_though_the_request_fails(household: Household, officer: User) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the page cannot be drawn")

    client = signed_in(officer)
    client.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("farmers.registry.views.render", breaks)
        assert client.post(address(household), {"fields_": "phone", "why": "goods"}).status_code == 500
    assert Reveal.objects.get().fields == "phone"
    # and nobody can wrap it in something that is taken back
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        reveal(household.pk, ["phone"], officer, "goods")


@pytest.mark.parametrize("looks", [2, 25])
def test_the_log_costs_the_same_for_few_and_many(
    household: Household, officer: User, looks: int, query_budget: Any
) -> None:
    for _ in range(looks):
        reveal(household.pk, ["phone"], officer, "goods")
    client = signed_in(Role.OFFICIAL)
    client.get(reverse("registry:looks"))
    with query_budget(5):
        client.get(reverse("registry:looks"))
