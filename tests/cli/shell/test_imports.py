"""What a command imports: only what it uses, because most of the time of a short command is imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import environment

pytestmark = pytest.mark.system

_UNUSED = {
    "drift": (
        "aiohttp",  # the embedded backend is in the process
        "alembic",
        "reconciler.ports.inbox",
        "reconciler.ports.manifest_editing",
        "structlog",  # without --log
    ),
    "history": ("aiohttp", "fastapi", "reconciler.embedded", "reconciler.ports.inbox"),
    "validate": ("httpx", "jsonschema", "reconciler.adapters.backend", "sqlalchemy"),
}
_PRINTING = """
import sys
from reconciler.cli.app import app
try:
    app.main(sys.argv[1:2])
finally:
    print("imported:", *(name for name in sys.argv[2:] if name in sys.modules))
"""


@pytest.mark.parametrize("command", _UNUSED)
def test_a_command_imports_nothing_that_it_does_not_use(command: str, fleet: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PRINTING, command, "reconciler.cli.app", *_UNUSED[command]],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "imported: reconciler.cli.app"
