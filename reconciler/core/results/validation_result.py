"""The result of `validate`, and of a command that could not go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.results.fixes import FixedFile
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class ValidationResult(CommandResult):
    """`broken` names the shops, or files that should have been shops, that could not be understood. `fixed` is None where nothing
    was to be fixed; `check`: the fixes were not written.
    """

    kind: ClassVar[str] = "validation"
    valid: tuple[ShopKey, ...] = ()
    broken: tuple[str, ...] = ()
    fixed: tuple[FixedFile, ...] | None = None
    check: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """Files that would be fixed are refused, so that a pipeline stops at them."""
        return ExitCode.REFUSED if self.check and self.fixed else exit_code_for_diagnostics(self.diagnostics)

    @property
    def counts(self) -> Mapping[str, int]:
        return {"valid": len(self.valid), "broken": len(self.broken)}

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {**dict.fromkeys(self.valid, "valid"), **dict.fromkeys(self.broken, "broken")}


@frozen
class FailureResult(CommandResult):
    """The command could not start or continue. `refused` if a rule of ours forbids it."""

    kind: ClassVar[str] = "failure"
    refused: bool = False

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.REFUSED if self.refused else exit_code_for_diagnostics(self.diagnostics)


def failure(*diagnostics: Diagnostic, refused: bool = False, notices: tuple[Message, ...] = ()) -> FailureResult:
    return FailureResult(diagnostics=diagnostics, refused=refused, notices=notices)
