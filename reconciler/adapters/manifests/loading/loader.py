"""A folder of manifests as the workflows read it: the valid shops, and all diagnostics of the others.

In: the folder and a selection. Out: `Manifest`. Reads files and writes none; resolves no secret; never raises for the content of
a file. Patterns are compared with file names, so that selecting one shop parses one file and not the fleet; the others are
scanned for a second declaration of it. With a revision, unchanged files are not even scanned:
they are taken as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from reconciler.adapters.manifests.discovery.duplicate_shops import duplicate_shop_diagnostics
from reconciler.adapters.manifests.discovery.files import Listing, shop_files
from reconciler.adapters.manifests.loading.affected import Affected
from reconciler.adapters.manifests.loading.shared_layers import SharedLayers
from reconciler.adapters.manifests.loading.shop_file import read_shop
from reconciler.adapters.manifests.yaml.origins import Names
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired
from reconciler.core.values import Origin
from reconciler.ports import Manifest, VersionControl
from reconciler.ports.manifests import AffectedShops


class ManifestFolder:
    """`shown_as` is what people call the folder; every position starts with it. Without it: `root` as it was given.

    `revisions` knows what changed since a revision, for selections that ask for it; the reading then raises what it raises.
    """

    def __init__(self, root: Path, *, shown_as: str | None = None, revisions: VersionControl | None = None) -> None:
        self._root = root
        self._revisions = revisions
        self._shown_as = (shown_as or root.as_posix()).rstrip("/")

    def read(self, selection: Selection) -> Manifest:
        if not self._root.is_dir():
            return _nothing(self._no_folder())
        listing = shop_files(self._root, self._shown_as)
        if not listing.files and not listing.diagnostics:
            return _nothing(self._no_files())
        return self._read(listing, selection)

    def names(self) -> tuple[str, ...]:
        listing = shop_files(self._root, self._shown_as) if self._root.is_dir() else None
        return () if listing is None else tuple(file.stem for file in listing.files)

    def read_at(self, revision: str, names: frozenset[str]) -> Manifest:
        """From copies in a folder of their own, so that an old commit is read as the work tree is."""
        if self._revisions is None or not self._root.is_dir():
            return Manifest(shops=(), findings=())
        files = self._revisions.files_at(revision, partial(_needed_for, names=names))
        with TemporaryDirectory() as folder:
            for path, content in files.items():
                copy = Path(folder, path)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(content)
            return ManifestFolder(Path(folder), shown_as=self._shown_as).read(Selection(names=names))

    def affected_by(self, changes: Sequence[frozenset[str]]) -> AffectedShops:
        listing = shop_files(self._root, self._shown_as) if self._root.is_dir() else None
        stems = frozenset(file.stem for file in listing.files) if listing is not None else frozenset()
        found = []
        for change in changes:
            names = None if listing is None else Affected(self._root, self._shown_as, listing.files, change).names
            found.append(stems if names is None else names)
        return AffectedShops(by_change=tuple(found), total=len(stems))

    def _read(self, listing: Listing, selection: Selection) -> Manifest:
        names: Names = {}
        affected = self._affected(listing, selection)
        shared = SharedLayers(self._root, self._shown_as, names)
        scope = tuple(file for file in listing.files if _named(file.stem, selection))
        files = scope if affected is None else tuple(file for file in scope if affected.includes(file.stem))
        shops: dict[str, Desired] = {}
        diagnostics = [finding for finding in listing.diagnostics if _concerns(finding, selection, affected)]
        spoilt: set[str] = set()
        for file in files:
            read = read_shop(file, shared, names)
            if isinstance(read, Desired):
                shops[file.display_path] = read
            else:
                diagnostics += read
                spoilt.add(file.display_path)
        others = (file for file in (files if affected else listing.files) if file.display_path not in shops)
        diagnostics += duplicate_shop_diagnostics(files, others, partial(_named, selection=selection))
        spoilt |= {origin.file for finding in diagnostics if (origin := finding.origin) is not None}
        if affected is not None:
            shared.load(affected.groups)
        elif not (selection.globs or selection.names):
            shared.read_all()
        return Manifest(
            shops=tuple(shop for file, shop in shops.items() if file not in spoilt and selection.includes(shop)),
            findings=sort_diagnostics((*diagnostics, *shared.diagnostics)),
            broken=tuple(sorted({_name(file) for file in spoilt})),
            unchanged=len(scope) - len(files) if selection.labels == () and selection.group is None else 0,
        )

    def _affected(self, listing: Listing, selection: Selection) -> Affected | None:
        """None where it does not matter what changed. Raises SetupError."""
        if selection.since is None or self._revisions is None:
            return None
        changed = self._revisions.changed_since(selection.since)
        return Affected(self._root, self._shown_as, listing.files, changed)

    def _no_folder(self) -> Diagnostic:
        return diagnostic(
            codes.NO_MANIFESTS,
            msg("Folder {folder} does not exist", folder=self._shown_as),
            expected=msg("a folder with one .yaml file per shop"),
            hint=msg(
                "Run the command in the right folder, set `manifests` in reconciler.yaml, or start with `reconciler init`"
            ),
            origin=Origin(self._shown_as),
        )

    def _no_files(self) -> Diagnostic:
        return diagnostic(
            codes.NO_MANIFESTS,
            msg("Folder {folder} contains no manifest", folder=self._shown_as),
            expected=msg("one .yaml file per shop, named after the shop key"),
            hint=msg(
                "Create the first one: `apiVersion: reconciler/v1` and `shop:` with the key that is the file's name"
            ),
            origin=Origin(self._shown_as),
        )


def _nothing(why: Diagnostic) -> Manifest:
    return Manifest(shops=(), findings=(why,))


def _needed_for(path: str, names: frozenset[str]) -> bool:
    """Whether a file belongs to one of the shops, or is shared."""
    parts = PurePosixPath(path).parts
    shared = any(part.startswith("_") for part in parts)
    return ".." not in parts and (shared or PurePosixPath(path).stem in names)


def _named(stem: str, selection: Selection) -> bool:
    """Whether the selection can mean a file of that name."""
    return selection.may_name(stem)


def _concerns(finding: Diagnostic, selection: Selection, affected: Affected | None) -> bool:
    """A diagnostic about the file of an unselected or unchanged shop is omitted; one about a
    folder, or about a file of every shop, is not.
    """
    if finding.code is codes.MISPLACED:
        return True
    file = PurePosixPath(finding.origin.file) if finding.origin else PurePosixPath()
    asked = _named(file.stem, selection) and (affected is None or affected.includes(file.stem))
    return not file.suffix or asked


def _name(shown: str) -> str:
    """The shop's key that the file's name gives; else the file or folder itself."""
    path = PurePosixPath(shown)
    return path.stem if path.suffix and SHOP_KEY.accepts(path.stem) else shown
