"""What an import did, or would do: the files, the secrets that must be provided, and whether a plan would be empty.

It holds the files' texts, so that what would change can be shown. A manifest holds no secret.

What `new` created: a manifest, and the missing values.

What a formatting did, or would do; and what a division of the folder moved.

What an onboarding did, or would do: one row per shop, and what is missing in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, sort_diagnostics
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.importing.rejected_rows import RejectedTable
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.values import Origin, ShopKey

_NOWHERE: Final = Origin("")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """`file` is the shown path. `before` is None for a new file."""

    file: str
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        return self.before is None


class FileAction(Enum):
    """What becomes of a file."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """A file of a fleet's folder beside the manifests."""

    file: str
    action: FileAction


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewManifestResult(CommandResult):
    """`news` is None where nothing was written; then `diagnostics` say why. Else they say what is to be filled in."""

    kind: ClassVar[str] = "new"
    shop: ShopKey
    news: FileEdit | None = None

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {self.shop: "refused" if self.news is None else "created"}

    @property
    def exit_code(self) -> ExitCode:
        """Refused where the shop has a manifest already."""
        if self.news is not None:
            return ExitCode.DONE
        refused = all(each.severity is Severity.REFUSED for each in self.diagnostics)
        return ExitCode.REFUSED if refused else ExitCode.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatResult(CommandResult):
    """`files` are those that were not in the style; `fine` counts the others. `check`: nothing was written."""

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


@dataclass(frozen=True, slots=True)
class FileMove:
    """Paths as messages show them."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardRowResult:
    """`line` is that of the table. What is missing stops nothing. `owners` are written as CODEOWNERS has them."""

    line: int
    shop: ShopKey
    file: str
    does: FileAction
    lacks: tuple[Diagnostic, ...] = ()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
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
