"""What an import did, or would do: the files, the secrets that must be provided, and whether a plan would be empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.authoring.file_changes import FileAction, FileEdit, ProjectFile
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen

_NOWHERE: Final = Origin("")


@frozen
class ImportVerification:
    """The number of `shops` in the plan, and of `kept` ones with an empty plan. `unproven` are the shops with a missing
    secret: it was not compared.
    """

    shops: int
    kept: int
    unproven: frozenset[ShopKey]
    findings: tuple[Diagnostic, ...]

    @property
    def holds(self) -> bool:
        return self.kept == self.shops


@frozen
class ImportResult(CommandResult):
    """`shops` are those whose manifests match the backend, now or once the files are written. `secrets` pairs those that refer to
    a secret with its reference. `proof` is None if none was tried. `export` is the file that was read instead of the backend.
    `owners` are the labels `owner` of new shops, by their files. `project` are the files of the folder with `--init`.
    `check`: nothing was written.
    """

    kind: ClassVar[str] = "import"
    shops: tuple[ShopKey, ...] = ()
    files: tuple[FileEdit, ...] = ()
    secrets: tuple[tuple[ShopKey, str], ...] = ()
    proof: ImportVerification | None = None
    export: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    project: tuple[ProjectFile, ...] = ()
    check: bool = False

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        """By shop. What is wrong with the lines of an export comes before the rest, in the order of the lines."""
        by_shop = sort_diagnostics((*self.diagnostics, *(self.proof.findings if self.proof else ())))
        return tuple(sorted(by_shop, key=self._line))

    def _line(self, finding: Diagnostic) -> tuple[bool, Origin]:
        if finding.origin is None or finding.origin.file != self.export:
            return True, _NOWHERE
        return False, finding.origin

    @property
    def unproven(self) -> frozenset[ShopKey]:
        return self.proof.unproven if self.proof else frozenset()

    @property
    def counts(self) -> Mapping[str, int]:
        return {"shops": len(self.shops), "files": len(self.files), "secrets": len(self.secrets)}

    @property
    def outcomes(self) -> Mapping[str, str]:
        return dict.fromkeys(self.shops, "imported")

    @property
    def exit_code(self) -> ExitCode:
        """Errors first; a backend that answered for some shops is not unreachable."""
        code = exit_code_for_diagnostics(self.all_diagnostics)
        if code is ExitCode.UNREACHABLE and self.shops:
            return ExitCode.ERROR
        if code is not ExitCode.DONE:
            return code
        return ExitCode.DIFFERENCES if self.check and (self.files or self.project_changes) else ExitCode.DONE

    @property
    def project_changes(self) -> tuple[ProjectFile, ...]:
        return tuple(each for each in self.project if each.action is not FileAction.UNCHANGED)
