"""Keys that are unknown or missing, and where the key that was meant is to be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from reconciler.adapters.manifests.documents.base import FORM_KEYWORD
from reconciler.adapters.manifests.forms import form_named
from reconciler.adapters.manifests.parsed import Parsed, Path
from reconciler.adapters.manifests.refused import refused_key
from reconciler.adapters.manifests.words import did_you_mean, one_of, place_of, quote
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import Text, say

Schema = Mapping[str, Any]


def unknown_key(path: Path, schema: Schema, whole: Schema, parsed: Parsed) -> Diagnostic:
    """`schema` is the mapping's own, `whole` the file's."""
    origin = parsed.where_key(path)
    key, place = str(path[-1]), place_of(path)
    known = schema["properties"]
    above = place_of(path[:-1])
    return refused_key(path, origin) or found(
        codes.UNKNOWN_KEY,
        say("`{above}` has no key {key}", above=above, key=quote(key))
        if above
        else say("A file of this kind has no key {key}", key=quote(key)),
        expected=one_of(known),
        way_on=_elsewhere(key, whole) or did_you_mean(key, known) or say("Delete the line"),
        subject=place,
        origin=origin,
    )


def _elsewhere(key: str, whole: Schema) -> Text | None:
    """The key exists, in another mapping."""
    place = next((".".join(path) for path in _places(whole) if path[-1] == key), None)
    return say("The key belongs elsewhere: `{place}`", place=place) if place else None


def _places(schema: Schema, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in schema.get("properties", {}).items():
        yield (*above, name)
        yield from _places(field, (*above, name))


def missing_key(path: Path, schema: Schema, parsed: Parsed) -> Diagnostic:
    """`schema` is the mapping's own."""
    key, place = str(path[-1]), place_of(path)
    field = schema["properties"][key]
    return found(
        codes.MISSING_KEY,
        say("`{place}` is missing", place=place),
        expected=form_named(field[FORM_KEYWORD]).expected if FORM_KEYWORD in field else one_of(field["enum"]),
        way_on=say("Add the line `{line}`", line=f"{key}: {_example(key, field, parsed)}"),
        subject=place,
        origin=parsed.where(path[:-1]),
    )


def _example(key: str, field: Schema, parsed: Parsed) -> str:
    if key == "shop":
        return PurePosixPath(parsed.file).stem
    return str((field.get("enum") or field.get("examples") or ("...",))[0])
