"""YAML as forges read it: several documents, anchors and tags are allowed, and every scalar stays the text that was written.

In: the bytes of one file. Out: one tree per document, or a diagnostic. It works on libyaml's events, so that no input makes it
recurse, and an alias that repeats itself is refused before its copies are counted in anybody's loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from yaml._yaml import CParser  # PyYAML's own name for libyaml's parser
from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from reconciler.adapters.manifests.yaml.encoding import refuse_bytes
from reconciler.adapters.manifests.yaml.parsed import origin_of
from reconciler.adapters.manifests.yaml.prescan import DEPTH_LIMIT, too_deep
from reconciler.adapters.manifests.yaml.syntax_errors import syntax_error_diagnostic
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin
from reconciler.ports.ci.files import CiNode

NODE_LIMIT: Final = 50_000
"""Nodes of a file, each alias counted with all that it repeats."""


def parse_ci_file(data: bytes, file: str) -> tuple[CiNode, ...] | Diagnostic:
    """`file` is the name that positions carry."""
    refused = refuse_bytes(data, file)
    if refused is not None:
        return refused
    builder = _Builder(file)
    try:
        parser = CParser(data)
        while (event := parser.get_event()) is not None:
            builder.take(event)
            if builder.refused is not None:
                return builder.refused
    except YAMLError as error:
        return syntax_error_diagnostic(error, data, file)
    return tuple(builder.documents)


@dataclass(slots=True)
class _Collection:
    """A collection that has not ended: its children, and how many nodes they are."""

    origin: Origin
    mapping: bool
    anchor: str | None
    children: list[CiNode] = field(default_factory=list)
    weight: int = 1


@dataclass(slots=True)
class _Builder:
    file: str
    documents: list[CiNode] = field(default_factory=list)
    refused: Diagnostic | None = None
    _open: list[_Collection] = field(default_factory=list)
    _anchors: dict[str, tuple[CiNode, int]] = field(default_factory=dict)
    _weight: int = 0

    def take(self, event: Event) -> None:
        match event:
            case DocumentStartEvent():
                self._anchors.clear()
            case ScalarEvent():
                self._add(CiNode(origin=self._origin(event), text=event.value), 1, event.anchor)
            case AliasEvent():
                self._alias(event)
            case SequenceStartEvent() | MappingStartEvent():
                mapping = isinstance(event, MappingStartEvent)
                self._open.append(_Collection(self._origin(event), mapping, event.anchor))
                if len(self._open) > DEPTH_LIMIT:
                    self.refused = too_deep(self._origin(event))
            case CollectionEndEvent():
                ended = self._open.pop()
                self._add(_closed(ended), ended.weight, ended.anchor)
            case DocumentEndEvent() | _:
                return

    def _alias(self, event: NodeEvent) -> None:
        """An anchor that is missing, or that is still open, is an empty text: a forge refuses such a file."""
        origin = self._origin(event)
        node, weight = self._anchors.get(event.anchor or "", (CiNode(origin=origin, text=""), 1))
        self._add(replace(node, origin=origin), weight, None)

    def _add(self, node: CiNode, weight: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node, weight
        if not self._open:
            self.documents.append(node)
            return
        parent = self._open[-1]
        parent.children.append(node)
        parent.weight += weight
        if parent.weight > NODE_LIMIT:
            self.refused = _too_large(node.origin)

    def _origin(self, event: Event) -> Origin:
        return origin_of(self.file, event.start_mark)


def _closed(ended: _Collection) -> CiNode:
    if not ended.mapping:
        return CiNode(origin=ended.origin, items=tuple(ended.children))
    merged: dict[str, CiNode] = {}
    own: dict[str, CiNode] = {}
    for key, value in zip(ended.children[::2], ended.children[1::2], strict=True):
        if key.text == "<<":
            for each in value.items or (value,):
                merged = dict(each.entries) | merged
        elif key.text is not None:
            own[key.text] = value
    return CiNode(origin=ended.origin, entries=tuple((merged | own).items()))


def _too_large(origin: Origin) -> Diagnostic:
    summary = msg("A CI file has more than {count} nodes, aliases included", count=NODE_LIMIT)
    return diagnostic(codes.CI_FILE_UNREADABLE, summary, hint=msg("Split the file, or remove aliases"), origin=origin)
