"""The check of one row of an onboarding: its manifest as the loader judges it, and what the shop needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.readiness import missing_prerequisites
from reconciler.core.importing.table_rows import ParsedRow
from reconciler.core.model.state import Observed
from reconciler.core.results.authoring.file_changes import FileAction
from reconciler.core.results.authoring.onboard_result import OnboardRowResult
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.manifest_editing import DraftResult, ManifestDrafter
from reconciler.workflows.secret_schemes import scheme_diagnostics

if TYPE_CHECKING:
    from reconciler.ports import Secrets


@frozen
class CheckedRow:
    findings: tuple[Diagnostic, ...]
    change: FileChange | None = None
    explanation: FileChange | None = None
    result: OnboardRowResult | None = None


@frozen
class RowChecks:
    """`worlds` is None where the backend was not read. With `secrets` the schemes of references are checked. `twice` are shops
    that several rows are about, with their lines.
    """

    drafts: ManifestDrafter
    worlds: Mapping[ShopKey, Observed] | None
    secrets: Secrets | None = None
    twice: Mapping[ShopKey, Sequence[int]] = field(default_factory=dict)

    def check(self, row: ParsedRow) -> CheckedRow:
        if row.draft is None:
            return CheckedRow(findings=row.findings)
        if row.draft.shop in self.twice:
            return CheckedRow(findings=(_also_on_other_lines(row, row.draft.shop, self.twice[row.draft.shop]),))
        drafted = self.drafts.draft(row.draft)
        if drafted.desired is None:
            return CheckedRow(findings=drafted.findings)
        world = None if self.worlds is None else self.worlds.get(row.draft.shop)
        schemes = () if self.secrets is None else scheme_diagnostics(drafted.desired, self.secrets)
        lacks = tuple(
            replace(finding, origin=row.draft.origin)
            for finding in (*schemes, *missing_prerequisites(drafted.desired, world))
        )
        return CheckedRow(
            findings=tuple(finding for finding in lacks if finding.blocking),
            change=drafted.change,
            explanation=drafted.explanation,
            result=_row_result(row, row.draft.shop, drafted, lacks),
        )


def _also_on_other_lines(row: ParsedRow, shop: ShopKey, lines: Sequence[int]) -> Diagnostic:
    return diagnostic(
        codes.ROW_TWICE,
        msg(
            "Shop `{shop}` is also on line {others}",
            shop=shop,
            others=", ".join(str(line) for line in lines if line != row.line),
        ),
        hint=msg("Delete all but one of the rows"),
        shop=shop,
        origin=None if row.draft is None else row.draft.origin,
    )


def _row_result(row: ParsedRow, shop: ShopKey, drafted: DraftResult, lacks: tuple[Diagnostic, ...]) -> OnboardRowResult:
    does = FileAction.UNCHANGED
    if drafted.change is not None:
        does = FileAction.CREATED if drafted.change.before is None else FileAction.CHANGED
    return OnboardRowResult(
        line=row.line, shop=shop, file=drafted.display_path, does=does, lacks=lacks, owners=row.owners
    )
