"""What an onboarding did, or would do: one row per shop, and what is missing in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.importing.rejected_rows import RejectedTable
from reconciler.core.results.authoring.file_changes import FileAction, FileEdit
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class OnboardRowResult:
    """`line` is that of the table. What is missing stops nothing. `owners` are written as CODEOWNERS has them."""

    line: int
    shop: ShopKey
    file: str
    does: FileAction
    lacks: tuple[Diagnostic, ...] = ()
    owners: tuple[str, ...] = ()


@frozen
class OnboardResult(CommandResult):
    """`diagnostics` are about rows and columns; if one of them is an error, `rows` is empty and nothing was written, unless
    `rejected` has the rows that were not used. `news` is filled with `check`. `asked` says whether the backend was read.
    """

    kind: ClassVar[str] = "onboarding"
    count: int
    rows: tuple[OnboardRowResult, ...] = ()
    news: tuple[FileEdit, ...] = ()
    check: bool = False
    asked: bool = False
    rejected: RejectedTable | None = None

    def counted(self, does: FileAction) -> int:
        return sum(row.does is does for row in self.rows)

    @property
    def counts(self) -> Mapping[str, int]:
        return {does.value: self.counted(does) for does in FileAction}

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {row.shop: row.does.value for row in self.rows}

    @property
    def exit_code(self) -> ExitCode:
        code = exit_code_for_diagnostics(self.diagnostics)
        return ExitCode.DIFFERENCES if code is ExitCode.DONE and self.news else code
