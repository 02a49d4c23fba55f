"""The folder of manifests for commands that write it, and tables of other programs.

Who owns a manifest, and the ledger of accepted drift beside the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.settings.manifest_roots import ManifestRoot
from reconciler.adapters.settings.settings import Settings
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Manifests
from reconciler.wiring.runtime import clock, manifests, relative_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.adapters.files.spreadsheet import Spreadsheet
    from reconciler.core.findings.code_owners import OwnerRule
    from reconciler.core.values import ShopKey
    from reconciler.ports.ci.files import CiFiles
    from reconciler.ports.files.file_changes import FileWriter
    from reconciler.ports.findings.ledger import AcceptanceLedger
    from reconciler.ports.findings.line_authors import LineAuthors, LineCommit
    from reconciler.ports.findings.manifest_owners import ManifestOwners
    from reconciler.ports.manifest_editing import (
        Formatter,
        ManifestDrafter,
        ManifestEditor,
        ManifestFixer,
        ManifestSharder,
        TableSource,
        TokenReferences,
    )
    from reconciler.ports.onboarding.attestation_files import AttestationFiles


OWNER_FILES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""The first one that is there counts, as at GitHub; GitLab differs only where a repository has several."""


@frozen(kw_only=False)
class ConfiguredManifestFiles:
    """Implements ports.manifest_editing.ManifestFiles over the folder of the settings."""

    settings: Settings

    def editor_schema_command(self) -> str | None:
        schema = editor_schema(self.settings)
        if schema.is_file():
            return None
        return f"mkdir -p {relative_path(schema.parent)} && reconciler schema shop > {relative_path(schema)}"

    def formatter(self) -> Formatter:
        return formatter(self.settings)

    def fixer(self) -> ManifestFixer:
        return fixer(self.settings)

    def sharder(self) -> ManifestSharder:
        return sharder(self.settings)

    def token_references(self) -> TokenReferences:
        return token_references(self.settings)

    def drafter(self, template: Path | None = None, group: str | None = None) -> ManifestDrafter:
        return drafts(self.settings, template, group)

    def editor(self, into: Path | None, *, gets_schemas: bool = False) -> ManifestEditor:
        return manifest_author(self.settings, into, gets_schemas=gets_schemas)

    def reader(self, into: Path | None) -> Manifests:
        return manifests_in(self.settings, into)

    def writer(self) -> FileWriter:
        return file_writer()

    def remove(self, shop: ShopKey) -> str:
        from reconciler.adapters.manifests.writing.remover import delete_manifest

        return delete_manifest([(root.folder, root.shown_as) for root in self.settings.manifest_roots], shop)

    def table(self, path: Path) -> TableSource:
        return load_table(path)

    def table_headers(self, path: Path) -> Sequence[str] | None:
        return load_table(path).headers if path.exists() else None

    def write_table(self, path: Path, lines: Iterable[Sequence[str]]) -> None:
        from reconciler.adapters.files.spreadsheet import csv_bytes
        from reconciler.ports.files.file_changes import FileChange

        before = path.read_bytes() if path.exists() else None
        change = FileChange(path=path, display_path=path.as_posix(), before=before, after=csv_bytes(lines))
        self.writer().write([change])

    def write_texts(self, folder: Path, texts: Iterable[tuple[str, str]]) -> tuple[int, tuple[str, ...]]:
        from reconciler.wiring.onboarding.text_folder import replace_texts

        return replace_texts(self.writer(), folder, texts)


def formatter(settings: Settings) -> Formatter:
    from reconciler.adapters.manifests.editing.formatter import FormattedFolder
    from reconciler.adapters.manifests.writing.fleet_files import FleetFormatter

    return FleetFormatter([FormattedFolder(root.folder, root.shown_as) for root in settings.manifest_roots])


def fixer(settings: Settings) -> ManifestFixer:
    from reconciler.adapters.manifests.editing.fixer import FixingFolder
    from reconciler.adapters.manifests.writing.fleet_files import FleetFixer

    return FleetFixer([FixingFolder(root.folder, root.shown_as) for root in settings.manifest_roots])


def token_references(settings: Settings) -> TokenReferences:
    from reconciler.adapters.manifests.editing.token_references import TokenReferenceFolder
    from reconciler.adapters.manifests.writing.fleet_files import FleetTokenReferences

    return FleetTokenReferences([TokenReferenceFolder(root.folder, root.shown_as) for root in settings.manifest_roots])


def sharder(settings: Settings) -> ManifestSharder:
    from reconciler.adapters.manifests.writing.fleet_files import FleetSharder
    from reconciler.adapters.manifests.writing.sharder import ShardingFolder

    schema, writer = editor_schema(settings), file_writer()
    return FleetSharder(
        {
            root.shown_as: ShardingFolder(root.folder, shown_as=root.shown_as, schema=schema, writer=writer)
            for root in settings.manifest_roots
        }
    )


def editor_schema(settings: Settings) -> Path:
    """The JSON Schema that a manifest's first line names to editors, where it is there."""
    return settings.root / "schemas" / "shop.schema.json"


def drafts(settings: Settings, template: Path | None = None, group: str | None = None) -> ManifestDrafter:
    """Raises SetupError where the template is not in order."""
    from reconciler.adapters.manifests.discovery.files import group_files
    from reconciler.adapters.manifests.writing.drafter import FolderDrafter
    from reconciler.adapters.manifests.writing.fleet_files import FleetDrafter

    def drafter(root: ManifestRoot) -> ManifestDrafter:
        schema = editor_schema(settings)
        return FolderDrafter(root.folder, shown_as=root.shown_as, schema=schema, template=template, group=group)

    def groups(root: ManifestRoot) -> frozenset[str]:
        return frozenset(file.stem for file in group_files(root.folder, root.shown_as))

    if not settings.more_manifests:
        return drafter(settings.manifest_roots[0])
    return FleetDrafter([(drafter(root), partial(groups, root)) for root in settings.manifest_roots])


def manifest_author(settings: Settings, into: Path | None, *, gets_schemas: bool = False) -> ManifestEditor:
    """Over the folders of the settings, or another."""
    from reconciler.adapters.manifests.writing.fleet_files import FleetEditor
    from reconciler.adapters.manifests.writing.import_writer import ImportManifestEditor

    def editor(folder: Path, shown_as: str) -> ImportManifestEditor:
        schemas = settings.root / "schemas"
        return ImportManifestEditor(folder, shown_as=shown_as, schemas=schemas, gets_schemas=gets_schemas)

    if into is None:
        parts = [editor(root.folder, root.shown_as) for root in settings.manifest_roots]
        return parts[0] if len(parts) == 1 else FleetEditor(parts)
    return editor(into, relative_path(into))


def manifests_in(settings: Settings, into: Path | None) -> Manifests:
    """The same folder, as every command reads it."""
    if into is None:
        return manifests(settings)
    from reconciler.adapters.manifests.loading.loader import ManifestFolder

    return ManifestFolder(into, shown_as=relative_path(into))


def file_writer() -> FileWriter:
    from reconciler.adapters.files.atomic_batch import AtomicBatchWriter

    return AtomicBatchWriter()


def load_table(path: Path) -> Spreadsheet:
    """Raises SetupError."""
    from reconciler.adapters.files import spreadsheet as tables

    return tables.read_table(path)


def acceptance_ledger(settings: Settings) -> AcceptanceLedger:
    from reconciler.adapters.manifests.ledger import LEDGER_NAME, LedgerFile

    path = settings.root / LEDGER_NAME
    return LedgerFile(path, relative_path(path), clock())


def attestation_files(settings: Settings) -> AttestationFiles:
    from reconciler.adapters.manifests.attestations import AttestationFolders

    roots = tuple((root.folder, root.shown_as) for root in settings.manifest_roots)
    return AttestationFolders(roots, settings.root / "schemas" / "attestations.schema.json", clock())


def line_authors(settings: Settings) -> LineAuthors:
    return _FleetLineAuthors(settings)


@frozen(kw_only=False)
class _FleetLineAuthors:
    """Each file's history is in the repository of its folder."""

    settings: Settings

    def commits_of(self, file: str) -> Sequence[LineCommit | None]:
        from reconciler.adapters.git.line_authors import GitLineAuthors

        root = _root_of(self.settings, file) or self.settings.manifest_roots[0]
        return GitLineAuthors(root.folder, root.shown_as).commits_of(file)


def _root_of(settings: Settings, file: str) -> ManifestRoot | None:
    return next((root for root in settings.manifest_roots if Path(file).is_relative_to(root.shown_as)), None)


def manifest_owners(settings: Settings) -> ManifestOwners:
    return _CodeOwnersFile(settings)


@dataclass(frozen=True)
class _CodeOwnersFile:
    """Read when the first owner is needed."""

    settings: Settings

    def owner_of(self, file: str) -> str | None:
        from reconciler.core.findings.code_owners import owners_of

        root = _root_of(self.settings, file)
        path = self.settings.manifests / file if root is None else root.folder / Path(file).relative_to(root.shown_as)
        if not self._rules or not path.is_relative_to(self._root):
            return None
        return " ".join(owners_of(self._rules, path.relative_to(self._root).as_posix())) or None

    @cached_property
    def _root(self) -> Path:
        """Of the repository; without one, the folder of the settings."""
        folders = (self.settings.root, *self.settings.root.parents)
        return next((folder for folder in folders if (folder / ".git").exists()), self.settings.root)

    @cached_property
    def _rules(self) -> tuple[OwnerRule, ...]:
        from reconciler.core.findings.code_owners import parse_code_owners

        for name in OWNER_FILES:
            file = self._root / name
            if file.is_file():
                return parse_code_owners(file.read_text("utf-8", "replace"))
        return ()


def repository_ci_files(settings: Settings) -> CiFiles:
    from reconciler.adapters.ci_files import RepositoryCiFiles

    return RepositoryCiFiles(settings.root, settings.manifests)
