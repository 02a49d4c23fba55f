"""An import that fails says which extra is to be installed, from whichever part of the tool it came."""

import importlib
import sys

import pytest

from reconciler.core.diagnostics import codes
from reconciler.wiring.extras import missing_extra


def failed_import(monkeypatch: pytest.MonkeyPatch, library: str, *importers: str) -> ModuleNotFoundError:
    """Of the first importer, in an installation without the library; the others are imported by it, and not loaded yet."""
    importlib.import_module(importers[0])  # all else that it imports is loaded with the library
    for name in {library, *(loaded for loaded in sys.modules if loaded.startswith(f"{library}."))}:
        monkeypatch.setitem(sys.modules, name, None)
    for name in importers:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError) as raised:
        importlib.import_module(importers[0])
    return raised.value


@pytest.mark.parametrize(
    ("library", "importers", "part", "extra"),
    [
        ("starlette", ("reconciler.console.responses",), "The console", "console"),
        ("fastapi", ("reconciler.embedded.app",), "The embedded backend", "embedded"),
        ("starlette", ("reconciler.ipn.receive.request_limits",), "The receiver of notifications", "ipn"),
        ("httpx", ("reconciler.adapters.sns.post",), "The receiver of notifications", "ipn"),
        (
            "starlette",
            ("reconciler.wiring.watch.watch_server", "reconciler.serving.health"),
            "The watcher",
            "watch",
        ),
        ("psycopg", ("reconciler.scale.worker",), "The queue of fleet runs", "scale"),
        ("procrastinate", ("reconciler.scale.tasks",), "The queue of fleet runs", "scale"),
        ("pygls", ("reconciler.lsp.server",), "The language server", "lsp"),
        ("psycopg_pool", ("reconciler.scale.queue_app",), "The queue of fleet runs", "scale"),
    ],
)
def test_the_part_and_its_extra_are_named(
    monkeypatch: pytest.MonkeyPatch, library: str, importers: tuple[str, ...], part: str, extra: str
) -> None:
    found = missing_extra(failed_import(monkeypatch, library, *importers))
    assert found is not None
    assert found.code is codes.NOT_INSTALLED
    assert str(found.summary) == f"{part} is not installed: run `pip install 'reconciler[{extra}]'`"


def test_a_library_that_every_installation_has_belongs_to_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_extra(failed_import(monkeypatch, "httpx", "reconciler.adapters.forges.http")) is None


def test_an_import_outside_of_the_tool_belongs_to_no_extra() -> None:
    with pytest.raises(ModuleNotFoundError) as raised:
        importlib.import_module("no_such_library")
    assert missing_extra(raised.value) is None
