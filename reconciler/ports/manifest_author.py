"""The folder of manifests as an import sees it: what each file says by itself, and the files it is to hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.generalise import Generalised, Ground
from reconciler.core.layers import Layer, Profile
from reconciler.core.revision import Edits
from reconciler.core.values import ShopKey
from reconciler.ports.file_changes import FileChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFile:
    """What a shop's own file says of its fields, and what lies under it."""

    own: Layer
    lower: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`files` are those that are in order, of the shops that were asked for; `broken` the ones that are there and are not.
    `ground` is what new shops would lie on; None where the shared files are broken, and nothing can be laid on them.
    """

    files: Mapping[ShopKey, ShopFile]
    broken: frozenset[ShopKey]
    ground: Ground | None
    findings: tuple[Diagnostic, ...]


class ManifestAuthor(Protocol):
    def standing(self, shops: Collection[ShopKey]) -> Standing: ...

    def changes(self, revised: Mapping[ShopKey, Edits], new: Generalised) -> Iterator[FileChange]:
        """The files that would be written, shared ones first; edits that are empty are not handed in.

        Raises Unusable where a file that was there is not any more, or is not in order any more.
        """
        ...
