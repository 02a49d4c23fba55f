"""The use case onboarding: every row is checked, and the manifests are written only if none is wrong.

table ──> rows ──> drafts ──> checked as by the loader ──> staged beside their places ──> put in place
                          │
                          └──> what is missing in each (the backend is only read)

A fleet is never in memory as a whole: of a row whose manifest is staged, only its line in the report is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.importing.rejected_rows import RejectedRow, RejectedTable, is_problem_header
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.importing.table_rows import ParsedRow, columns_of, lines_of_shops, read_rows
from reconciler.core.model.state import Observed
from reconciler.core.results.authoring.file_changes import FileAction, FileEdit
from reconciler.core.results.authoring.onboard_result import OnboardResult, OnboardRowResult
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, ObservingBackend, SecretMissing, SetupError
from reconciler.ports.files.file_changes import FileChange, FileWriter
from reconciler.ports.manifest_editing import ManifestFiles, TableSource
from reconciler.workflows.fmt import file_edit
from reconciler.workflows.import_.onboard_rows import CheckedRow, RowChecks
from reconciler.workflows.new import editor_schema_notices
from reconciler.workflows.session import Session
from reconciler.workflows.suggest import observed_with_suggestions

if TYPE_CHECKING:
    from pathlib import Path


@frozen
class OnboardRequest:
    """`template` and `group` are those of new manifests. `ask_backend` None: the backend is read if it can be reached.
    `check`: report what would be written, and write nothing. With `rejects`, a file, the valid rows are written and the
    invalid ones are in the result, to be kept there.
    """

    table: Path
    template: Path | None = None
    group: str | None = None
    names: SecretNamePattern = field(default_factory=SecretNamePattern)
    ask_backend: bool | None = None
    check: bool = False
    rejects: Path | None = None


def onboard_table(session: Session, request: OnboardRequest) -> OnboardResult:
    """The use case `onboard`. It is synchronous, so that an interruption at any moment writes nothing.

    Raises SetupError if the table cannot be read or the files cannot be written: then none was; BackendError and SecretMissing
    if the backend was to be read and cannot be.
    """
    files = session.manifest_files
    if request.rejects is not None:
        _require_rejects_file(files, request.rejects)
    observed, requests = _observe_where_possible(session, request)
    drafter = files.drafter(request.template, request.group)
    checks = RowChecks(drafts=drafter, worlds=observed, secrets=session.secrets, twice=_twice(files, request))
    result = onboard(request, files.table(request.table), checks, files.writer())
    created = result.counted(FileAction.CREATED) and not request.check
    hints = editor_schema_notices(session) if created else ()
    return replace(result, requests=requests, notices=(*result.notices, *hints))


def write_rejects(session: Session, file: Path, table: RejectedTable, lines: Iterable[Sequence[str]]) -> None:
    """`lines` are the header and the rows. Without a rejected row a present file gets only its header. Raises SetupError."""
    files = session.manifest_files
    if table.rows or files.table_headers(file) is not None:
        files.write_table(file, lines)


def _require_rejects_file(files: ManifestFiles, file: Path) -> None:
    """Raises SetupError where another file would be replaced."""
    headers = files.table_headers(file)
    if headers is not None and not any(map(is_problem_header, headers)):
        raise SetupError(
            msg("{file} exists, and is not a table of rejected rows", file=file.as_posix()),
            hint=msg("Choose another file for `--rejects`"),
        )


def _twice(files: ManifestFiles, request: OnboardRequest) -> Mapping[ShopKey, Sequence[int]]:
    """None of the rows of one shop is written: which of them is right is not known. Without a file for them, nothing is."""
    if request.rejects is None:
        return {}
    table = files.table(request.table)
    return lines_of_shops(columns_of(table.file, table.headers), table.rows)


def _observe_where_possible(
    session: Session, request: OnboardRequest
) -> tuple[Mapping[ShopKey, Observed] | None, tuple[RequestLogEntry, ...]]:
    """Unless it was asked for, a backend that cannot be reached is a notice."""
    table = session.manifest_files.table(request.table)
    if request.ask_backend is False:
        return None, ()
    try:
        shops = _shops_of(request, table)
    except SetupError:
        return None, ()  # `onboard` says what is wrong with the table
    try:
        return _observe(session, shops)
    except (BackendError, SecretMissing, SetupError) as error:
        if request.ask_backend:
            raise
        session.listener.on_notice(msg("The backend was not read: {reason}", reason=error.text))
        return None, ()


def _observe(
    session: Session, shops: Sequence[ShopKey]
) -> tuple[Mapping[ShopKey, Observed], tuple[RequestLogEntry, ...]]:
    results: list[tuple[Mapping[ShopKey, Observed], tuple[RequestLogEntry, ...]]] = []

    async def observe() -> None:
        async with session.observe() as backend:
            observed = await _observe_shops(shops, backend)
            results.append((observed, tuple(backend.requests)))

    anyio.run(observe)
    return results[0]


def _shops_of(request: OnboardRequest, table: TableSource) -> Sequence[ShopKey]:
    """The shops that rows name. Raises SetupError where the table cannot be read."""
    columns = columns_of(table.file, table.headers)
    rows = () if _stop(columns.findings) else read_rows(columns, table.rows, request.names)
    return [row.draft.shop for row in rows if row.draft is not None]


async def _observe_shops(shops: Sequence[ShopKey], backend: ObservingBackend) -> Mapping[ShopKey, Observed]:
    """The state of each. Raises BackendError where nothing at all can be read."""
    worlds = [world async for world in backend.observe(shops)] if shops else []
    return {world.shop: world for world in await observed_with_suggestions(worlds, backend)}


def onboard(request: OnboardRequest, table: TableSource, checks: RowChecks, writer: FileWriter) -> OnboardResult:
    """Raises SetupError where the files cannot be written: then none was."""
    columns = columns_of(table.file, table.headers)
    run = _Run(checks=checks, findings=list(columns.findings), keep_rejected=request.rejects is not None)
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
        asked=checks.worlds is not None,
        notices=() if run.refused or request.check else tuple(map(_explains, run.explanations)),
        rejected=_rejected(request, table, run),
    )


def _explains(file: str) -> Message:
    return msg("{file} was created: it explains the keys of all manifests", file=file)


def _rejected(request: OnboardRequest, table: TableSource, run: _Run) -> RejectedTable | None:
    if request.rejects is None or run.refused:
        return None
    return RejectedTable(file=request.rejects.as_posix(), headers=tuple(table.headers), rows=tuple(run.rejected))


class _RefusedRow(Exception):
    """Some row is wrong, and so nothing is to be put in place."""


@dataclass(slots=True, kw_only=True)
class _Run:
    """`keep_rejected`: invalid rows are kept apart, and the others are written."""

    checks: RowChecks
    findings: list[Diagnostic]
    keep_rejected: bool = False
    rows: list[OnboardRowResult] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    explanations: list[str] = field(default_factory=list)
    count: int = 0
    _columns_refused: bool = field(init=False)

    def __post_init__(self) -> None:
        self._columns_refused = _stop(self.findings)

    @property
    def refused(self) -> bool:
        return self._columns_refused if self.keep_rejected else _stop(self.findings)

    def changes(self, rows: Iterable[ParsedRow]) -> Iterator[FileChange]:
        """Up to the first row that is wrong, or without the wrong ones; all are judged. Raises _RefusedRow at the end if nothing
        is to be written.
        """
        refused = self.refused
        for row in rows:
            self.count += 1
            checked = self.checks.check(row)
            self.findings += checked.findings
            wrong = _stop(checked.findings)
            if wrong and self.keep_rejected:
                self.rejected.append(RejectedRow(line=row.line, cells=row.cells, findings=checked.findings))
                continue
            refused = refused or wrong
            if refused:
                self.rows.clear()
                continue
            if checked.result is not None:
                self.rows.append(checked.result)
            yield from self._new_changes(checked)
        if refused:
            raise _RefusedRow

    def _new_changes(self, row: CheckedRow) -> Iterator[FileChange]:
        """The file that explains the keys comes before the first manifest of its folder."""
        if row.explanation is not None and row.explanation.display_path not in self.explanations:
            self.explanations.append(row.explanation.display_path)
            yield row.explanation
        if row.change is not None:
            yield row.change


def _by_line(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """In the order of the table, for any shop."""
    return tuple(sorted(sort_diagnostics(findings), key=lambda finding: finding.origin or Origin("")))


def _stop(findings: Iterable[Diagnostic]) -> bool:
    return any(finding.blocking for finding in findings)
