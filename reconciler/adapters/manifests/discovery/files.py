"""Which files a folder of manifests holds, and their bytes.

In: the folder, and the name it is shown under. Out: one `ManifestPath` for each file that may be read, sorted; diagnostics
for what looks like a manifest and cannot be one, or like a shared file and would not be read. What starts with `_` or `.` is
no shop. Nothing is parsed here.

One file of the manifests, or the settings file, from its bytes to its values. It knows no shape and no layers.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.discovery.entries import Entry, ManifestPath, SubFolder, scan_folder, unreadable_file
from reconciler.adapters.manifests.discovery.misnamed import misnamed_files, misplaced_groups
from reconciler.adapters.manifests.layout import DEFAULTS, GROUPS
from reconciler.adapters.manifests.yaml.encoding import SIZE_LIMIT, too_large
from reconciler.adapters.manifests.yaml.parsed import Parsed, unreadable
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe with the name of a manifest must not hold the run up."""


@frozen
class Listing:
    files: tuple[ManifestPath, ...]
    diagnostics: tuple[Diagnostic, ...]


def shop_files(root: Path, shown_as: str) -> Listing:
    """Every shop's file below `root`, in folders of any depth; links to folders are not followed."""
    return _listing(_walk(SubFolder(str(root), shown_as), os.path.realpath(root)))


def shared_files(root: Path, shown_as: str) -> Listing:
    """`_defaults.yaml` and the files in `_groups`, as far as they are there."""
    tree = os.path.realpath(root)
    top = SubFolder(str(root), shown_as)
    named = list(scan_folder(top, tree, _is_shared))
    groups = [e for e in named if isinstance(e, SubFolder)]
    below = (entry for folder in groups for entry in (*scan_folder(folder, tree, _is_shop), *misplaced_groups(folder)))
    return _listing(entry for entry in (*named, *below) if not isinstance(entry, SubFolder))


def group_files(root: Path, shown_as: str) -> tuple[ManifestPath, ...]:
    return tuple(file for file in shared_files(root, shown_as).files if file.stem != DEFAULTS)


def read_bytes(file: ManifestPath) -> bytes | Diagnostic:
    """The content, or why it cannot be had. What is too large is not read."""
    try:
        descriptor = os.open(file.path, _FLAGS)
        try:
            return _read(descriptor, file.display_path)
        finally:
            os.close(descriptor)
    except OSError as error:
        return unreadable_file(file.display_path, error)


def _read(descriptor: int, shown: str) -> bytes | Diagnostic:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        return unreadable_file(shown, IsADirectoryError())
    if not stat.S_ISREG(status.st_mode):
        return _no_file(shown)
    # The read asks for what is there: a buffer of the limit's size for each file costs more than the file.
    return too_large(shown) if status.st_size > SIZE_LIMIT else os.read(descriptor, status.st_size)


def _no_file(shown: str) -> Diagnostic:
    return diagnostic(
        codes.UNREADABLE,
        msg("A device, socket or pipe has the name of a manifest"),
        expected=msg("a file"),
        hint=msg("Remove it, or rename it"),
        origin=Origin(shown),
    )


def _listing(found_entries: Iterable[Entry]) -> Listing:
    every = list(found_entries)
    files = sorted((e for e in every if isinstance(e, ManifestPath)), key=lambda f: (f.stem, f.display_path))
    return Listing(files=tuple(files), diagnostics=tuple(e for e in every if isinstance(e, Diagnostic)))


def _walk(top: SubFolder, tree: str) -> Iterator[Entry]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        yield from misnamed_files(folder, top=folder is top)
        for entry in scan_folder(folder, tree, _is_shop):
            if isinstance(entry, SubFolder):
                waiting.append(entry)
            else:
                yield entry


def _is_shop(name: str) -> bool:
    return not name.startswith(("_", "."))


def _is_shared(name: str) -> bool:
    return name == GROUPS or name.rpartition(".")[0] == DEFAULTS


def read_file(file: ManifestPath) -> Parsed:
    """The file as it was read; what cannot be read is a parsed file with nothing in it but the reason."""
    data = read_bytes(file)
    return read_yaml(data, file.display_path) if isinstance(data, bytes) else unreadable(file.display_path, data)
