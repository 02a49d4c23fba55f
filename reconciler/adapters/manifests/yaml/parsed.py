"""One YAML file as it was read: its values, the place of each, and its errors.

Positions are kept twice. `names` and `marks` hold those of values only, packed, since ten thousand shops keep them; `root` are
libyaml's nodes, from which `where` finds any key exactly. They are made for a file with diagnostics,
and released with it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from yaml._yaml import Mark as LibyamlMark
from yaml.error import Mark as PythonMark
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen

Path = tuple[str | int, ...]
Mark = PythonMark | LibyamlMark

COLUMN_BITS: Final = 20
_COLUMN_MASK: Final = (1 << COLUMN_BITS) - 1


def pack_mark(line: int, column: int) -> int:
    """Line and column, both from 0, as one number."""
    return line << COLUMN_BITS | column


def unpack_origin(file: str, place: int) -> Origin:
    return Origin(file, (place >> COLUMN_BITS) + 1, (place & _COLUMN_MASK) + 1)


def origin_of(file: str, mark: Mark | None) -> Origin:
    """PyYAML's types allow an event without a mark; libyaml makes none."""
    return Origin(file, mark.line + 1, mark.column + 1) if mark is not None else Origin(file)


@frozen
class Parsed:
    """`data` is empty where nothing could be read; then `findings` says why.

    `names` are the dotted places of the values, `marks` their packed positions. `harmless`: it is known of each text that it
    holds no contraband.
    """

    file: str
    data: dict[str, Any]
    compose: Callable[[], MappingNode] | None
    names: tuple[str, ...]
    marks: array[int]
    diagnostics: tuple[Diagnostic, ...]
    harmless: bool = False

    @property
    def readable(self) -> bool:
        return self.compose is not None

    @property
    def root(self) -> MappingNode | None:
        return None if self.compose is None else self.compose()

    def origin(self, path: Sequence[str | int]) -> Origin:
        """The position of the value at `path`, or of the nearest thing above it that exists."""
        return self._find(path)[1]

    def key_origin(self, path: Sequence[str | int]) -> Origin:
        """The position of the key that `path` ends in."""
        return self._find(path)[0]

    def _find(self, path: Sequence[str | int]) -> tuple[Origin, Origin]:
        start = Origin(self.file)
        found = (start, start)
        node: Node | None = self.root
        for step in path:
            marks = _child(node, step)
            if marks is None:
                break
            key, node = marks
            found = (origin_of(self.file, key.start_mark), origin_of(self.file, _value_mark(key, node)))
        return found


def _value_mark(key: Node, value: Node) -> Mark:
    """A mapping or list on the lines below is looked for at its key."""
    return value.start_mark if isinstance(value, ScalarNode) else key.start_mark


def _child(node: Node | None, step: str | int) -> tuple[Node, Node] | None:
    if isinstance(node, MappingNode):
        return _children(node).get(step)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


@lru_cache(maxsize=8)
def _children(node: MappingNode) -> dict[str | int, tuple[Node, Node]]:
    """By key, the first of equal ones. A file with many diagnostics asks for the same mapping once for each."""
    first_last = reversed([(key, value) for key, value in node.value if isinstance(key, ScalarNode)])
    return {key.value: (key, value) for key, value in first_last}


def unreadable(file: str, *findings: Diagnostic) -> Parsed:
    """What is left of a file that cannot be read as a mapping."""
    return Parsed(file=file, data={}, compose=None, names=(), marks=array("Q"), diagnostics=findings)
