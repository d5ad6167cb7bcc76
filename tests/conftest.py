"""What all tests share: real data when it is at hand, fresh user folders, no network."""

from __future__ import annotations

import gc
import importlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before numpy is imported, here and in programs that tests start, as the program itself does for heat: threads of BLAS
# wait by spinning, and in two processes of tests on two cores took four times as long for products of small matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.fixtures.shared_caches import keep_bytecode, share_compiled_functions


def _why_qt_does_not_load() -> str:
    """Empty where the window can be made; a machine without Qt's system libraries raises when Qt is imported."""
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        return str(error)
    return ""


WHY_NO_QT = _why_qt_does_not_load()

pytest_plugins = () if WHY_NO_QT else ("pytestqt.plugin",)
collect_ignore = ["app", "jobs", "printing", "widgets"] if WHY_NO_QT else []


def pytest_configure(config: pytest.Config) -> None:
    """All processes of this run share what is compiled, with each other and with the next run."""
    keep_bytecode()
    gc.disable()
    if config.cache is not None:
        share_compiled_functions(config.cache.mkdir("numba"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: no process is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What was imported and collected is there to the end: the garbage collector need not look at it again."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Tests that share something costly go to one process."""
    from tests.fixtures.distribution import TogetherScheduling

    return TogetherScheduling(config, log)


def pytest_report_header() -> list[str]:
    """Say what is left out and why."""
    return [f"The window's tests are left out: Qt does not load here ({WHY_NO_QT})."] if WHY_NO_QT else []


PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of real data beside the project; tests that need it skip without it."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the folder of real test data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def shared_data(shared_folder: Path) -> Path:
    """Real heads, odd files and expert landmarks."""
    return shared_folder / "data"


@pytest.fixture(autouse=True)
def fresh_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has user folders of its own, so that no test sees another's settings or autosaves."""
    for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "user" / variable.lower()))


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Opening a connection is an error: the program works offline."""
    real = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address).startswith(("('127.", "('::1'")):
            raise AssertionError(f"a test tried to reach {address}")
        real(self, address)  # type: ignore[arg-type]

    socket.socket.connect = refuse  # type: ignore[method-assign, assignment]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    yield
    socket.socket.connect = real  # type: ignore[method-assign]


if not WHY_NO_QT:
    from tests.fixtures.waits import PatientQtBot

    @pytest.fixture
    def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientQtBot:
        """A robot whose waits end with the event, however late it comes."""
        return PatientQtBot(request)
