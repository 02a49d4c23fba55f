"""What `fmt` did, or would do: files in another style, and files that were not in the folder of their key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.authoring.file_changes import FileEdit, FileMove
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.lib.frozen_class import frozen


@frozen
class FormatResult(CommandResult):
    """`files` are those that were not in the style; `unchanged` counts the others. `check`: nothing was written."""

    kind: ClassVar[str] = "formatting"
    files: tuple[FileEdit, ...]
    unchanged: int
    check: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        return {"changed": len(self.files), "unchanged": self.unchanged}

    @property
    def exit_code(self) -> ExitCode:
        """With `check`, a file that is not formatted is refused, so that a pipeline stops at it."""
        code = exit_code_for_diagnostics(self.diagnostics)
        return ExitCode.REFUSED if code is ExitCode.DONE and self.check and self.files else code


@frozen
class ShardResult(CommandResult):
    """`moves` are the files that were not in the folders of their keys; `unchanged` counts the others. `check`: nothing was
    moved.
    """

    kind: ClassVar[str] = "sharding"
    moves: tuple[FileMove, ...]
    unchanged: int
    check: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        return {"moved": len(self.moves), "unchanged": self.unchanged}

    @property
    def exit_code(self) -> ExitCode:
        """With `check`, a file in another folder is refused, as one that is not formatted."""
        code = exit_code_for_diagnostics(self.diagnostics)
        return ExitCode.REFUSED if code is ExitCode.DONE and self.check and self.moves else code
