"""A slow, safe scan of a file before it is composed, for the few files that could harm the composer.

libyaml's composer recurses in C, where Python's limits do not hold, and resolves aliases without a trace. Its events do neither.
A file without `&`, `*`, `!`, long lines and many brackets needs no scan: its depth is bounded by its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from yaml._yaml import CParser  # PyYAML's own name for libyaml's parser
from yaml.error import YAMLError
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, Event, NodeEvent

from reconciler.adapters.manifests.yaml.parsed import origin_of
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin

DEPTH_LIMIT: Final = 32
"""Levels of mappings and lists. A manifest needs five."""

_INDICATORS: Final = (b"&", b"*", b"!")
_LONG_LINE: Final = re.compile(rb"^[^\n]{256}", re.MULTILINE)
_MANY_BRACKETS: Final = 64


def needs_prescan(data: bytes) -> bool:
    """Whether the file may hold anchors, aliases or tags, or be nested deeper than about 600 levels."""
    return (
        any(indicator in data for indicator in _INDICATORS)
        or data.count(b"[") + data.count(b"{") > _MANY_BRACKETS
        or _LONG_LINE.search(data) is not None
    )


def prescan(data: bytes, file: str) -> tuple[Diagnostic, ...]:
    """Anchors, aliases and tags, all of them; or the place where the file is too deep."""
    try:
        return tuple(_walk(CParser(data), file))
    except YAMLError:
        # The composer meets the same error at the same place, and reports it.
        return ()


def _walk(parser: CParser, file: str) -> Iterator[Diagnostic]:
    depth = 0
    while (event := parser.get_event()) is not None:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, NodeEvent):
            yield from _marks_of_node(event, file)
        if depth > DEPTH_LIMIT:
            yield too_deep(origin_of(file, event.start_mark))
            return


def too_deep(origin: Origin) -> Diagnostic:
    return diagnostic(
        codes.TOO_DEEP,
        msg("The file is nested deeper than {limit} levels", limit=DEPTH_LIMIT),
        expected=msg("the five levels of a manifest"),
        hint=msg("Compare the file with the example in the documentation"),
        origin=origin,
    )


def _marks_of_node(event: NodeEvent, file: str) -> Iterator[Diagnostic]:
    origin = origin_of(file, event.start_mark)
    if isinstance(event, AliasEvent):
        yield _alias(msg("An alias copies a value from another line of the file"), origin)
    elif event.anchor is not None:
        yield _alias(msg("An anchor (`&name`) is used"), origin)
    if _tag(event) is not None:
        yield diagnostic(
            codes.TAG,
            msg("The value has a tag"),
            expected=msg("a plain value"),
            hint=msg("Delete the word that starts with `!`; put a text that starts with it in quotes"),
            origin=origin,
        )


def _alias(summary: Message, origin: Origin) -> Diagnostic:
    return diagnostic(
        codes.ALIAS,
        summary,
        expected=msg("each value written in its own place"),
        hint=msg("Write the value itself; put values that shops share into a file in _groups"),
        origin=origin,
    )


def _tag(event: Event) -> str | None:
    tag = getattr(event, "tag", None)
    return tag if isinstance(tag, str) else None
