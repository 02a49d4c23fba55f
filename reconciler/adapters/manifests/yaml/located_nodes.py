"""Every node of a file with its path.

In: libyaml's root node, whose depth the parser has bounded. Out: keys with their values, in the order of the file. A key that is
no scalar has the name `?`.
"""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.adapters.manifests.yaml.parsed import Path
from reconciler.lib.frozen_class import frozen


@frozen
class LocatedNode:
    """`key` is None for an item of a list and for a key that is no scalar."""

    path: Path
    key: ScalarNode | None
    value: Node


def located_nodes(node: Node | None, above: Path = ()) -> Iterator[LocatedNode]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            scalar = key if isinstance(key, ScalarNode) else None
            path = (*above, "?" if scalar is None else str(scalar.value))
            yield LocatedNode(path=path, key=scalar, value=value)
            yield from located_nodes(value, path)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield LocatedNode(path=(*above, index), key=None, value=item)
            yield from located_nodes(item, (*above, index))
