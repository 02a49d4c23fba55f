"""Which shops rules on several shops have to see together: by the keys that files declare, and by the ids that shops share.

In: the files as they were read last, one at a time. Out: for one file the others that concern it. A change costs as much as the
file has keys, however large the fleet is.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import nsmallest
from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.core.fleet_rules.shared_identities import shared_identities
from reconciler.core.fleet_rules.token_shops import declared_seller
from reconciler.core.model.state import Desired
from reconciler.lib.frozen_class import frozen

_RELATED: Final = 6
"""Shops of other sellers that a conflict is shown with: one more than a message names."""

Identity = tuple[str, str]


@frozen
class IndexedFile:
    """`declared` is the value of `shop`, `desired` what a valid file declares."""

    file: ManifestPath
    declared: str | None
    desired: Desired | None

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((self.file.stem,) if self.declared is None else (self.file.stem, self.declared))

    @property
    def identities(self) -> frozenset[Identity]:
        return frozenset() if self.desired is None else shared_identities(self.desired)


class FleetIndex:
    def __init__(self) -> None:
        self._files: dict[str, IndexedFile] = {}
        self._by_key: dict[str, dict[str, IndexedFile]] = defaultdict(dict)
        self._by_identity: dict[Identity, dict[str | None, dict[str, Desired]]] = defaultdict(lambda: defaultdict(dict))

    def put(self, entry: IndexedFile) -> None:
        path = entry.file.display_path
        self.forget(path)
        self._files[path] = entry
        for key in entry.keys:
            self._by_key[key][path] = entry
        if entry.desired is not None:
            for identity in entry.identities:
                self._by_identity[identity][declared_seller(entry.desired)][path] = entry.desired

    def forget(self, path: str) -> None:
        entry = self._files.pop(path, None)
        if entry is None:
            return
        for key in entry.keys:
            self._by_key[key].pop(path, None)
        for identity in entry.identities:
            assert entry.desired is not None
            self._by_identity[identity][declared_seller(entry.desired)].pop(path, None)

    def links_of(self, path: str) -> frozenset[object]:
        """What ties a file to others: while it stays the same, their diagnostics do."""
        entry = self._files.get(path)
        if entry is None:
            return frozenset()
        return frozenset((*entry.keys, *entry.identities, declared_seller(entry.desired) if entry.desired else None))

    def with_keys_of(self, entry: IndexedFile) -> tuple[IndexedFile, ...]:
        """The files that may declare the same shop, itself included, in the order of the folder."""
        found = {path: each for key in entry.keys for path, each in self._by_key[key].items()}
        return tuple(sorted(found.values(), key=lambda each: (each.file.stem, each.file.display_path)))

    def related(self, desired: Desired) -> tuple[Desired, ...]:
        """The first shops that declare an id of this one for another seller."""
        mine = declared_seller(desired)
        found: dict[str, Desired] = {}
        for identity in shared_identities(desired):
            others = (
                (shop.shop, path, shop)
                for seller, shops in self._by_identity[identity].items()
                if seller != mine
                for path, shop in shops.items()
            )
            found |= {path: shop for _, path, shop in nsmallest(_RELATED, others, key=lambda each: each[:2])}
        return tuple(sorted(found.values(), key=lambda shop: shop.shop))
