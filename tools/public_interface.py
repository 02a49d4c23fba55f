"""What users rely on, as data: codes, exit codes, keys of files, JSON documents, commands with options, entry points.

`make release` writes it to `tests/corpus/interfaces/VERSION.json`; a test fails if something of the last release is gone. What is
promised is in docs/stability.md. In: the code. Out: JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from reconciler.cli.app import app
from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.wiring.schemas import schemas

INPUTS: Final = ("settings", "shop", "shared", "alerts", "accepted-drift", "attestations")
"""Schemas of files that people write; the others describe what the tool writes."""
ENTRY_POINTS: Final = ("reconciler.backends", "reconciler.secrets")
_DEEPEST: Final = 12


def public_interface() -> dict[str, Any]:
    made = {name: make() for name, make in sorted(schemas().items())}
    return {
        "codes": {code.number: code.slug for code in all_codes()},
        "exit_codes": {str(code.value): code.name for code in ExitCode},
        "entry_points": list(ENTRY_POINTS),
        "keys": {name: keys_of(made[name]) for name in INPUTS},
        "documents": {
            name: {"version": _version(schema), "fields": keys_of(schema)}
            for name, schema in made.items()
            if name not in INPUTS
        },
        "commands": dict(sorted(_commands(app, ()))),
    }


def removed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What `old` had and `new` does not, in words. A JSON document of a higher version may differ."""
    return [
        *_gone("code", old["codes"], new["codes"]),
        *_gone("exit code", old["exit_codes"], new["exit_codes"]),
        *(f"entry point {name}" for name in old["entry_points"] if name not in new["entry_points"]),
        *(
            f"key {key} of {name}"
            for name, keys in old["keys"].items()
            for key in keys
            if key not in new["keys"].get(name, ())
        ),
        *_removed_fields(old["documents"], new["documents"]),
        *_removed_options(old["commands"], new["commands"]),
    ]


def _gone(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """Also what has another meaning now."""
    for key, meaning in old.items():
        if new.get(key) != meaning:
            yield f"{kind} {key} {meaning}"


def _removed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name, document in old.items():
        if name not in new:
            yield f"document {name}"
        elif new[name]["version"] == document["version"]:
            fields = frozenset(new[name]["fields"])
            yield from (f"field {field} of {name}" for field in document["fields"] if field not in fields)


def _removed_options(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[str]:
    for command, options in old.items():
        if command not in new:
            yield f"command {command}"
        else:
            yield from (f"option {option} of {command}" for option in options if option not in new[command])


def keys_of(schema: Mapping[str, Any]) -> list[str]:
    """The places of a document that have a name: `shops[].steps[].kind`, and `*` for keys that the document chooses."""
    return sorted(set(_places(schema, schema, "", 0)))


def _places(schema: Mapping[str, Any], whole: Mapping[str, Any], place: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if "$ref" in schema:
        yield from _places(_pointed(whole, schema["$ref"]), whole, place, depth + 1)
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _places(each, whole, place, depth)
    for name, part in schema.get("properties", {}).items():
        inner = f"{place}.{name}" if place else name
        yield inner
        yield from _places(part, whole, inner, depth + 1)
    if isinstance(items := schema.get("items"), Mapping):
        yield from _places(items, whole, f"{place}[]", depth + 1)
    if isinstance(more := schema.get("additionalProperties"), Mapping):
        yield from _places(more, whole, f"{place}.*", depth + 1)


def _pointed(whole: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    found: Any = whole
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found  # type: ignore[no-any-return]  # a part of a schema


def _version(schema: Mapping[str, Any]) -> Any:
    return schema.get("properties", {}).get("version", {}).get("const")


def _commands(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _commands(found, (*words, name))
    else:
        long = (word for parameter in command.params for word in parameter.opts if re.match(r"--", word))
        yield " ".join(words), sorted(set(long))
