"""An import as a JSON document: `reconciler/import`.

In: an import. Out: text. If nothing was written, each file has its diff.

An onboarding as a JSON document: `reconciler/onboarding`.

What a formatting did, as a JSON document: `reconciler/formatting`.

What a division of the folder moved, as a JSON document: `reconciler/sharding`.

A new manifest, as a JSON document: `reconciler/new`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.results.authoring.file_changes import FileAction, FileEdit
from reconciler.core.results.authoring.format_result import FormatResult, ShardResult
from reconciler.core.results.authoring.import_result import ImportResult
from reconciler.core.results.authoring.new_result import NewManifestResult
from reconciler.core.results.authoring.onboard_result import OnboardResult, OnboardRowResult
from reconciler.views.common.authoring.importing import next_import_step
from reconciler.views.common.file_diff import diff_of
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, diagnostics_json
from reconciler.views.json.shapes import Count, counts_of, one_of


class FileDiffJson(TypedDict):
    file: str
    diff: str


class ImportSummaryJson(TypedDict):
    shops: Count
    created: Count
    changed: Count
    secrets: Count
    unverified: Count


class ImportedFileJson(TypedDict):
    """`diff` is null where the file was written."""

    file: str
    action: Annotated[str, one_of(["create", "change"])]
    diff: str | None


class ImportedSecretJson(TypedDict):
    """`provided` is null where nothing was to be verified."""

    shop: str
    reference: str
    provided: bool | None


class ProjectFileJson(TypedDict):
    """`unchanged`: the file was there already."""

    file: str
    action: Annotated[str, one_of(FileAction)]


class ImportJson(TypedDict):
    """`verified` is null where nothing was to be verified. `project` are the files beside the manifests with `--init`; with
    `check` they would be written.
    """

    check: bool
    verified: bool | None
    summary: ImportSummaryJson
    diagnostics: list[DiagnosticJson]
    shops: list[str]
    files: list[ImportedFileJson]
    secrets: list[ImportedSecretJson]
    project: list[ProjectFileJson]
    next_steps: list[str]


class OnboardingRowJson(TypedDict):
    line: Count
    shop: str
    file: str
    action: Annotated[str, one_of(FileAction)]
    owners: list[str]
    missing: list[DiagnosticJson]


class OnboardingJson(TypedDict):
    """`rows` is empty where a row is wrong: then nothing was written. `files` is filled with `check`."""

    check: bool
    backend_asked: bool
    summary: Annotated[
        dict[str, int], counts_of("rows", *(action.value for action in FileAction), "incomplete", "rejected")
    ]
    rows: list[OnboardingRowJson]
    files: list[FileDiffJson]
    diagnostics: list[DiagnosticJson]


class FormattingJson(TypedDict):
    """`unchanged` counts the files that were formatted already. With `check`, nothing was written."""

    check: bool
    files: list[FileDiffJson]
    unchanged: Count
    diagnostics: list[DiagnosticJson]


class FileMoveJson(TypedDict):
    source: str
    target: str


class ShardingJson(TypedDict):
    """`unchanged` counts the files that were in their folders already. With `check`, nothing was moved."""

    check: bool
    moves: list[FileMoveJson]
    unchanged: Count
    diagnostics: list[DiagnosticJson]


class NewManifestJson(TypedDict):
    """`file` is null where nothing was written."""

    shop: str
    file: str | None
    diagnostics: list[DiagnosticJson]


IMPORT: Final = DocumentType(name="import", body=ImportJson)
ONBOARDING: Final = DocumentType(name="onboarding", body=OnboardingJson)
FORMATTING: Final = DocumentType(name="formatting", body=FormattingJson)
SHARDING: Final = DocumentType(name="sharding", body=ShardingJson)
NEW_MANIFEST: Final = DocumentType(name="new", body=NewManifestJson)


def import_json(imported: ImportResult, head: DocumentHead = EMPTY_HEAD) -> str:
    new = sum(news.is_new for news in imported.files)
    summary: ImportSummaryJson = {
        "shops": len(imported.shops),
        "created": new,
        "changed": len(imported.files) - new,
        "secrets": len({reference for _, reference in imported.secrets}),
        "unverified": len(imported.unproven),
    }
    body: ImportJson = {
        "check": imported.check,
        "verified": None if imported.proof is None else imported.proof.holds,
        "summary": summary,
        "diagnostics": diagnostics_json(imported.all_diagnostics, head.sources),
        "shops": [str(shop) for shop in imported.shops],
        "files": [_file(news, check=imported.check) for news in imported.files],
        "secrets": [
            {"shop": str(shop), "reference": reference, "provided": _provided(imported, str(shop))}
            for shop, reference in imported.secrets
        ],
        "project": [{"file": each.file, "action": each.action.value} for each in imported.project],
        "next_steps": _next_steps(imported),
    }
    return IMPORT.text(body, head)


def _next_steps(imported: ImportResult) -> list[str]:
    step = next_import_step(imported)
    return [str(each) for each in (step, *imported.notices) if each is not None]


def _file(news: FileEdit, *, check: bool) -> ImportedFileJson:
    return {
        "file": news.file,
        "action": "create" if news.is_new else "change",
        "diff": diff_of(news) if check else None,
    }


def _provided(imported: ImportResult, shop: str) -> bool | None:
    """Omitted if nothing was verified."""
    return None if imported.proof is None else shop not in imported.unproven


def onboard_json(onboarded: OnboardResult, head: DocumentHead = EMPTY_HEAD) -> str:
    body: OnboardingJson = {
        "check": onboarded.check,
        "backend_asked": onboarded.asked,
        "summary": {
            "rows": onboarded.count,
            **{does.value: onboarded.counted(does) for does in FileAction},
            "incomplete": sum(bool(row.lacks) for row in onboarded.rows),
            "rejected": 0 if onboarded.rejected is None else len(onboarded.rejected.rows),
        },
        "rows": [_row(row, head.sources) for row in onboarded.rows],
        "files": _diffs(onboarded.news),
        "diagnostics": diagnostics_json(onboarded.diagnostics, head.sources),
    }
    return ONBOARDING.text(body, head)


def _diffs(files: Iterable[FileEdit]) -> list[FileDiffJson]:
    return [{"file": news.file, "diff": diff_of(news)} for news in files]


def _row(row: OnboardRowResult, sources: SourceLines) -> OnboardingRowJson:
    return {
        "line": row.line,
        "shop": str(row.shop),
        "file": row.file,
        "action": row.does.value,
        "owners": list(row.owners),
        "missing": diagnostics_json(row.lacks, sources),
    }


def fmt_json(formatted: FormatResult, head: DocumentHead = EMPTY_HEAD) -> str:
    body: FormattingJson = {
        "check": formatted.check,
        "files": _diffs(formatted.files),
        "unchanged": formatted.unchanged,
        "diagnostics": diagnostics_json(formatted.diagnostics, head.sources),
    }
    return FORMATTING.text(body, head)


def shard_json(sharded: ShardResult, head: DocumentHead = EMPTY_HEAD) -> str:
    body: ShardingJson = {
        "check": sharded.check,
        "moves": [{"source": move.source, "target": move.target} for move in sharded.moves],
        "unchanged": sharded.unchanged,
        "diagnostics": diagnostics_json(sharded.diagnostics, head.sources),
    }
    return SHARDING.text(body, head)


def new_json(created: NewManifestResult, head: DocumentHead = EMPTY_HEAD) -> str:
    body: NewManifestJson = {
        "shop": str(created.shop),
        "file": None if created.news is None else created.news.file,
        "diagnostics": diagnostics_json(created.diagnostics, head.sources),
    }
    return NEW_MANIFEST.text(body, head)


class SecretReferenceRow(TypedDict):
    """By reference. `shops` are their keys, with spaces between them. `reason` is a code, null where the secret is provided."""

    reference: str
    state: Annotated[str, one_of(["provided", "missing"])]
    count: Count
    shops: str
    reason: str | None


class RotationRow(TypedDict):
    """By shop. `before` and `after` are references; `after` is null where the reference stays. `place` is where the manifest
    declares it. `reason` is a code where the shop could not be compared, else null.
    """

    shop: str
    before: str
    after: str | None
    place: str
    state: Annotated[str, one_of(["edited", "to-edit", "current", "planned", "matches", "unknown"])]
    reason: str | None
