"""One folder of manifests while it is edited: each file is read with the rules of `loading`, and again only when it changed.

In: what is open, and what changed on the disk. Out: for each file what is wrong in it. Files that are not open are read
ahead, a few at a time, for the rules on several shops; until a file was read, they do not know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from pydantic import ValidationError

from reconciler.adapters.manifests.attestations import attestation_faults, attestations_of
from reconciler.adapters.manifests.discovery.duplicate_shops import duplicate_shop_diagnostics
from reconciler.adapters.manifests.discovery.entries import SUFFIXES, ManifestPath
from reconciler.adapters.manifests.discovery.files import Listing, shop_files
from reconciler.adapters.manifests.documents.shop import API_VERSION, ShopDocument
from reconciler.adapters.manifests.layout import ATTESTATIONS, DEFAULTS, GROUPS
from reconciler.adapters.manifests.live.buffers import Buffers
from reconciler.adapters.manifests.live.fleet_index import FleetIndex, IndexedFile
from reconciler.adapters.manifests.loading.merge import NOTHING, MergedLayer, group_of
from reconciler.adapters.manifests.loading.shared_layers import SharedLayers
from reconciler.adapters.manifests.loading.shop_file import desired_of, shop_of
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.state import Desired
from reconciler.core.onboarding.attestations import expiry_notes
from reconciler.core.values import Origin
from reconciler.ports.editor.live_fleet import CheckedFile, FileKind

_NO_FILES: Final = Listing(files=(), diagnostics=())
_STAND_IN: Final = "shared"
"""The shop that a shared file is checked with: rules look at the values, not at the key."""


class LiveRoot:
    def __init__(self, root: Path, shown_as: str, buffers: Buffers, today: Callable[[], str]) -> None:
        self.root = root
        self.shown_as = shown_as
        self._today = today
        self._buffers = buffers
        self._index = FleetIndex()
        self._layers: SharedLayers | None = None
        self._attestations: tuple[ManifestPath, ...] | None = None
        self._files: dict[str, ManifestPath] = {}
        self._listed: tuple[Diagnostic, ...] = ()
        self._unread: dict[str, ManifestPath] = {}
        self.list_files()

    def kind_of(self, path: Path) -> FileKind | None:
        if not path.is_relative_to(self.root) or path.suffix.lower().lstrip(".") not in SUFFIXES:
            return None
        below = path.relative_to(self.root).parts
        if below == (f"{DEFAULTS}.yaml",) or (len(below) == 2 and below[0] == GROUPS):
            return FileKind.SHARED
        if below[0] == ATTESTATIONS and len(below) > 1:
            kind, below = FileKind.ATTESTATIONS, below[1:]
        else:
            kind = FileKind.SHOP
        return None if any(part.startswith(("_", ".")) for part in below) else kind

    def file_at(self, path: Path) -> ManifestPath:
        """As the folder's listing has it, or as it would have it once the file is saved."""
        known = self._files.get(str(path))
        if known is not None:
            return known
        below = path.relative_to(self.root).as_posix()
        return ManifestPath(stem=path.stem, path=str(path), display_path=f"{self.shown_as}/{below}")

    def path_of(self, origin: Origin) -> Path:
        return self.root / PurePosixPath(origin.file).relative_to(self.shown_as)

    def list_files(self) -> None:
        """Again, since files were made, renamed or deleted. What was read of the others stays."""
        listing = shop_files(self.root, self.shown_as) if self.root.is_dir() else _NO_FILES
        before = self._files
        self._files = {file.path: file for file in (*self._unsaved(FileKind.SHOP), *listing.files)}
        self._listed = listing.diagnostics
        self._layers = None
        for path in before.keys() - self._files.keys():
            self._index.forget(before[path].display_path)
            self._unread.pop(path, None)
        self._unread |= {path: file for path, file in self._files.items() if path not in before}

    def _unsaved(self, kind: FileKind) -> Iterator[ManifestPath]:
        for path in map(Path, self._buffers.paths):
            if path.suffix == ".yaml" and self.kind_of(path) is kind:
                below = path.relative_to(self.root).as_posix()
                yield ManifestPath(stem=path.stem, path=str(path), display_path=f"{self.shown_as}/{below}")

    def is_listed(self, path: Path) -> bool:
        return str(path) in self._files

    def content_changed(self, path: Path) -> None:
        """Of a file that was there before: every shop may inherit from a shared one."""
        if self.kind_of(path) is FileKind.ATTESTATIONS:
            self._attestations = None
        elif self.kind_of(path) is FileKind.SHARED:
            self._layers = None
            self._unread = dict(self._files)
        elif str(path) in self._files:
            self._unread[str(path)] = self._files[str(path)]

    def links_of(self, path: Path) -> frozenset[object]:
        return self._index.links_of(self.file_at(path).display_path)

    @property
    def layers(self) -> SharedLayers:
        if self._layers is None:
            unsaved = tuple(self._unsaved(FileKind.SHARED))
            self._layers = SharedLayers(self.root, self.shown_as, {}, read=self._buffers.read, unsaved=unsaved)
        return self._layers

    def lower_layer(self, path: Path) -> MergedLayer | None:
        """What the file inherits; None where that is broken, or does not exist."""
        file = self.file_at(path)
        group = group_of(self._buffers.read(file))
        if group is None and file.stem == DEFAULTS and self.kind_of(path) is FileKind.SHARED:
            return NOTHING
        return self.layers.layer_for(group) if self.layers.exists(group) and group != file.stem else None

    def check(self, path: Path) -> CheckedFile:
        file = self.file_at(path)
        if self.kind_of(path) is FileKind.SHARED:
            return self._check_shared(file)
        if self.kind_of(path) is FileKind.ATTESTATIONS:
            return CheckedFile(diagnostics=self._check_attestations(file))
        listed = tuple(self._about(file, self._listed))
        if str(path) not in self._files:
            return CheckedFile(diagnostics=listed)
        entry, found = self._read(file)
        twice = self._about(file, self._declared_twice(entry))
        related = () if entry.desired is None else self._index.related(entry.desired)
        return CheckedFile(diagnostics=(*listed, *found, *twice), desired=entry.desired, related=related)

    def read_ahead(self, clock: Callable[[], float], until: float) -> int:
        count = 0
        while self._unread and (not count or clock() < until):
            self._read(next(iter(self._unread.values())))
            count += 1
        return count

    def _read(self, file: ManifestPath) -> tuple[IndexedFile, tuple[Diagnostic, ...]]:
        self._unread.pop(file.path, None)
        parsed = self._buffers.read(file)
        read = shop_of(parsed, file, self.layers, {})
        shop = parsed.data.get("shop")
        declared = shop if isinstance(shop, str) and SHOP_KEY.accepts(shop) else None
        desired = read if isinstance(read, Desired) else None
        entry = IndexedFile(file=file, declared=declared, desired=desired)
        self._index.put(entry)
        return entry, () if isinstance(read, Desired) else read

    def _declared_twice(self, entry: IndexedFile) -> Iterator[Diagnostic]:
        """All files count for the shops of their names, broken ones also for what they declare: as in the reader of folders."""
        alike = self._index.with_keys_of(entry)
        named = [each.file for each in alike if each.file.stem in entry.keys]
        broken = (each.file for each in alike if each.desired is None)
        return duplicate_shop_diagnostics(named, broken, entry.keys.__contains__, self._buffers.read_bytes)

    def _check_shared(self, file: ManifestPath) -> CheckedFile:
        group = None if file.stem == DEFAULTS else file.stem
        layer = self.layers.layer_for(group) if self.layers.exists(group) else None
        found = tuple(self._about(file, self.layers.diagnostics))
        return CheckedFile(diagnostics=found, desired=None if layer is None else _stand_in(layer, file))

    def _check_attestations(self, file: ManifestPath) -> tuple[Diagnostic, ...]:
        """Of a shop that left, expired entries are not noted."""
        doubled = tuple(self._about(file, self._attested_twice(file)))
        if doubled:
            return doubled
        parsed, today = self._buffers.read(file), self._today()
        faults = attestation_faults(parsed, file, today)
        if faults or all(each.stem != file.stem for each in self._files.values()):
            return faults
        return expiry_notes(attestations_of(parsed, file), today)

    def _attested_twice(self, file: ManifestPath) -> Iterator[Diagnostic]:
        if self._attestations is None:
            folder = self.root / ATTESTATIONS
            listed = shop_files(folder, f"{self.shown_as}/{ATTESTATIONS}").files if folder.is_dir() else ()
            found = {each.path: each for each in (*self._unsaved(FileKind.ATTESTATIONS), *listed)}
            self._attestations = tuple(sorted(found.values(), key=lambda each: each.display_path))
        alike = [each for each in self._attestations if each.stem == file.stem]
        return duplicate_shop_diagnostics(alike, (), (file.stem,).__contains__, self._buffers.read_bytes)

    @staticmethod
    def _about(file: ManifestPath, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        return (each for each in found if each.origin is not None and each.origin.file == file.display_path)


def _stand_in(layer: MergedLayer, file: ManifestPath) -> Desired | None:
    """A shop that declares nothing itself."""
    data = {**layer.data, "apiVersion": API_VERSION, "shop": _STAND_IN}
    try:
        document = ShopDocument.model_validate(data)
    except ValidationError:
        return None
    return desired_of(document, {**layer.origins, "shop": Origin(file.display_path)})
