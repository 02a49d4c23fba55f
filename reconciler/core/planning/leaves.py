"""The leaves of a fingerprint: one hash per shop, and the tree over them.

In: the canonical document of what is approved in a shop. Out: its leaf; the root of a tree over leaves, in the order of their
shops. The tree is that of RFC 6962: a leaf is SHA-256 over 0x00 and the document, a node SHA-256 over 0x01 and its two parts, a
node without a neighbour moves up unchanged, and the tree of nothing is SHA-256 of nothing. It does not know what a document
says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from reconciler.core.model.canonical import Json, dumps
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

_PREFIX: Final = "sha256:"


@frozen
class ShopLeaf:
    """What is approved in one shop, as a hash that also covers the shop's key."""

    shop: ShopKey
    digest: str


@frozen
class SubtreeRoot:
    """The root over the `count` shops from `first` to `last`: with its neighbours it leads to the same fingerprint."""

    first: ShopKey
    last: ShopKey
    count: int
    digest: str


def leaf_digest(document: Json) -> str:
    return _written(sha256(b"\x00" + dumps(document).encode()).digest())


def merkle_root(leaves: Iterable[ShopLeaf]) -> str:
    """For any order of the input. A digest that is not one raises ValueError."""
    return _written(_root([_read(leaf.digest) for leaf in _sorted(leaves)]))


def subtree_roots(leaves: Iterable[ShopLeaf], count: int) -> tuple[SubtreeRoot, ...]:
    """At most `count` roots of equally large parts, the last one may be smaller; none where there are no leaves."""
    ordered = _sorted(leaves)
    nodes, size = [_read(leaf.digest) for leaf in ordered], 1
    while len(nodes) > max(count, 1):
        nodes, size = _parents(nodes), size * 2
    parts = (ordered[number * size : (number + 1) * size] for number in range(len(nodes)))
    return tuple(
        SubtreeRoot(first=part[0].shop, last=part[-1].shop, count=len(part), digest=_written(node))
        for part, node in zip(parts, nodes, strict=True)
    )


def root_of_subtrees(subtrees: Sequence[SubtreeRoot]) -> str:
    """The fingerprint that the parts of `subtree_roots` belong to, in their order."""
    return _written(_root([_read(subtree.digest) for subtree in subtrees]))


def _sorted(leaves: Iterable[ShopLeaf]) -> list[ShopLeaf]:
    return sorted(leaves, key=lambda leaf: leaf.shop)


def _root(nodes: list[bytes]) -> bytes:
    if not nodes:
        return sha256().digest()
    while len(nodes) > 1:
        nodes = _parents(nodes)
    return nodes[0]


def _parents(nodes: list[bytes]) -> list[bytes]:
    pairs = zip(nodes[::2], nodes[1::2], strict=False)
    parents = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return parents if len(nodes) % 2 == 0 else [*parents, nodes[-1]]


def _written(digest: bytes) -> str:
    return _PREFIX + digest.hex()


def _read(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix(_PREFIX))
