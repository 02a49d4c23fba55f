"""A bare installation: the part that is missing, in one line, and as a failure document."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import environment

pytestmark = pytest.mark.system

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


TOPICS = "ipn: {topics: ['arn:aws:sns:eu-west-1:598607868003:Example']}\n"
ELSEWHERE = "backend: http://127.0.0.1:1\n"
POSTGRESQL = "store: postgresql://operator@127.0.0.1:1/reconciler\n"
WORKERS = f"{POSTGRESQL}executor: procrastinate\nscale: {{mirror: .}}\n"
ALERTS = """\
apiVersion: reconciler/v1
channels:
  chat: {kind: apprise, url: ref+env://CHAT}
rules:
- channels: [chat]
"""
TOOLS = frozenset({"dev", "soak", "browser", "lint", "deploy", "bench", "docs"})
"""Extras for people who work on the tool itself."""


@pytest.mark.parametrize(
    ("module", "words", "extra"),
    [
        ("fastapi", ("plan",), "embedded"),
        ("fastapi", ("show", "kyoto-tea"), "embedded"),
        ("uvicorn", ("serve", "backend", "--port", "0"), "embedded"),
        ("aiosmtpd", ("serve", "backend", "--port", "0", "--mail-port", "0"), "embedded"),
        ("starlette", ("serve", "ipn", "--port", "0", "--ops-port", "0"), "ipn"),
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


def test_the_line_in_japanese_has_no_space_between_japanese_words(fleet: Path) -> None:
    ended = bare("uvicorn", "serve", "backend", "--port", "0", "--lang", "ja")
    assert ended.stderr.startswith("エラー: 組み込みバックエンドがインストールされていません。`pip install 'recon")


@pytest.mark.parametrize(
    ("module", "settings", "words", "extra"),
    [
        ("starlette", "", ("serve", "console", "--port", "0"), "console"),
        ("uvicorn", "", ("serve", "console", "--port", "0"), "console"),
        ("starlette", ELSEWHERE, ("watch", "--port", "0"), "watch"),
        ("uvicorn", ELSEWHERE, ("watch", "--port", "0"), "watch"),
        ("cryptography", TOPICS, ("serve", "ipn", "--port", "0", "--ops-port", "0"), "ipn"),
        ("defusedxml", TOPICS, ("serve", "ipn", "--port", "0", "--ops-port", "0"), "ipn"),
        ("procrastinate", WORKERS, ("worker", "--port", "0"), "scale"),
        ("pygls", "", ("lsp",), "lsp"),
        ("procrastinate", WORKERS, ("drift",), "scale"),
        ("psycopg_pool", WORKERS, ("worker", "--port", "0"), "scale"),
        ("psycopg", WORKERS, ("worker", "--port", "0"), "scale"),
        ("psycopg", POSTGRESQL, ("history",), "postgres"),
        ("apprise", "", ("alerts", "test", "chat"), "apprise"),
        ("botocore", "", ("validate", "--with-secrets"), "aws"),
        ("google.auth", "", ("validate", "--with-secrets"), "gcp"),
        ("opentelemetry", "", ("history",), "otel"),
    ],
)
def test_every_extra_is_named_where_it_is_missing(  # noqa: PLR0917  # what a case consists of
    module: str, settings: str, words: tuple[str, ...], extra: str, fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_references(fleet)
    if extra == "otel":
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("CHAT", "json://127.0.0.1:1")
    file = fleet / "reconciler.yaml"
    file.write_text(settings if "backend:" in settings else file.read_text() + settings)
    ended = bare(module, *words)
    assert f"reconciler[{extra}]" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Internal error" not in ended.stderr


def write_references(fleet: Path) -> None:
    """What needs an extra besides a command: a channel of alerts, and secrets in the stores of cloud providers."""
    (fleet / "alerts.yaml").write_text(ALERTS)
    for shop, reference in (("kyoto-tea", "awssecrets://fleet/tea#token"), ("uji-cups", "gcpsecrets://fleet/cups")):
        manifest = fleet / "shops" / f"{shop}.yaml"
        manifest.write_text(manifest.read_text().replace("ref+env://FLEET_TOKEN", f"ref+{reference}"))


def test_no_extra_is_without_a_case() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    cases = [*cases_of(test_one_line_names_the_extra), *cases_of(test_every_extra_is_named_where_it_is_missing)]
    assert {str(case[-1]) for case in cases} == set(project["optional-dependencies"]) - TOOLS


def cases_of(test: object) -> list[tuple[object, ...]]:
    return next(list(mark.args[1]) for mark in test.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]


def test_any_other_module_is_a_fault(fleet: Path) -> None:
    ended = bare("reconciler.workflows.plan", "plan")
    assert ended.returncode == 1
    assert "Internal error: ModuleNotFoundError" in ended.stderr


def test_a_command_runs_without_the_extra_for_traces(fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    ended = bare("opentelemetry", "history")
    assert (ended.returncode, ended.stderr) == (0, "Traces are not sent: run `pip install 'reconciler[otel]'`\n")
    assert bare("opentelemetry", "history", "-q").stderr == ""
