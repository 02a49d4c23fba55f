"""The use case onboarding: every row is checked, and the manifests are written only if none is wrong.

table ──> rows ──> drafts ──> checked as by the loader ──> staged beside their places ──> put in place
                          │
                          └──> what is missing in each (the backend is only read)

A fleet is never in memory as a whole: of a row whose manifest is staged, only its line in the report is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.readiness import missing_prerequisites
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.importing.table_rows import ParsedRow, columns_of, read_rows
from reconciler.core.model.state import Observed
from reconciler.core.results.authoring import FileAction, FileEdit, OnboardResult, OnboardRowResult
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.values import Origin, ShopKey
from reconciler.ports import BackendError, ObservingBackend, SecretMissing, SetupError
from reconciler.ports.manifest_editing import DraftResult, FileChange, FileWriter, ManifestDrafter, TableSource
from reconciler.workflows.fmt import file_edit
from reconciler.workflows.new import editor_schema_notices
from reconciler.workflows.secret_schemes import scheme_diagnostics
from reconciler.workflows.session import Session
from reconciler.workflows.suggest import observed_with_suggestions

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.ports import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardRequest:
    """`template` and `group` are those of new manifests. `ask_backend` None: the backend is read if it can be reached.
    `check`: report what would be written, and write nothing.
    """

    table: Path
    template: Path | None = None
    group: str | None = None
    names: SecretNamePattern = field(default_factory=SecretNamePattern)
    ask_backend: bool | None = None
    check: bool = False


def onboard_table(session: Session, request: OnboardRequest) -> OnboardResult:
    """The use case `onboard`. It is synchronous, so that an interruption at any moment writes nothing.

    Raises SetupError if the table cannot be read or the files cannot be written: then none was; BackendError and SecretMissing
    if the backend was to be read and cannot be.
    """
    observed, requests = _observe_where_possible(session, request)
    files = session.manifest_files
    drafter = files.drafter(request.template, request.group)
    result = onboard(request, files.table(request.table), drafter, files.writer(), observed, secrets=session.secrets)
    created = result.counted(FileAction.CREATED) and not request.check
    return replace(result, requests=requests, notices=editor_schema_notices(session) if created else ())


def _observe_where_possible(
    session: Session, request: OnboardRequest
) -> tuple[Mapping[ShopKey, Observed] | None, tuple[RequestLogEntry, ...]]:
    """Unless it was asked for, a backend that cannot be reached is a notice."""
    table = session.manifest_files.table(request.table)
    if request.ask_backend is False:
        return None, ()
    try:
        return _observe(session, request, table)
    except (BackendError, SecretMissing, SetupError) as error:
        if request.ask_backend:
            raise
        session.listener.on_notice(msg("The backend was not read: {reason}", reason=error.text))
        return None, ()


def _observe(
    session: Session, request: OnboardRequest, table: TableSource
) -> tuple[Mapping[ShopKey, Observed], tuple[RequestLogEntry, ...]]:
    results: list[tuple[Mapping[ShopKey, Observed], tuple[RequestLogEntry, ...]]] = []

    async def observe() -> None:
        async with session.observe() as backend:
            observed = await observe_table_shops(request, table, backend)
            results.append((observed, tuple(backend.requests)))

    anyio.run(observe)
    return results[0]


async def observe_table_shops(
    request: OnboardRequest, table: TableSource, backend: ObservingBackend
) -> Mapping[ShopKey, Observed]:
    """The world of every shop that a row names. Raises BackendError where nothing at all can be read."""
    columns = columns_of(table.file, table.headers)
    rows = () if _stop(columns.findings) else read_rows(columns, table.rows, request.names)
    shops = [row.draft.shop for row in rows if row.draft is not None]
    worlds = [world async for world in backend.observe(shops)] if shops else []
    return {world.shop: world for world in await observed_with_suggestions(worlds, backend)}


def onboard(
    request: OnboardRequest,
    table: TableSource,
    drafts: ManifestDrafter,
    writer: FileWriter,
    worlds: Mapping[ShopKey, Observed] | None = None,
    *,
    secrets: Secrets | None = None,
) -> OnboardResult:
    """`worlds` is None where the backend was not asked. With `secrets`, the schemes of references are
    checked. Raises SetupError where the files cannot be written: then none was.
    """
    columns = columns_of(table.file, table.headers)
    run = _Run(drafts=drafts, worlds=worlds, secrets=secrets, findings=list(columns.findings))
    rows = () if run.refused else read_rows(columns, table.rows, request.names)
    news: tuple[FileEdit, ...] = ()
    try:
        if request.check:
            news = tuple(map(file_edit, run.changes(rows)))
        else:
            writer.write(run.changes(rows))
    except _RefusedRow:
        news = ()
    return OnboardResult(
        count=run.count,
        rows=() if run.refused else tuple(run.rows),
        diagnostics=_by_line(run.findings),
        news=news,
        check=request.check,
        asked=worlds is not None,
    )


class _RefusedRow(Exception):
    """Some row is wrong, and so nothing is to be put in place."""


@dataclass(slots=True, kw_only=True)
class _Run:
    drafts: ManifestDrafter
    worlds: Mapping[ShopKey, Observed] | None
    secrets: Secrets | None
    findings: list[Diagnostic]
    rows: list[OnboardRowResult] = field(default_factory=list)
    count: int = 0

    @property
    def refused(self) -> bool:
        return _stop(self.findings)

    def changes(self, rows: Iterable[ParsedRow]) -> Iterator[FileChange]:
        """Up to the first row that is wrong; the others are still judged. Raises _Refused at the end if one was."""
        refused = self.refused
        for row in rows:
            self.count += 1
            change, found = self._judged(row)
            self.findings += found
            refused = refused or _stop(found)
            if refused:
                self.rows.clear()
            elif change is not None:
                yield change
        if refused:
            raise _RefusedRow

    def _judged(self, row: ParsedRow) -> tuple[FileChange | None, tuple[Diagnostic, ...]]:
        if row.draft is None:
            return None, row.findings
        drafted = self.drafts.draft(row.draft)
        if drafted.desired is None:
            return None, drafted.findings
        world = None if self.worlds is None else self.worlds.get(row.draft.shop)
        schemes = () if self.secrets is None else scheme_diagnostics(drafted.desired, self.secrets)
        lacks = tuple(
            replace(finding, origin=row.draft.origin)
            for finding in (*schemes, *missing_prerequisites(drafted.desired, world))
        )
        self.rows.append(_row_result(row, row.draft.shop, drafted, lacks))
        return drafted.change, tuple(finding for finding in lacks if finding.blocking)


def _row_result(row: ParsedRow, shop: ShopKey, drafted: DraftResult, lacks: tuple[Diagnostic, ...]) -> OnboardRowResult:
    does = FileAction.UNCHANGED
    if drafted.change is not None:
        does = FileAction.CREATED if drafted.change.before is None else FileAction.CHANGED
    return OnboardRowResult(
        line=row.line, shop=shop, file=drafted.display_path, does=does, lacks=lacks, owners=row.owners
    )


def _by_line(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """In the order of the table, for any shop."""
    return tuple(sorted(sort_diagnostics(findings), key=lambda finding: finding.origin or Origin("")))


def _stop(findings: Iterable[Diagnostic]) -> bool:
    return any(finding.blocking for finding in findings)
