"""Who enters the admin, and what they meet there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cms.models import HomePage
from farmers.ledger.models import Entry
from farmers.registry.models import Household
from farmers.stock.models import Category, Lot, Product
from marketplace.access.models import Role, User
from shop.orders.models import PayBy
from tests.makers import a_household, a_lot, a_person, accepted, an_order, signed_in

pytestmark = pytest.mark.django_db
LISTS = ("product", "category", "town", "village", "lot", "household", "entry")
ALL = set(LISTS)
SEEN = {
    Role.EDITOR: ALL - {"household", "entry"},
    Role.OFFICIAL: ALL,
    Role.ADMIN: ALL,
}


def opened(client: Client, path: str) -> bool:
    return client.get(path).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_each_role_enters_the_admin_or_is_politely_sent_away(role: Role) -> None:
    client = signed_in(role)
    if role in SEEN:
        assert opened(client, "/admin/")
    else:
        response = client.get("/admin/", follow=True)
        assert response.redirect_chain[0][0].startswith("/admin/login/")
        assert response.status_code == 403
        assert "/room/" in response.content.decode()


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/admin/lot/").headers["location"].startswith("/admin/login/")


@pytest.mark.parametrize("role", list(SEEN))
def test_each_role_sees_its_own_tables(role: Role) -> None:
    accepted(an_order(PayBy.ON_DELIVERY))
    client = signed_in(role)
    assert {name for name in LISTS if opened(client, f"/admin/{name}/")} == SEEN[role]
    assert opened(client, f"/admin/pages/{HomePage.objects.first().pk}/edit/") == (role != Role.OFFICIAL)
    assert opened(client, f"/admin/product/edit/{Product.objects.first().pk}/") == (role != Role.OFFICIAL)
    assert opened(client, "/admin/users/") == (role == Role.ADMIN)


@pytest.mark.parametrize("role", list(SEEN))
def test_nobody_edits_lots_households_or_the_ledger_by_hand(role: Role) -> None:
    accepted(an_order(PayBy.ON_DELIVERY))
    client = signed_in(role)
    for model in (Lot, Household, Entry):
        pk, name = model.objects.first().pk, model._meta.model_name
        for path in ("new/", f"edit/{pk}/", f"delete/{pk}/", f"copy/{pk}/"):
            assert client.post(f"/admin/{name}/{path}").status_code == 404, (name, path)


def test_personal_data_stands_whole_nowhere_in_the_admin() -> None:
    secrets = {
        "phone": "13911112222",
        "id_number": "130682199001011234",
        "bank_account": "6222020200112233445",
    }
    household = a_household(**secrets)
    lot = a_lot(household=household)
    client = signed_in(Role.ADMIN)
    own_page = f"household/inspect/{household.pk}/"
    for path in ("household/", own_page, "lot/", f"lot/inspect/{lot.pk}/"):
        response = client.get(f"/admin/{path}")
        assert response.status_code == 200
        page = response.content.decode()
        assert not any(secret in page for secret in secrets.values()), path
        # the last figures, by which a person on the telephone is recognised, on the household's own page alone
        assert all((secret[-4:] in page) == (path == own_page) for secret in secrets.values()), path


def test_lists_are_searched_and_filtered() -> None:
    lot = a_lot(product="bocai")
    client = signed_in(Role.OFFICIAL)
    assert lot.slug in client.get("/admin/lot/?q=bocai").content.decode()
    assert lot.slug not in client.get("/admin/lot/?q=tudou").content.decode()
    assert lot.slug not in client.get("/admin/lot/?state=withdrawn").content.decode()


def test_what_other_tables_keep_copies_of_stays_as_it_is() -> None:
    product = Product.objects.get(slug="tudou")
    other = Category.objects.exclude(pk=product.category_id).first()
    form = {
        "name": "马铃薯王",
        "name_en": "Potato",
        "slug": "other",
        "category": other.pk,
        "measure": "count",
        "unit": "kg",
        "shelf_life_days": "60",
        "reference_price_fen": "120",
        "illustration": "tudou",
    }
    response = signed_in(Role.EDITOR).post(f"/admin/product/edit/{product.pk}/", form)
    assert response.status_code == 302
    after = Product.objects.get(pk=product.pk)
    assert (after.name, after.unit) == ("马铃薯王", "kg")
    assert (after.slug, after.category_id, after.measure) == ("tudou", product.category_id, "g")


def test_a_unit_must_fit_its_measure() -> None:
    form = {"name": "新品", "name_en": "New", "slug": "new", "category": Category.objects.first().pk}
    form |= {"measure": "g", "unit": "zhu", "illustration": "tudou"}
    assert signed_in(Role.EDITOR).post("/admin/product/new/", form).status_code == 200
    assert not Product.objects.filter(slug="new").exists()


def test_access_follows_the_role_both_ways() -> None:
    user = a_person(Role.ADMIN)
    assert User.objects.get(pk=user.pk).is_superuser
    user.role = Role.EDITOR
    user.save()
    assert not User.objects.get(pk=user.pk).is_superuser
    assert opened(signed_in(user), reverse("wagtailadmin_home"))
    user.role = Role.CITIZEN
    user.save(update_fields=["role"])
    assert not User.objects.get(pk=user.pk).groups.exists()
    assert not opened(signed_in(user), reverse("wagtailadmin_home"))


def test_who_was_made_superuser_by_hand_stays_so() -> None:
    user = User.objects.create_superuser("root", password="long enough for this test")
    user.first_name = "R"
    user.save()
    assert User.objects.get(pk=user.pk).is_superuser


@pytest.mark.django_db
def test_an_administrator_gives_a_person_the_role_in_the_admin(client: Client) -> None:
    client.force_login(User.objects.create_superuser("first"))
    person = {"username": "zhang", "email": "", "first_name": "", "last_name": "", "is_active": "on"}
    password = {"password1": "a-long-pass-word", "password2": "a-long-pass-word"}
    made = client.post("/admin/users/new/", {**person, **password, "role": Role.EDITOR})
    assert made.status_code == 302
    zhang = User.objects.get(username="zhang")
    assert zhang.role == Role.EDITOR
    assert zhang.groups.exists()
    kept = client.post(f"/admin/users/edit/{zhang.pk}/", {**person, "role": Role.CASHIER})
    assert kept.status_code == 302
    zhang.refresh_from_db()
    assert (zhang.role, zhang.groups.count()) == (Role.CASHIER, 0)


@pytest.mark.django_db
def test_the_first_account_of_a_site_is_its_administrator_s() -> None:
    assert User.objects.create_superuser("first").role == Role.ADMIN
