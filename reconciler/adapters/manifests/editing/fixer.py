"""Manifests with everything fixed that is safe to fix: the port `ManifestFixer`.

In: the folder, and the files to check by the names in messages. Out: for each that can be fixed its new content. A fix
replaces one key or value in place, so every other byte stays; one that would cause other errors is omitted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.checks.semantics import check_shared_file
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes, shared_files, shop_files
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.find_fixes import TextFix, find_fixes
from reconciler.adapters.manifests.excerpts.file_excerpts import FileExcerpts
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.results.fixes import ManifestFix
from reconciler.lib.frozen_class import frozen
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.manifest_editing import FixableFile

_MOST_TRIES: Final = 100
"""Fixes that are tried one by one; a file that needs more is another kind of file."""


class FixingFolder:
    """`shown_as` is what messages call the folder."""

    def __init__(self, root: Path, shown_as: str) -> None:
        self._root = root
        self._shown_as = shown_as.rstrip("/")

    def fixable(self, files: Collection[str]) -> Iterator[FixableFile]:
        shared, shops = (listed(self._root, self._shown_as) for listed in (shared_files, shop_files))
        for listing, model in ((shared, SharedDocument), (shops, ShopDocument)):
            for file in listing.files:
                if file.display_path in files:
                    yield from _fixable(file, model)


def _fixable(file: ManifestPath, model: type[Document]) -> Iterator[FixableFile]:
    before = read_bytes(file)
    if not isinstance(before, bytes):
        return
    after, fixes = fix_file(before, file.display_path, model)
    if fixes:
        shown = (FileExcerpts(data, file.display_path, model).shown_text() for data in (before, after))
        yield FixableFile(
            change=FileChange(path=Path(file.path), display_path=file.display_path, before=before, after=after),
            fixes=fixes,
            shown_before=next(shown),
            shown_after=next(shown),
        )


def fix_file(data: bytes, file: str, model: type[Document]) -> tuple[bytes, tuple[ManifestFix, ...]]:
    """The file with its fixes, and which those are, in the order of the file. No fix makes more wrong than was."""
    made: list[ManifestFix] = []
    state: _State | None = _state(data, file, model)
    while state is not None:
        data = state.data
        made = sorted((*made, *(_as_it_was(fix, made) for fix in state.fixes)), key=lambda fix: fix.origin)
        state = _fixed_once(state, model)
    return data, tuple(made)


@frozen
class _State:
    """A file as far as it is fixed; `fixes` are those since the state before it."""

    data: bytes
    parsed: Parsed
    wrong: int
    fixes: tuple[ManifestFix, ...] = ()


def _state(data: bytes, file: str, model: type[Document], fixes: Sequence[TextFix] = ()) -> _State:
    parsed = read_yaml(data, file)
    return _State(data=data, parsed=parsed, wrong=_faults(parsed, model), fixes=tuple(each.fix for each in fixes))


def _as_it_was(fix: ManifestFix, made: Sequence[ManifestFix]) -> ManifestFix:
    """With its place in the file as it was before the fixes that were made, which are in the order of the file."""
    shift = 0
    for earlier in made:
        if earlier.origin.line == fix.origin.line and earlier.origin.column + shift < fix.origin.column:
            shift += len(earlier.after) - len(earlier.before)
    return replace(fix, origin=replace(fix.origin, column=fix.origin.column - shift))


def _fixed_once(before: _State, model: type[Document]) -> _State | None:
    """With the fixes that can be made together, or else with the first one that makes no more wrong. None without one."""
    if not (before.parsed.readable and before.wrong):
        return None
    found = list(find_fixes(before.parsed, before.data, model))
    together = [fix for fix in found if not fix.nested]
    for fixes in (together, *([fix] for fix in found[:_MOST_TRIES])):
        if fixes:
            after = _state(_applied(fixes, before.data), before.parsed.file, model, fixes)
            if after.parsed.readable and after.wrong <= before.wrong:
                return after
    return None


def _applied(fixes: Sequence[TextFix], data: bytes) -> bytes:
    """From the end to the start, so that places before a fix stay what they are."""
    text = data.decode()
    for each in sorted(fixes, key=lambda each: each.start, reverse=True):
        text = each.applied(text)
    return text.encode()


def _faults(parsed: Parsed, model: type[Document]) -> int:
    also = check_shared_file(parsed, Path(parsed.file).stem) if model is SharedDocument else ()
    return len(check_file(parsed, model, also=tuple(also)))
