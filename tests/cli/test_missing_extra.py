"""A bare installation: the part that is missing, in one line, and as a failure document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import environment

WITHOUT = """
import sys
sys.modules[{module!r}] = None
from reconciler.cli.app import app
app.main({words!r}, prog_name="reconciler")
"""


def bare(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The tool where this module is not installed."""
    code = WITHOUT.format(module=module, words=list(words))
    own = environment(RECONCILER_BACKEND_SECRET="s" * 20)
    return subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("module", "words", "extra"),
    [
        ("fastapi", ("plan",), "embedded"),
        ("fastapi", ("show", "kyoto-tea"), "embedded"),
        ("uvicorn", ("serve", "backend"), "embedded"),
        ("aiosmtpd", ("serve", "backend", "--mail-port", "0"), "embedded"),
        ("starlette", ("serve", "ipn"), "ipn"),
    ],
)
def test_one_line_names_the_extra(module: str, words: tuple[str, ...], extra: str, fleet: Path) -> None:
    with (fleet / "reconciler.yaml").open("a") as settings:
        settings.write("ipn: {topics: ['arn:aws:sns:eu-west-1:598607868003:Example']}\n")
    ended = bare(module, *words)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert f"pip install 'reconciler[{extra}]'" in ended.stderr
    document = json.loads(bare(module, *words, "-o", "json").stdout)
    jsonschema.Draft202012Validator(schemas()["failure"]()).validate(document)
    assert document["diagnostics"][0]["code"] == "S408"


def test_any_other_module_is_a_fault(fleet: Path) -> None:
    ended = bare("reconciler.workflows.plan", "plan")
    assert ended.returncode == 1
    assert "Internal error: ModuleNotFoundError" in ended.stderr


def test_a_command_runs_without_the_extra_for_traces(fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    ended = bare("opentelemetry", "history")
    assert (ended.returncode, ended.stderr) == (0, "Traces are not sent: run `pip install 'reconciler[otel]'`\n")
    assert bare("opentelemetry", "history", "-q").stderr == ""
