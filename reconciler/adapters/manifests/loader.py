"""A folder of manifests as the workflows read it: the shops that are in order, and everything that is wrong with the others.

In: the folder and a selection. Out: `Manifest`. Reads files and writes none; resolves no secret; never raises for what a
file holds. Globs are held against file names, so that choosing one shop reads one file and not the fleet.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from reconciler.adapters.manifests.entries import Found
from reconciler.adapters.manifests.files import shop_files
from reconciler.adapters.manifests.origins import Names
from reconciler.adapters.manifests.shared import SharedLayers
from reconciler.adapters.manifests.shop import read_shop
from reconciler.adapters.manifests.words import quote
from reconciler.core import codes
from reconciler.core.diagnostics import Diagnostic, found, in_order
from reconciler.core.forms import SHOP_KEY
from reconciler.core.selection import Selection
from reconciler.core.state import Desired
from reconciler.core.texts import say
from reconciler.core.values import Origin, ShopKey
from reconciler.ports import Manifest


class ManifestFolder:
    """`shown_as` is what people call the folder; every position starts with it. Without it: `root` as it was given."""

    def __init__(self, root: Path, *, shown_as: str | None = None) -> None:
        self._root = root
        self._shown_as = (shown_as or root.as_posix()).rstrip("/")

    def read(self, selection: Selection) -> Manifest:
        if not self._root.is_dir():
            return _nothing(self._no_folder())
        listing = shop_files(self._root, self._shown_as)
        if not listing.files and not listing.findings:
            return _nothing(self._no_files())
        files = tuple(file for file in listing.files if _named(file.stem, selection))
        findings = tuple(finding for finding in listing.findings if _concerns(finding, selection))
        return self._read(files, findings, selection)

    def _read(self, files: tuple[Found, ...], findings: tuple[Diagnostic, ...], selection: Selection) -> Manifest:
        names: Names = {}
        shared = SharedLayers(self._root, self._shown_as, names)
        shops: list[Desired] = []
        told = [*findings, *_declared_twice(files)]
        spoilt = {origin.file for d in told if (origin := d.origin) is not None}
        for file in files:
            read = read_shop(file, shared, names)
            if not isinstance(read, Desired):
                told += read
                spoilt.add(file.shown)
            elif file.shown not in spoilt:
                shops.append(read)
        if not selection.globs:
            shared.read_all()
        return Manifest(
            shops=tuple(shop for shop in shops if selection.includes(shop)),
            findings=in_order((*told, *shared.findings)),
            broken=tuple(sorted({_name(file) for file in spoilt})),
        )

    def _no_folder(self) -> Diagnostic:
        return found(
            codes.NO_MANIFESTS,
            say("There is no folder {folder}", folder=self._shown_as),
            expected=say("a folder with one .yaml file a shop"),
            way_on=say("Start in the right folder, or set `manifests` in reconciler.yaml"),
            origin=Origin(self._shown_as),
        )

    def _no_files(self) -> Diagnostic:
        return found(
            codes.NO_MANIFESTS,
            say("The folder {folder} holds no manifest", folder=self._shown_as),
            expected=say("one .yaml file a shop, named after the shop's key"),
            way_on=say("Write the first one: `apiVersion: reconciler/v1` and `shop:`, the key that is the file's name"),
            origin=Origin(self._shown_as),
        )


def _nothing(why: Diagnostic) -> Manifest:
    return Manifest(shops=(), findings=(why,))


def _named(stem: str, selection: Selection) -> bool:
    """Whether the globs can mean a file of that name."""
    return not selection.globs or any(fnmatchcase(stem, glob) for glob in selection.globs)


def _concerns(finding: Diagnostic, selection: Selection) -> bool:
    """A finding about a file that is named like a shop which was not asked for is left out; one about a folder is not."""
    file = PurePosixPath(finding.origin.file) if finding.origin else PurePosixPath()
    return not file.suffix or _named(file.stem, selection)


def _name(shown: str) -> str:
    """The shop's key that the file's name gives; else the file or folder itself."""
    path = PurePosixPath(shown)
    return path.stem if path.suffix and SHOP_KEY.accepts(path.stem) else shown


def _declared_twice(files: tuple[Found, ...]) -> Iterator[Diagnostic]:
    """Told at every file, since any of them may be the one too many."""
    by_stem: dict[str, list[str]] = {}
    for file in files:
        by_stem.setdefault(file.stem, []).append(file.shown)
    for stem, shown in by_stem.items():
        for here in shown if len(shown) > 1 else ():
            others = ", ".join(other for other in shown if other != here)
            yield found(
                codes.TWO_FILES,
                say("The shop {shop} is declared in {others} as well", shop=quote(stem), others=others),
                expected=say("one file a shop, whatever folder it lies in"),
                way_on=say("Delete one of the files"),
                shop=ShopKey(stem) if SHOP_KEY.accepts(stem) else None,
                origin=Origin(here),
            )
