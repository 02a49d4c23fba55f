"""Several folders of manifests as one fleet, for the commands that write them.

In: the writers of each folder, in the order of the settings. Out: the same ports over all. An existing file is changed where
it is. A new one goes to the folder of the shop that it is made from, or else of its group, or else to the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import sort_diagnostics
from reconciler.core.importing.factor_out import FactoredLayers
from reconciler.core.importing.profile_edits import Edits
from reconciler.core.importing.table_rows import ManifestDraft
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.results.authoring.file_changes import FileMove
from reconciler.core.values import SecretRef, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.manifest_editing import (
    DraftResult,
    FixableFile,
    FolderSnapshot,
    FormattedFile,
    Formatter,
    ManifestDrafter,
    ManifestEditor,
    ManifestFixer,
    ManifestSharder,
    ShardPlan,
    TokenReferences,
)


@frozen(kw_only=False)
class FleetFormatter:
    parts: Sequence[Formatter]

    def format(self, words: Sequence[str]) -> Iterator[FormattedFile]:
        """A word that means a file in one folder may mean none in the others."""
        unmatched: dict[str, list[FormattedFile]] = defaultdict(list)
        for part in self.parts:
            for file in part.format(words):
                nothing = [each for each in file.findings if each.code is codes.NO_SUCH_SHOP]
                if nothing:
                    unmatched[str(nothing[0].summary)].append(file)
                else:
                    yield file
        yield from (files[0] for files in unmatched.values() if len(files) == len(self.parts))


@frozen(kw_only=False)
class FleetFixer:
    parts: Sequence[ManifestFixer]

    def fixable(self, files: Collection[str]) -> Iterator[FixableFile]:
        for part in self.parts:
            yield from part.fixable(files)


@frozen(kw_only=False)
class FleetTokenReferences:
    parts: Sequence[TokenReferences]

    def changes(self, files: Collection[str], reference: SecretRef) -> Iterator[FileChange]:
        for part in self.parts:
            yield from part.changes(files, reference)


@frozen(kw_only=False)
class FleetSharder:
    """By what messages call each folder."""

    parts: Mapping[str, ManifestSharder]

    def plan(self) -> ShardPlan:
        plans = [part.plan() for part in self.parts.values()]
        return ShardPlan(
            moves=tuple(move for plan in plans for move in plan.moves),
            unchanged=sum(plan.unchanged for plan in plans),
            findings=tuple(finding for plan in plans for finding in plan.findings),
        )

    def move(self, moves: Sequence[FileMove]) -> None:
        for shown_as, part in self.parts.items():
            part.move([move for move in moves if move.source.startswith(f"{shown_as}/")])


@frozen(kw_only=False)
class FleetDrafter:
    """Each folder's drafter, with the names of its groups."""

    parts: Sequence[tuple[ManifestDrafter, Callable[[], Collection[str]]]]

    def existing_file(self, draft: ManifestDraft) -> str | None:
        return next((file for part, _ in self.parts if (file := part.existing_file(draft)) is not None), None)

    def draft(self, draft: ManifestDraft) -> DraftResult:
        return self._part_for(draft, None).draft(draft)

    def scaffold(self, draft: ManifestDraft, source: str | None) -> DraftResult:
        return self._part_for(draft, source).scaffold(draft, source)

    def _part_for(self, draft: ManifestDraft, source: str | None) -> ManifestDrafter:
        like = source or ""
        wanted = replace(draft, shop=ShopKey(like)) if SHOP_KEY.accepts(like) else draft
        there = (part for part, _ in self.parts if part.existing_file(wanted) is not None)
        grouped = (part for part, groups in self.parts if draft.group is not None and draft.group in groups())
        return next(there, None) or next(grouped, None) or self.parts[0][0]


class FleetEditor:
    """An import shares values only in the first folder, where its new shops go."""

    def __init__(self, parts: Sequence[ManifestEditor]) -> None:
        self._parts = parts
        self._owners: dict[ShopKey, ManifestEditor] = {}

    def snapshot(self, shops: Collection[ShopKey]) -> FolderSnapshot:
        snapshots = [part.snapshot(shops) for part in self._parts]
        for part, snapshot in zip(self._parts, snapshots, strict=True):
            self._owners.update(dict.fromkeys(snapshot.files, part))
        counted = Counter(shop for each in snapshots for shop in (*each.files, *each.broken))
        twice = {shop for shop, count in counted.items() if count > 1}
        return FolderSnapshot(
            files={shop: file for each in snapshots for shop, file in each.files.items() if shop not in twice},
            broken=frozenset(twice).union(*(each.broken for each in snapshots)),
            existing=snapshots[0].existing,
            findings=sort_diagnostics(finding for each in snapshots for finding in each.findings),
        )

    def file_changes(self, revised: Mapping[ShopKey, Edits], new: FactoredLayers) -> Iterator[FileChange]:
        first, *others = self._parts
        mine = {shop: edits for shop, edits in revised.items() if self._owners.get(shop, first) is first}
        yield from first.file_changes(mine, new)
        for part in others:
            theirs = {shop: edits for shop, edits in revised.items() if self._owners.get(shop) is part}
            yield from part.file_changes(theirs, FactoredLayers(shops=()))
