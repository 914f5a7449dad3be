"""What every room's tests may ask for. Databases and the browser; rooms keep their own data to themselves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial, partialmethod
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import SimpleTestCase, TransactionTestCase
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from tests import clean_database
from tests.demo_city import City, the_city

VIEWPORT = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}


def pytest_configure() -> None:
    # a real one takes a third of a second for each password
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # how long an example takes says how busy the machine is
    hypothesis.settings.register_profile("suite", deadline=None)
    hypothesis.settings.load_profile("suite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What lies in tests/e2e is an `e2e` test without saying so. What asks no database is run on SQLite alone."""
    here = Path(__file__).parent / "e2e"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    if connection.vendor == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if not _asks_a_database(item)])
        items[:] = filter(_asks_a_database, items)


def _asks_a_database(item: pytest.Item) -> bool:
    fixtures = {
        "db",
        "transactional_db",
        "live_server",
        "city",
        "used_city",
        "another_database",
        "page",
        "browser",
    }
    if item.get_closest_marker("django_db") or fixtures.intersection(getattr(item, "fixturenames", ())):
        return True
    return issubclass(getattr(item, "cls", None) or object, SimpleTestCase)


# --- databases ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory, media_folder: Path
) -> None:
    """SQLite gets a file, one for each worker: one in memory cannot be shared by threads that really write."""
    if connection.vendor == "sqlite":
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        folder = tmp_path_factory.getbasetemp()
        # with workers, the folder above is the run's
        path = (folder.parent if worker else folder) / f"{worker or 'test'}.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)
    creation = BaseDatabaseCreation
    as_django_does = creation.create_test_db
    creation.create_test_db = partialmethod(partial(clean_database.create, as_django_does))  # type: ignore


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A test that commits (`transaction=True`, `live_server`) leaves its work to whoever comes next to clear up."""
    with django_db_blocker.unblock():
        clean_database.keep_migrated()
    patched = pytest.MonkeyPatch()
    patched.setattr(TransactionTestCase, "_fixture_teardown", lambda self: clean_database.committed())
    yield
    patched.undo()
    with django_db_blocker.unblock():
        # for `--reuse-db`
        clean_database.want(clean_database.AS_MIGRATED)
        clean_database.drop_copies()


@pytest.fixture
def another_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The DATABASE_URL of one as migrated, for a test that starts processes of its own."""
    with django_db_blocker.unblock(), clean_database.another() as url:
        yield url


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> City:
    """The demo city: a module's tests that ask for it each find it as it was filled."""
    with django_db_blocker.unblock():
        clean_database.want(clean_database.CITY)
        return the_city()


@pytest.fixture
def used_city(city: City) -> City:
    """For tests that look around: the city with what others of their kind have left in it."""
    return city


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture of the test: the database as it wants to find it."""
    if not clean_database.is_ready():
        return
    fixtures = getattr(item, "fixturenames", ())
    state = clean_database.CITY if "city" in fixtures else clean_database.AS_MIGRATED
    if "used_city" in fixtures:
        state = clean_database.USED_CITY
    with item.config.stash[blocking_manager_key].unblock():
        clean_database.want(state)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """No test sees what another has cached."""
    cache.clear()


@pytest.fixture(autouse=True)
def _the_site_s_own_language() -> Iterator[None]:
    """A page asked for in English leaves its language behind in the tests' thread."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all workers of a run: the city's photos are drawn by whoever fills it, before any test's settings."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if os.environ.get("PYTEST_XDIST_WORKER") else run) / "media"
    folder.mkdir(exist_ok=True)
    django_settings.MEDIA_ROOT, django_settings.PRIVATE_ROOT = folder, folder / "private"
    return folder


@pytest.fixture(autouse=True)
def _media_apart(request: pytest.FixtureRequest, settings: Any, media_folder: Path) -> None:
    """Pictures that tests save do not mix with the site's own, nor with what another worker's test saves and counts."""
    folder = media_folder
    if not {"city", "used_city"}.intersection(request.fixturenames):
        folder = media_folder / os.environ.get("PYTEST_XDIST_WORKER", "own")
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = folder, folder / "private"


@pytest.fixture
def query_budget(django_assert_max_num_queries: Any) -> Any:
    """`with query_budget(4): ...` fails with the queries printed when there are more than four."""
    return django_assert_max_num_queries


# --- the browser -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium (or the one that CHROMIUM names), which asks nothing of the outside world."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail(
            "Chromium is missing: install it (Debian: apt-get install chromium) or name it in CHROMIUM"
        )
    # Playwright's loop runs in the tests' own thread, where Django would refuse every query as unsafe
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = ("background-networking", "component-update", "sync", "gpu", "dev-shm-usage")
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": ["--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in quiet)],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Chinese reader at a desk; a test about phones asks for `page.set_viewport_size(PHONE)`."""
    return {**browser_context_args, "viewport": VIEWPORT, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def page(page: Any) -> Any:
    """Playwright's page, impatient: what is not there in ten seconds is not coming."""
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def accessible() -> Any:
    """`accessible(page)` fails, naming rule and element, where axe-core finds what shuts somebody out."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: Any) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check
