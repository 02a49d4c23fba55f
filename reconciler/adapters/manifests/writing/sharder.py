"""Moves the shops' files of a folder to the folders of their keys: the port `ManifestSharder`.

In: the folder. Out: which file goes where; then the files moved. Each file is in one place at any time, so a command that was
interrupted is completed by the next one. The first line, which names the schema to editors by a relative path, is corrected
before the move; nothing else in a file changes. A link stays where it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.discovery.duplicate_shops import duplicate_shop_diagnostics
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes, shop_files
from reconciler.adapters.manifests.discovery.shards import ShardLayout
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.results.authoring.file_changes import FileMove
from reconciler.core.values import Origin
from reconciler.ports import SetupError
from reconciler.ports.files.file_changes import FileChange, FileWriter
from reconciler.ports.manifest_editing import ShardPlan

_BATCH: Final = 5_000
_MODELINE: Final = re.compile(rb"\A(# yaml-language-server: \$schema=)([^\s#]+)")


class ShardingFolder:
    """`shown_as` is what messages call the folder; `schema` is the file that manifests name to editors."""

    def __init__(self, root: Path, *, shown_as: str, schema: Path, writer: FileWriter) -> None:
        self._root = root
        self._shown_as = shown_as.rstrip("/")
        self._schema = os.path.normpath(schema)
        self._writer = writer

    def plan(self) -> ShardPlan:
        listing = shop_files(self._root, self._shown_as)
        twice = tuple(duplicate_shop_diagnostics(listing.files, (), lambda _: True))
        doubtful = {finding.origin.file for finding in twice if finding.origin is not None}
        files = [file for file in listing.files if not file.linked and file.display_path not in doubtful]
        moves = tuple(self._moves(files))
        return ShardPlan(
            moves=moves,
            unchanged=len(listing.files) - len(moves) - len(doubtful),
            findings=(*listing.diagnostics, *twice),
        )

    def move(self, moves: Sequence[FileMove]) -> None:
        coming = iter(moves)
        while some := list(islice(coming, _BATCH)):
            self._writer.write(change for move in some if (change := self._with_schema(move)) is not None)
            for move in some:
                _rename(self._path(move.source), self._path(move.target), move)

    def _moves(self, files: Sequence[ManifestPath]) -> Iterator[FileMove]:
        for file, folder in zip(files, ShardLayout(str(self._root), files).folders(), strict=True):
            name = f"{folder}/{file.stem}.yaml" if folder else f"{file.stem}.yaml"
            if file.display_path != f"{self._shown_as}/{name}":
                yield FileMove(source=file.display_path, target=f"{self._shown_as}/{name}")

    def _path(self, shown: str) -> Path:
        return self._root / shown.removeprefix(f"{self._shown_as}/")

    def _with_schema(self, move: FileMove) -> FileChange | None:
        """The file with the path to the schema as it is from the new folder; None where nothing has to change."""
        path, target = self._path(move.source), self._path(move.target)
        before = read_bytes(ManifestPath(stem=path.stem, path=str(path), display_path=move.source))
        if isinstance(before, Diagnostic):
            raise _not_moved(move, before.summary)
        line = _MODELINE.match(before)
        if line is None or not self._is_schema(os.fsdecode(line[2]), path.parent, target.parent):
            return None
        named = os.fsencode(Path(os.path.relpath(self._schema, target.parent)).as_posix())
        after = line[1] + named + before[line.end() :]
        return None if after == before else FileChange(path=path, display_path=move.source, before=before, after=after)

    def _is_schema(self, named: str, *folders: Path) -> bool:
        """From where the file is, or from where it goes: then the command was interrupted before."""
        return any(os.path.normpath(folder / named) == self._schema for folder in folders)


def _rename(path: Path, target: Path, move: FileMove) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            raise _not_moved(move, msg("{file} exists already", file=move.target))
        path.rename(target)
    except OSError as error:
        raise _not_moved(move, msg("The file cannot be written: {reason}", reason=system_reason(error))) from error


def _not_moved(move: FileMove, why: Message) -> SetupError:
    return SetupError(
        why,
        code=codes.NOT_WRITTEN,
        hint=msg("Fix this and run the command again; it continues where it stopped"),
        origin=Origin(move.source),
    )
