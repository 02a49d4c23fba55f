"""YAML as manifests read it: the values that YAML 1.1 and 1.2 agree on, each with its place, and all faults at once.

In: the bytes of one file. Out: `Parsed`. Most files go the straight way (`straight`). Of the others libyaml composes the nodes,
and the values are made here, in one pass, without PyYAML's tag resolution (whose YAML 1.1 reading is not wanted, and which is the
slow half of `yaml.load`). Nothing is merged, expanded or defaulted, and no bytes of any kind make it raise.
"""

from __future__ import annotations

from array import array
from functools import lru_cache, partial
from typing import Any, Final

from yaml._yaml import CParser  # PyYAML's own name for libyaml's parser
from yaml.error import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.adapters.manifests.describe import is_secret, quote
from reconciler.adapters.manifests.yaml.encoding import refuse_bytes
from reconciler.adapters.manifests.yaml.fast_path import parse_fast
from reconciler.adapters.manifests.yaml.parsed import Parsed, origin_of, pack_mark, unreadable
from reconciler.adapters.manifests.yaml.plain_scalars import Ambiguous, resolve_plain
from reconciler.adapters.manifests.yaml.prescan import DEPTH_LIMIT, needs_prescan, prescan, too_deep
from reconciler.adapters.manifests.yaml.syntax_errors import syntax_error_diagnostic
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin


def read_yaml(data: bytes, file: str) -> Parsed:
    """`file` is the name that positions carry."""
    refused = refuse_bytes(data, file)
    if refused is not None:
        return unreadable(file, refused)
    made = parse_fast(data.decode())
    if made is not None:
        return Parsed(
            file=file,
            data=made.data,
            compose=partial(_composed, data),
            names=tuple(made.names),
            marks=made.marks,
            diagnostics=(),
            harmless=made.harmless,
        )
    return parse_with_libyaml(data, file)


def parse_with_libyaml(data: bytes, file: str) -> Parsed:
    """What the straight way does not lead through."""
    seen = prescan(data, file) if needs_prescan(data) else ()
    if any(fault.code in _STOPPING for fault in seen):
        return unreadable(file, *seen)
    try:
        root = _Composer(data).get_single_node()
    except YAMLError as error:
        return unreadable(file, *seen, syntax_error_diagnostic(error, data, file))
    if not isinstance(root, MappingNode):
        return unreadable(file, *seen, _not_a_mapping(root, file))
    return _parsed(root, file, seen)


_STOPPING: Final = (codes.ALIAS, codes.TOO_DEEP)
"""Composing such a file would repeat its parts without end, or descend too far."""


class _Composer(CParser):
    """libyaml's composer with the tag resolution taken out: a node has no tag but the one the file writes."""

    def descend_resolver(self, parent: object, index: object) -> None: ...

    def ascend_resolver(self) -> None: ...

    def resolve(self, kind: object, value: object, implicit: object) -> None: ...


@lru_cache(maxsize=1)
def _composed(data: bytes) -> MappingNode:
    """The nodes of a file that was read on the straight way. Its findings ask for them one after the other."""
    root = _Composer(data).get_single_node()
    assert isinstance(root, MappingNode)
    return root


def _parsed(root: MappingNode, file: str, seen: tuple[Diagnostic, ...]) -> Parsed:
    making = _ValueBuilder(file)
    data = making.mapping(root, "", 1)
    return Parsed(
        file=file,
        data=data,
        compose=lambda: root,
        names=tuple(making.names),
        marks=array("Q", making.marks),
        diagnostics=(*seen, *making.findings),
    )


class _ValueBuilder:
    """The values of one file in the making. `mapping` is the hot loop of loading a fleet: keep it flat."""

    __slots__ = ("file", "findings", "marks", "names")

    def __init__(self, file: str) -> None:
        self.file = file
        self.names: list[str] = []
        self.marks: list[int] = []
        self.findings: list[Diagnostic] = []

    def mapping(self, node: MappingNode, prefix: str, depth: int) -> dict[str, Any]:
        if depth > DEPTH_LIMIT:
            self.findings.append(too_deep(origin_of(self.file, node.start_mark)))
            return {}
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, ScalarNode) or (not key_node.style and type(resolve_plain(key)) is not str):
                self.findings.append(_bad_key(key_node, self.file))
            elif key in data:
                self.findings.append(_duplicate(node, key_node, self.file))
            elif type(value_node) is MappingNode:
                data[key] = self.mapping(value_node, f"{prefix}{key}.", depth + 1)
            else:
                data[key] = self._leaf(value_node, prefix + key, depth)
        return data

    def _leaf(self, node: Node, place: str, depth: int) -> object:
        mark = node.start_mark
        self.names.append(place)
        self.marks.append(pack_mark(mark.line, mark.column))
        if type(node) is not ScalarNode:
            return self._sequence(node, place, depth + 1)
        text: str = node.value
        value = text if node.style else resolve_plain(text)
        if type(value) is not Ambiguous:
            return value
        self.findings.append(_ambiguous(value, place, origin_of(self.file, mark)))
        return text

    def _sequence(self, node: Node, place: str, depth: int) -> list[object]:
        """No manifest holds a list; its values are read so that the message can say what was found."""
        if depth > DEPTH_LIMIT:
            self.findings.append(too_deep(origin_of(self.file, node.start_mark)))
            return []
        return [
            self.mapping(item, f"{place}.", depth + 1)
            if isinstance(item, MappingNode)
            else self._leaf(item, place, depth)
            for item in node.value
        ]


def _not_a_mapping(root: Node | None, file: str) -> Diagnostic:
    if root is None or (isinstance(root, ScalarNode) and not root.value and not root.style):
        return diagnostic(
            codes.EMPTY,
            msg("The file contains only comments and blank lines"),
            expected=msg("a mapping of keys to values"),
            hint=msg("Add content to the file, or delete it"),
            origin=Origin(file),
        )
    kind = msg("a list") if isinstance(root, SequenceNode) else msg("a single value")
    return diagnostic(
        codes.NOT_A_MAPPING,
        msg("The file contains {kind}", kind=kind),
        expected=msg("a mapping of keys to values"),
        hint=msg("Start each line with a key, a colon and a space"),
        origin=origin_of(file, root.start_mark),
    )


def _duplicate(mapping: MappingNode, key_node: Node, file: str) -> Diagnostic:
    first = next(key for key, _ in mapping.value if key.value == key_node.value)
    return diagnostic(
        codes.DUPLICATE_KEY,
        msg(
            "Duplicate key {key}; it is already on line {line}",
            key=quote(key_node.value),
            line=first.start_mark.line + 1,
        ),
        expected=msg("each key once in its mapping"),
        hint=msg("Delete one of the two lines"),
        origin=origin_of(file, key_node.start_mark),
    )


def _bad_key(node: Node, file: str) -> Diagnostic:
    origin = origin_of(file, node.start_mark)
    if not isinstance(node, ScalarNode):
        return diagnostic(
            codes.WRONG_TYPE,
            msg("A mapping or a list is used as a key"),
            expected=msg("text"),
            hint=msg("Write the key as one word"),
            origin=origin,
        )
    value = resolve_plain(node.value)
    if isinstance(value, Ambiguous):
        return _ambiguous(value, "", origin)
    return diagnostic(
        codes.WRONG_TYPE,
        msg("The key {key} is not text", key=quote(node.value)),
        expected=msg("text"),
        hint=msg("Put the key in quotes if it is meant as text"),
        origin=origin,
    )


def _ambiguous(value: Ambiguous, place: str, origin: Origin) -> Diagnostic:
    return diagnostic(
        codes.AMBIGUOUS,
        msg(
            "{text} is {older} to YAML 1.1 and {newer} to YAML 1.2",
            text=quote(value.text, place),
            older=value.yaml11,
            newer=value.yaml12,
        ),
        expected=msg("a value that both versions read the same way"),
        hint=value.hint,
        subject=place if place and not is_secret("", place) else None,  # a key may be what was pasted
        origin=origin,
    )
