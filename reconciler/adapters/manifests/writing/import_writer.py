"""What an import reads from a folder of manifests, and the files it makes of it: the port `ManifestEditor`.

In: the folder. Out: what each file declares itself, and what it inherits; then, for edits and new layers, the new
files. It writes nothing itself. A file that leads out of the tree, or cannot be read, is reported and not changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

from reconciler.adapters.manifests.discovery.duplicate_shops import duplicate_shop_diagnostics
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import Listing, read_bytes, shared_files, shop_files
from reconciler.adapters.manifests.discovery.shards import ShardLayout, tree_layout
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.shop import API_VERSION, SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.compose import compose_source, relative_schema_path
from reconciler.adapters.manifests.editing.edit import remove_value, set_value
from reconciler.adapters.manifests.editing.key_notes import NO_PATHS, Paths, every_note, explained_in
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile
from reconciler.adapters.manifests.layout import DEFAULTS, GROUPS
from reconciler.adapters.manifests.loading.merge import MergedLayer as ReadLayer
from reconciler.adapters.manifests.loading.shared_layers import SharedLayers
from reconciler.adapters.manifests.loading.shop_file import read_shop
from reconciler.adapters.manifests.writing.defaults_file import defaults_source, is_unexplained
from reconciler.adapters.manifests.yaml.origins import Names
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.factor_out import ExistingLayers, FactoredLayers, ShopLayer
from reconciler.core.importing.grouping import shareable_in_group
from reconciler.core.importing.profile_edits import Edits
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.layers import Leaf, Profile, flatten, to_leaf
from reconciler.core.model.state import Desired
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.values import UNSET, Origin, ShopKey
from reconciler.ports import SetupError
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.manifest_editing import FolderSnapshot, ShopFile

_ABOUT_DEFAULTS: Final = "Applies to every shop: what most shops had in common when they were imported."
_ABOUT_GROUP: Final = "What these shops had in common when they were imported. They name this file under `group`."


class ImportManifestEditor:
    """`shown_as` is what people call the folder, which need not be there yet; `schemas` where editors find the JSON Schemas;
    with `gets_schemas`, these are written after the manifests.
    """

    def __init__(self, root: Path, *, shown_as: str, schemas: Path | None = None, gets_schemas: bool = False) -> None:
        self._gets_schemas = gets_schemas
        self._root = root
        self._schemas = schemas or root.parent / "schemas"
        self._shown_as = shown_as.rstrip("/")
        self._explained = NO_PATHS

    def snapshot(self, shops: Collection[ShopKey]) -> FolderSnapshot:
        if not self._root.exists():
            return FolderSnapshot(files={}, broken=frozenset(), existing=ExistingLayers(), findings=())
        listing = shop_files(self._root, self._shown_as)
        shared_listing = shared_files(self._root, self._shown_as)
        names: Names = {}
        shared = SharedLayers(self._root, self._shown_as, names)
        files: dict[ShopKey, ShopFile] = {}
        diagnostics = [*listing.diagnostics]
        wanted = [file for file in listing.files if file.stem in shops]
        for file in wanted:
            read = read_shop(file, shared, names)
            if isinstance(read, Desired):
                files[read.shop] = shop_file_values(read, file, shared)
            else:
                diagnostics += read
        diagnostics += self._declared_twice(shops, wanted, listing)
        refused = _refused(diagnostics)
        broken = refused | {file.stem for file in wanted if file.stem not in files}
        return FolderSnapshot(
            files={shop: file for shop, file in files.items() if shop not in refused},
            broken=frozenset(ShopKey(stem) for stem in broken if SHOP_KEY.accepts(stem)),
            existing=self._ground(listing, shared_listing, shared),
            findings=sort_diagnostics((*diagnostics, *shared.diagnostics)),
        )

    def file_changes(self, revised: Mapping[ShopKey, Edits], new: FactoredLayers) -> Iterator[FileChange]:
        together = not new.flat and (bool(new.defaults) or len(new.shops) > 1)
        explains = together and is_unexplained(self._root)
        self._explained = every_note() if together else self._explained_by_others()
        if explains:
            yield self._defaults(new.defaults)
        for group, values in sorted(new.groups.items()):
            yield self._shared(f"{GROUPS}/{group}.yaml", values, (_ABOUT_GROUP,))
        listed = shop_files(self._root, self._shown_as).files if self._root.exists() else ()
        layout = tree_layout(str(self._root), listed)
        yield from (self._new(own, layout) for own in new.shops)
        files = {file.stem: file for file in listed}
        for shop, edits in sorted(revised.items()):
            yield _revised(edits, files.get(shop), f"{self._shown_as}/{shop}.yaml", self._explained)

    def _explained_by_others(self) -> Paths:
        return explained_in(self._root, self._shown_as) if self._root.exists() else NO_PATHS

    def _declared_twice(
        self, shops: Collection[ShopKey], wanted: Sequence[ManifestPath], listing: Listing
    ) -> Iterator[Diagnostic]:
        """A shop that a file of another name declares gets no second one, and one that has two files no edit."""
        there = {file.stem for file in wanted}
        layout = tree_layout(str(self._root), listing.files)
        new = (
            ManifestPath(stem=s, path="", display_path=f"{self._shown_as}/{_name(s, layout)}")
            for s in sorted(shops)
            if s not in there
        )
        others = (file for file in listing.files if file.stem not in shops)
        yield from duplicate_shop_diagnostics((*wanted, *new), others, shops.__contains__)

    def _ground(self, listing: Listing, shared_listing: Listing, shared: SharedLayers) -> ExistingLayers | None:
        groups = [file.stem for file in shared_listing.files if file.stem != DEFAULTS]
        layers = {group: shared.layer_for(group) for group in groups}
        lowest = shared.layer_for(None)
        if lowest is None or shared_listing.diagnostics or any(layer is None for layer in layers.values()):
            return None
        read = {group: layer for group, layer in layers.items() if layer is not None}
        return ExistingLayers(
            defaults=_profile(lowest),
            groups={group: _profile(layer) for group, layer in read.items()},
            plain=frozenset(group for group, layer in read.items() if _is_plain(layer, lowest)),
            fresh=not (listing.files or listing.diagnostics or shared_listing.files),
        )

    def _defaults(self, values: Profile) -> FileChange:
        """It explains the keys once, so that the files of shops need not."""
        name = f"{DEFAULTS}.yaml"
        about = (_ABOUT_DEFAULTS,) if values else ()
        page = defaults_source(unflatten(values), about=about, schema=self._schema(name, "shared"))
        return self._made(name, page)

    def _shared(self, name: str, values: Profile, about: tuple[str, ...]) -> FileChange:
        data, schema = {"apiVersion": API_VERSION, **unflatten(values)}, self._schema(name, "shared")
        page = compose_source(data, SharedDocument, schema=schema, about=about, explained=self._explained)
        return self._made(name, page)

    def _new(self, own: ShopLayer, layout: ShardLayout) -> FileChange:
        head = {"apiVersion": API_VERSION, "shop": str(own.shop)}
        named = {"group": own.group} if own.group else {}
        data = {**head, **named, "labels": dict(own.labels), **unflatten(own.values)}
        name = _name(own.shop, layout)
        schema = self._schema(name, "shop")
        return self._made(name, compose_source(data, ShopDocument, schema=schema, explained=self._explained))

    def _schema(self, name: str, of: str) -> str | None:
        schema, folder = self._schemas / f"{of}.schema.json", (self._root / name).parent
        return relative_schema_path(schema, folder, planned=self._gets_schemas)

    def _made(self, name: str, page: SourceFile) -> FileChange:
        return FileChange(
            path=self._root / name, display_path=f"{self._shown_as}/{name}", before=None, after=serialise_source(page)
        )


def _name(shop: str, layout: ShardLayout) -> str:
    return PurePosixPath(layout.folder_for_new(shop), f"{shop}.yaml").as_posix()


def unflatten(values: Mapping[str, Leaf | None]) -> dict[str, Any]:
    """Flat places as a manifest holds them."""
    data: dict[str, Any] = {}
    for place, value in values.items():
        *above, key = place.split(".")
        inner = data
        for step in above:
            inner = inner.setdefault(step, {})
        inner[key] = value
    return data


def shop_file_values(desired: Desired, file: ManifestPath, shared: SharedLayers) -> ShopFile:
    """What the file takes out of management is not in the desired values: it is the inherited part that is missing there."""
    layer = shared.layer_for(desired.group)
    lower = {} if layer is None else _profile(layer)
    declared = {ref.manifest_path or "": to_leaf(value) for ref, value in declared_values(desired)}
    own = {place: value for place, value in declared.items() if desired.origin_of(place).file == file.display_path}
    return ShopFile(layer=own | {place: None for place in lower if place not in declared}, inherited=lower)


def _profile(layer: ReadLayer) -> dict[str, Leaf]:
    return {place: value for place, value in flatten(layer.data).items() if value is not None}


def _is_plain(layer: ReadLayer, lowest: ReadLayer) -> bool:
    """Whether a shop that is put into the group gets nothing but values that may be shared."""
    added = _profile(layer).items() - _profile(lowest).items()
    return _beside(layer) == _beside(lowest) and all(shareable_in_group(place, value, ()) for place, value in added)


def _beside(layer: ReadLayer) -> tuple[object, object]:
    return layer.data.get("labels"), layer.data.get("maintenance")


def _refused(findings: Iterable[Diagnostic]) -> set[str]:
    """The shops of files that something is said against: they are left as they are, and no new file takes their place."""
    files = {Path(finding.origin.file).stem for finding in findings if finding.origin is not None}
    return files | {finding.shop for finding in findings if finding.shop is not None}


def _revised(edits: Edits, file: ManifestPath | None, shown: str, explained: Paths) -> FileChange:
    """Raises SetupError where the file is gone, or is not in order any more."""
    before = None if file is None else read_bytes(file)
    if file is None or not isinstance(before, bytes):
        raise _moved(shown)
    page = read_source(before, file.display_path, ShopDocument)
    if not isinstance(page, SourceFile):
        raise _moved(file.display_path)
    after = serialise_source(edited_source(page, edits, ShopDocument, explained))
    return FileChange(path=Path(file.path), display_path=file.display_path, before=before, after=after)


def edited_source(page: SourceFile, edits: Edits, model: type[Document], explained: Paths) -> SourceFile:
    for place, value in edits.items():
        path = place.split(".")
        page = remove_value(page, path) if value is UNSET else set_value(page, path, value, model, explained)
    return page


def _moved(shown: str) -> SetupError:
    return SetupError(
        msg("The file changed in the meantime: someone else wrote or deleted it"),
        code=codes.MOVED_MEANWHILE,
        hint=msg("Nothing was written; run the command again"),
        origin=Origin(shown),
    )
