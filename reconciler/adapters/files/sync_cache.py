"""The shops found in sync, in a file beside the store that may be deleted at any time.

In: its path, the folders of manifests, and everything else that a result depends on. Out: `SyncSnapshot`, or None for a file that
is missing, damaged, or of other manifests, another history, another tool. It holds names, versions and positions; no
value of a shop and no secret.

A manifest counts as unchanged if its size, inode and times of change are the same: `ctime` cannot be set back by copying
or unpacking, as `mtime` can. A file that changed in the last two seconds before the check is not trusted, since a clock
may be too coarse to distinguish a second change from the first.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, Final

from reconciler import __version__
from reconciler.adapters.files.atomic_write import atomic_write
from reconciler.core.values import Origin, ShopKey
from reconciler.ports import Clock
from reconciler.ports.sync_cache import CachedPage, SyncedShop, SyncSnapshot

_FORM: Final = 3
_COARSE: Final = 2.0
"""Seconds: the coarsest clock of a file system in use."""


class SyncCacheFile:
    """`context` names all that a verdict hangs on beside the manifests: the backend, the client, the history's state."""

    def __init__(self, path: Path, manifests: Path | tuple[Path, ...], context: str, clock: Clock) -> None:
        self._path = path
        self._folders = manifests if isinstance(manifests, tuple) else (manifests,)
        self._context = context
        self._clock = clock
        self._mark: str | None = None

    def load(self) -> SyncSnapshot | None:
        self._mark = self._looked()
        try:
            kept = _checked(self._path.read_bytes())
            return _standing(kept["pages"]) if kept["mark"] == self._mark else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def save(self, standing: SyncSnapshot) -> None:
        if self._mark is None:
            return
        content = json.dumps({"mark": self._mark, "pages": _written(standing)}, separators=(",", ":")).encode()
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(self._path, _digest(content) + b"\n" + content)

    def _looked(self) -> str | None:
        """One name for the manifests as they are, with the context; None where they cannot be relied on."""
        digest = hashlib.sha256(json.dumps([_FORM, __version__, self._context]).encode())
        latest = 0
        try:
            for path, status in chain.from_iterable(_files(str(folder)) for folder in self._folders):
                latest = max(latest, status.st_ctime_ns, status.st_mtime_ns)
                entry = f"\0{path}\0{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_mode}"
                digest.update(os.fsencode(entry))
        except OSError:
            return None
        return digest.hexdigest() if latest / 1e9 < self._clock.now().timestamp() - _COARSE else None


def _files(top: str) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below, links as what they lead to, in an order that only the names decide."""
    # Names, and not entries, which would hold on to what was found of each: that costs more than the looking.
    for name in sorted(os.listdir(top)):  # noqa: PTH208  # a path object for each file costs as much again
        path = f"{top}/{name}"
        status = os.stat(path)  # noqa: PTH116  # the same
        yield path, status
        if stat.S_ISDIR(status.st_mode) and not os.path.islink(path):  # noqa: PTH114  # the same
            yield from _files(path)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _checked(content: bytes) -> Any:
    """Raises ValueError for what is not whole."""
    digest, _, rest = content.partition(b"\n")
    if digest != _digest(rest):
        raise ValueError("not as it was written")
    return json.loads(rest)


def _written(standing: SyncSnapshot) -> list[Any]:
    return [
        [page.query, page.version, [_shop(shop, standing) for shop in page.shops], list(page.others)]
        for page in standing.pages
    ]


def _shop(shop: ShopKey, standing: SyncSnapshot) -> list[Any]:
    """Also one that was not in sync: its page will be read again."""
    stood = standing.shops.get(shop)
    if stood is None:
        return [shop]
    return [shop, *_place(stood.origin), stood.registered, *_place(stood.place), dict(stood.labels), stood.group]


def _place(origin: Origin) -> tuple[str, int, int]:
    return origin.file, origin.line, origin.column


def _standing(pages: list[Any]) -> SyncSnapshot:
    """An attacker who can write this can also change the tool: a check for damage is enough."""
    held: list[CachedPage] = []
    standing: dict[ShopKey, SyncedShop] = {}
    for query, version, shops, others in pages:
        keys = tuple(ShopKey(shop[0]) for shop in shops)
        held.append(CachedPage(query=query, version=version, shops=keys, others=tuple(map(ShopKey, others))))
        standing.update((key, _stood(*shop)) for key, shop in zip(keys, shops, strict=True) if len(shop) > 1)
    return SyncSnapshot(pages=tuple(held), shops=standing)


def _stood(_shop: str, file: str, line: int, column: int, registered: bool, *more: Any) -> SyncedShop:
    *place, labels, group = more
    return SyncedShop(Origin(file, line, column), registered, Origin(*place), labels, group)
