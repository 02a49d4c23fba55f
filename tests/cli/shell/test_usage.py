"""Usage errors: exit code 1 (never click's 2, which means "differences" here), on stderr, with a suggestion."""

from __future__ import annotations

import json

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run, process

SLIPS = {
    ("plna",): "Error: No such command 'plna'. Did you mean 'plan'?",
    ("zzz",): "Error: No such command 'zzz'.",
    ("-c", "fleet.yaml", "plan"): "Error: The option '-c' goes after the command: reconciler COMMAND -c",
    ("--port", "1", "serve"): "Error: The option '--port' goes after the command: reconciler COMMAND --port",
    ("serve", "--port", "1"): "Error: The option '--port' goes after the command: reconciler serve COMMAND --port",
    ("--nope", "plan"): "Error: No such option '--nope'.",
    (
        "plan",
        "--lable",
        "a=b",
    ): "Error: No such option '--lable'. (Did you mean one of: '--label', '--lang', '--take'?)",
    ("plan", "-l", "canary"): "'canary' is not of the form KEY=VALUE (example: wave=canary).",
    ("plan", "-l", "=x"): "'=x' is not of the form KEY=VALUE (example: wave=canary).",
    ("plan", "--allow", "fleet-shar"): "unknown guard 'fleet-shar'. Did you mean 'fleet-share'?",
    ("plan", "--allow", "zzz"): "unknown guard 'zzz'. Available: outside-window, turning-off, both-moved",
    (
        "plan",
        "-o",
        "yaml",
    ): "Error: Invalid value for '-o' / '--output': 'yaml' is not one of 'text', 'concise', 'json', 'markdown', 'sarif',",
    ("plan", "--lang", "tlh"): "Error: Invalid value for '--lang': 'tlh' is not one of 'en', 'ja'.",
    ("show",): "Error: Missing argument 'SHOP'.",
    ("show", "Kyoto Tea"): "invalid shop key 'Kyoto Tea' (expected: 1 to 40 lower-case letters, digits and hyphens",
    ("show", "a", "b"): "Error: Got unexpected extra argument (b)",
    ("schema", "paln"): "unknown schema 'paln'. Did you mean 'plan'?",
    ("schema", "zzz"): f"unknown schema 'zzz'. Available: {', '.join(sorted(schemas()))}",
    ("explain", "unknown-kye"): "unknown code or field 'unknown-kye'. (Did you mean one of: 'unknown-key',",
    ("explain", "zzz"): "unknown code or field 'zzz'.",
    ("completion", "tcsh"): "'tcsh' is not one of 'bash', 'zsh', 'fish'.",
    ("serve",): "Usage: reconciler serve [OPTIONS] COMMAND [ARGS]...",
    ("serve", "backend", "--port", "x"): "'x' is not a valid whole number.",
    ("--nonsense",): "Error: No such option '--nonsense'.",
    (): "Usage: reconciler [OPTIONS] COMMAND [ARGS]...",
}


@pytest.mark.parametrize(("words", "message"), SLIPS.items(), ids=lambda value: " ".join(value)[:40])
def test_a_slip(words: tuple[str, ...], message: str, run: Run) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert message in result.stderr


def test_a_slip_in_japanese(run: Run) -> None:
    result = run("plna", "--lang", "ja")
    assert result.exit_code == 1
    assert (
        result.stderr.splitlines()[-1]
        == "エラー: 'plna' というコマンドはありません。'plan' の入力ミスではありませんか?"
    )


def test_a_slip_as_a_process() -> None:
    ended = process("plan", "--nonsense")
    assert (ended.returncode, ended.stdout) == (1, "")


def test_schemas_are_listed_with_descriptions(run: Run) -> None:
    listed = dict(line.split(maxsplit=1) for line in run("schema").stdout.splitlines())
    assert list(listed) == sorted(schemas())
    assert listed["plan"] == "JSON of `plan`, `show-plan`"
    assert run("schema", "--lang", "ja").stdout.count("の JSON") > 20


def test_version(run: Run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("reconciler 0.")


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--grup", "a", "-o", "json"),
        ("show", "Nara_Ink", "--output=json"),
        ("history", "--limit", "many", "--output", "json"),
        ("show", "-ojson"),
    ],
)
def test_for_machines_a_wrong_command_line_is_a_failure_like_any_other(words: tuple[str, ...], run: Run) -> None:
    result = run(*words)
    assert (result.exit_code, result.stderr) == (1, "")
    assert run(*words, "--lang", "ja").stdout == result.stdout
    document = json.loads(result.stdout)
    jsonschema.validate(document, schemas()["failure"]())
    [reported] = document["diagnostics"]
    assert (reported["code"], reported["hint"]) == ("S202", f"Run `reconciler {words[0]} --help` for usage")


def test_also_where_the_environment_asks_for_it(run: Run) -> None:
    assert json.loads(run("plan", "--grup", RECONCILER_OUTPUT="json").stdout)["diagnostics"][0]["slug"] == "usage"
    assert run("plan", "--grup").stdout == ""
