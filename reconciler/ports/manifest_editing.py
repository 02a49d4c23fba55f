"""Edits of manifests. The folder of manifests for an import: what each file declares itself, and the files to be written.

Manifests that are created or updated from known values of a shop, and checked before they are written.

The style of manifests: each file formatted; and what can be fixed in one. The folders that hold them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.importing.factor_out import ExistingLayers, FactoredLayers
from reconciler.core.importing.profile_edits import Edits
from reconciler.core.importing.table_rows import ManifestDraft
from reconciler.core.model.layers import Layer, Profile
from reconciler.core.model.state import Desired
from reconciler.core.results.authoring.file_changes import FileMove
from reconciler.core.results.fixes import ManifestFix
from reconciler.core.values import SecretRef, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.files.file_changes import FileChange, FileWriter
from reconciler.ports.manifests import Manifests


@frozen
class ShopFile:
    """What a shop's own file declares, and what it inherits."""

    layer: Layer
    inherited: Profile


@frozen
class FolderSnapshot:
    """`files` are those that are in order, of the shops that were asked for; `broken` the ones that are there and are not.
    `ground` is what new shops would lie on; None where the shared files are broken, and nothing can be laid on them.
    """

    files: Mapping[ShopKey, ShopFile]
    broken: frozenset[ShopKey]
    existing: ExistingLayers | None
    findings: tuple[Diagnostic, ...]


class ManifestEditor(Protocol):
    def snapshot(self, shops: Collection[ShopKey]) -> FolderSnapshot: ...

    def file_changes(self, revised: Mapping[ShopKey, Edits], new: FactoredLayers) -> Iterator[FileChange]:
        """The files that would be written, shared ones first; edits that are empty are not handed in.

        Raises SetupError where a file that was there is not any more, or is not in order any more.
        """
        ...


@frozen
class DraftResult:
    """`change` is None if the file needs no change, `desired` is None if the new content is refused: `findings` say why.
    `explanation` is the shared file that explains the keys of a new manifest, where the folder has none yet.
    """

    display_path: str
    change: FileChange | None = None
    explanation: FileChange | None = None
    desired: Desired | None = None
    findings: tuple[Diagnostic, ...] = ()


class ManifestDrafter(Protocol):
    def existing_file(self, draft: ManifestDraft) -> str | None:
        """The file that the shop has already, as people call it."""
        ...

    def draft(self, draft: ManifestDraft) -> DraftResult:
        """The shop's manifest with what the draft knows: the one that is there, or a new one from the template."""
        ...

    def scaffold(self, draft: ManifestDraft, source: str | None) -> DraftResult:
        """A new manifest with comments for the values to fill in; like that of the shop `source`, without that shop's own
        values. Raises SetupError if the source is invalid.
        """
        ...


@frozen
class FormattedFile:
    """One file. Without a change it is formatted already, or `findings` say why it cannot be formatted."""

    change: FileChange | None = None
    findings: tuple[Diagnostic, ...] = ()


class Formatter(Protocol):
    def format(self, words: Sequence[str]) -> Iterator[FormattedFile]:
        """The files that the words mean, shared ones too; all of them without words. A word that means none is a finding."""
        ...


@frozen
class FixableFile:
    """One file in which something can be fixed. The texts are as people may see them, without what may be a secret."""

    change: FileChange
    fixes: tuple[ManifestFix, ...]
    shown_before: str
    shown_after: str


class ManifestFixer(Protocol):
    def fixable(self, files: Collection[str]) -> Iterator[FixableFile]:
        """Of the files of these names (as positions have them) those in which something can be fixed without asking anybody."""
        ...


class TokenReferences(Protocol):
    """The places of manifests and shared files that refer to a merchant's token."""

    def changes(self, files: Collection[str], reference: SecretRef) -> Iterator[FileChange]:
        """Of the files of these names (as positions have them), each with the reference in the place of its own. Nothing for a
        file that cannot be read any more.
        """
        ...


@frozen
class ShardPlan:
    """`unchanged` counts the shops' files that are where they belong."""

    moves: tuple[FileMove, ...]
    unchanged: int
    findings: tuple[Diagnostic, ...] = ()


class ManifestSharder(Protocol):
    """Divides the folder of manifests into folders by the first characters of the shops' keys."""

    def plan(self) -> ShardPlan: ...

    def move(self, moves: Sequence[FileMove]) -> None:
        """One file after another, each whole and in one place at any time. Raises SetupError: what was moved by then stays
        moved, and the same command continues.
        """
        ...


class TableSource(Protocol):
    """A table from another program: read again on each call. Raises SetupError if it cannot be read.

    `rows` pairs the number of a line with its cells.
    """

    @property
    def file(self) -> str: ...

    @property
    def headers(self) -> Sequence[str]: ...

    @property
    def rows(self) -> Iterable[tuple[int, Sequence[str]]]: ...


class ManifestFiles(Protocol):
    """The folder of manifests for commands that write it. Each method opens what it needs."""

    def editor_schema_command(self) -> str | None:
        """The shell command that writes the JSON Schema which manifests name to editors; None where it is there."""
        ...

    def formatter(self) -> Formatter: ...

    def fixer(self) -> ManifestFixer: ...

    def sharder(self) -> ManifestSharder: ...

    def token_references(self) -> TokenReferences: ...

    def drafter(self, template: Path | None = None, group: str | None = None) -> ManifestDrafter:
        """Raises SetupError where the template is not valid."""
        ...

    def editor(self, into: Path | None, *, gets_schemas: bool = False) -> ManifestEditor:
        """Of this folder, or of `into`. `gets_schemas`: new files name the JSON Schemas to editors, which are written later."""
        ...

    def reader(self, into: Path | None) -> Manifests:
        """The same folder, as every command reads it."""
        ...

    def writer(self) -> FileWriter: ...

    def remove(self, shop: ShopKey) -> str:
        """Removes the manifest of a shop; returns what messages call the file. Raises SetupError."""
        ...

    def table_headers(self, path: Path) -> Sequence[str] | None:
        """None where there is no such file. Raises SetupError."""
        ...

    def write_table(self, path: Path, lines: Iterable[Sequence[str]]) -> None:
        """As CSV, in place of a table that is there. Raises SetupError."""
        ...

    def write_texts(self, folder: Path, texts: Iterable[tuple[str, str]]) -> tuple[int, tuple[str, ...]]:
        """Files of a folder by name, in place of those that are there; the folder is made where there is none. Returns how many,
        and the names of other files with the same suffix. Raises SetupError.
        """
        ...

    def table(self, path: Path) -> TableSource:
        """Raises SetupError."""
        ...
