"""The reference has everything that the program has: options, variables, codes, settings, fields of manifests, log events."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from reconciler.cli.app import app
from reconciler.core.diagnostics.codes import all_codes
from tools.reference.commands import root_context

ROOT = Path(__file__).parents[3]
both = pytest.mark.parametrize("docs", [ROOT / "docs", ROOT / "docs" / "ja"], ids=["en", "ja"])


@both
def test_each_code_has_an_example_and_a_fix(docs: Path) -> None:
    text = (docs / "codes.md").read_text(encoding="utf-8")
    rows = {
        row[1].strip(" `"): row for row in (re.split(r"(?<!\\)\|", line) for line in text.splitlines()) if len(row) == 8
    }

    assert [
        code.number for code in all_codes() if not (rows[code.number][5].strip() and rows[code.number][6].strip())
    ] == []


@both
@pytest.mark.parametrize(("schema", "page"), [("settings", "settings.md"), ("shop", "manifest-fields.md")])
def test_each_key_of_a_file_is_there(docs: Path, schema: str, page: str) -> None:
    text = (docs / "reference" / page).read_text(encoding="utf-8")
    shown = {
        part for path in re.findall(r"^\| `([^`]+)`", text, re.MULTILINE) for part in path.replace("[]", "").split(".")
    }
    keys = set(_keys(json.loads((ROOT / "schemas" / f"{schema}.schema.json").read_text(encoding="utf-8"))))

    assert len(keys) > 20
    assert keys - shown == set()


@both
def test_each_option_is_in_the_section_of_its_command(docs: Path) -> None:
    text = (docs / "reference" / "commands.md").read_text(encoding="utf-8")
    _, _, every, *rest = re.split(r"^##+ (.+)$", text, flags=re.MULTILINE)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    commands = list(_commands(app, root_context()))

    assert len(commands) > 60
    assert {name for name, command in commands if not isinstance(command, click.Group)} - sections.keys() == set()
    assert [
        f"{name} {option}"
        for name, command in commands
        for option in _long_options(command)
        if option not in sections.get(name, "") + every
    ] == []


@both
def test_each_variable_that_the_code_reads_is_there(docs: Path) -> None:
    text = (docs / "variables.md").read_text(encoding="utf-8")
    read = {name for path in (ROOT / "reconciler").glob("**/*.py") for name in _variables(path)}

    assert len(read) > 60
    assert [name for name in sorted(read) if f"`{name}`" not in text] == []


@both
def test_a_page_names_no_variable_that_nothing_reads(docs: Path) -> None:
    """Jobs of CI have some of their own, and manifests and settings may refer to any."""
    text = (docs / "variables.md").read_text(encoding="utf-8")
    templates = (ROOT / "reconciler" / "adapters" / "ci_files" / "templates").glob("**/*.yml")
    read = set(_WORD.findall(text)).union(*(_WORD.findall(path.read_text(encoding="utf-8")) for path in templates))
    pages = {path: path.read_text(encoding="utf-8") for path in docs.glob("**/*.md")}
    read.update(*(re.findall(r"ref\+env://(RECONCILER_\w+)", page) for page in pages.values()))

    assert [(path.name, name) for path, page in pages.items() for name in _WORD.findall(page) if name not in read] == []


@both
def test_each_event_of_the_log_is_there(docs: Path) -> None:
    text = (docs / "logs.md").read_text(encoding="utf-8")
    events = {name for path in (ROOT / "reconciler").glob("**/*.py") for name in _log_events(path)}

    assert len(events) > 20
    assert [event for event in sorted(events) if f"`{event}`" not in text] == []


_WORD = re.compile(r"\bRECONCILER_[A-Z0-9_]+\b")
_VARIABLE = re.compile(
    r"_?(?:RECONCILER|GITHUB|GITLAB|CI|AWS|VAULT|OTEL|CLOUDSDK|BUILDKITE)_[A-Z0-9_]*[A-Z0-9]"
    r"|CREDENTIALS_DIRECTORY|CI|COLUMNS|FORCE_COLOR|NO_COLOR|PAGER|LESS|TERM|HOME|LANG|LANGUAGE|LC_ALL|LC_MESSAGES"
)


def _variables(path: Path) -> list[str]:
    """Texts in the code that are the name of a variable."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [text for text in texts if _VARIABLE.fullmatch(text)]


def _commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Each command with its name as it is typed after `reconciler`."""
    yield context.command_path.removeprefix("reconciler").strip(), command
    if not isinstance(command, click.Group):
        return
    for each in command.list_commands(context):
        below = command.get_command(context, each)
        assert below is not None
        yield from _commands(below, click.Context(below, info_name=each, parent=context))


def _long_options(command: click.Command) -> list[str]:
    options = (each for each in command.params if isinstance(each, click.Option) and not each.hidden)
    return [max([*option.opts, *option.secondary_opts], key=len) for option in options]


def _keys(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [key for each in schema for key in _keys(each)]
    if not isinstance(schema, dict):
        return []
    return [*schema.get("properties", {}), *(key for each in schema.values() for key in _keys(each))]


def _log_events(path: Path) -> list[str]:
    calls = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "log_event")
    return [call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)]
