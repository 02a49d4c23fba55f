"""validate, plan, drift, show and import make no writing request: seen by the server that answered them, not by the tool."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from reconciler.ports import ObservingBackend
from tests.contract.conftest import SECRET, served
from tests.contract.world import WORLD

pytestmark = pytest.mark.system

MANIFEST = """\
apiVersion: reconciler/v1
shop: {shop}
amazon: {{enabled: true, notification: {{email: new@{shop}.example}}}}
payment: {{amazon_pay: {{pre_order: true}}}}
maintenance: {{close_shop: allow}}
"""
READING = {
    "validate": (["validate", "--with-secrets"], 0),
    "plan": (["plan", "--detailed-exitcode"], 2),
    "drift": (["drift"], 2),
    "show": (["show", "live-shop"], 0),
    "import": (["import", "new-*"], 0),
}


class Recorder:
    """An ASGI application around another: every request that reaches it is written down."""

    def __init__(self, inner) -> None:
        self.inner = inner
        self.seen: list[tuple[str, str]] = []

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            self.seen.append((scope["method"], scope["path"]))
        await self.inner(scope, receive, send)


@pytest.fixture
def recorder(tmp_path: Path):
    app = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=WORLD))
    app.state.world.ensure_client("reconciler", SECRET.reveal())
    recorder = Recorder(app)
    with served(recorder) as url:
        settings = {"url": url, "client_id": "reconciler", "client_secret": "ref+env://CLIENT_SECRET"}
        pace = {"requests_per_second": 100}
        (tmp_path / "reconciler.yaml").write_text(json.dumps({"backend": settings, "pace": pace}))
        (tmp_path / "shops").mkdir()
        for shop in ("live-shop", "new-shop"):
            (tmp_path / "shops" / f"{shop}.yaml").write_text(MANIFEST.format(shop=shop))
        yield recorder
    app.state.world.close()


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CLIENT_SECRET": SECRET.reveal(), "NO_COLOR": "1", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "reconciler", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("name", READING)
def test_a_reading_command_sends_nothing_but_reads(name: str, recorder: Recorder, tmp_path: Path) -> None:
    words, expected = READING[name]

    done = run(words, tmp_path)

    assert done.returncode == expected, done.stderr
    asked = [request for request in recorder.seen if request != ("POST", "/oauth/token")]
    assert {method for method, _ in asked} <= {"GET"}
    assert bool(asked) == (name != "validate"), "validate asks no backend, the others ask it"


def test_the_recorder_would_see_a_write(recorder: Recorder, tmp_path: Path) -> None:
    done = run(["apply", "--auto-approve"], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "PATCH" in {method for method, _ in recorder.seen}


def test_the_type_that_reading_commands_are_handed_has_no_way_to_write() -> None:
    assert not hasattr(ObservingBackend, "execute")
