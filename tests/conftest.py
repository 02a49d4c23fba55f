"""What all tests share: hypothesis profiles, and asyncio as the event loop of async tests."""

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.support.schema_replay import replaying

_COMMON = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("quick", max_examples=10, **_COMMON)
# The same examples each time, as CI has them: a change passes or fails for what it is.
settings.register_profile("repeatable", max_examples=10, derandomize=True, **_COMMON)
settings.register_profile("ci", max_examples=20, **_COMMON)
settings.register_profile("soak", max_examples=1000, **_COMMON)
settings.register_profile(
    "mutants", max_examples=10, phases=[Phase.explicit, Phase.generate], derandomize=True, database=None, **_COMMON
)
settings.load_profile("quick")


# Hundreds of processes are started, and as many databases are made: what they run is compiled once, not each time.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A CI job changes what the tool does (where it keeps its store, whom it reports to): here only the tests say that one runs.
for _name in [name for name in os.environ if name == "CI" or name.startswith(("CI_", "GITHUB_", "GITLAB_"))]:
    del os.environ[_name]

# Repositories are made by the hundred: without the examples of hooks, of which Git copies fourteen into each.
os.environ["GIT_TEMPLATE_DIR"] = str(Path(__file__).parent / "support" / "git_template")

# English texts show local times: those of one zone on every machine.
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()


_MADE = {
    "reconciler.adapters.store.db.database": "create_or_migrate",
    "reconciler.embedded.storage.database": "make_or_upgrade",
}
"""What makes the tables of a database, by its module."""

_LONGEST = ("docs", "simulation", "kill", "modelcheck", "conformance", "demo", "lsp")
"""Folders of files with few tests that take long."""


_OBJECTS = 200_000
"""How many new ones start the garbage collector."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: those that are started last decide when a parallel run ends."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in _LONGEST)


def pytest_collection_finish() -> None:
    """The tests themselves and what they imported stay: the garbage collector does not look through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 5, 2)


@pytest.fixture(autouse=True, scope="session")
def commands_leave_the_garbage_collector_alone() -> Iterator[None]:
    """A command keeps what there is, since its process ends with it. Here thousands run in one process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reconciler.cli.relax_gc", lambda: None)
        if "reconciler.cli.shell.run_command" in sys.modules:
            patch.setattr("reconciler.cli.shell.run_command.relax_gc", lambda: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def what_is_slow_on_purpose_is_quick_here() -> Iterator[None]:
    """Secrets are hashed lightly, and the tables of a database on a server are made by migrations once: thousands of each."""
    with pytest.MonkeyPatch.context() as patch:
        if "reconciler.embedded.resources.api_clients" in sys.modules:
            patch.setattr("reconciler.embedded.resources.api_clients._COST", 2)
        if "reconciler.embedded.resources.screens.passwords" in sys.modules:
            patch.setattr("reconciler.embedded.resources.screens.passwords._ROUNDS", 1)
            patch.setattr("reconciler.embedded.resources.screens.passwords._MEMORY", 8)
        for name, make in _MADE.items():
            if name in sys.modules:
                patch.setattr(f"{name}.{make}", replaying(getattr(sys.modules[name], make)))
        yield


@pytest.fixture
def anyio_backend():
    return "asyncio"
