"""What an import did, or would do: the files, the secrets that somebody must provide, and whether a plan would change nothing.

It holds the files' texts, so that what would change can be shown. A manifest holds no secret.

What `new` made: a manifest, and what is still to be filled in.

What a formatting did, or would do.

What an onboarding did, or would do: a row a shop, and what each still lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.values import Origin, ShopKey

_NOWHERE: Final = Origin("")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """`file` is the path people are told. `before` is None for a file that was not there."""

    file: str
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        return self.before is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportVerification:
    """Of so many `shops` a plan was to be made, and of `kept` it is empty. `unproven` are the shops whose secret nobody provides
    yet: it was left out of the comparison.
    """

    shops: int
    kept: int
    unproven: frozenset[ShopKey]
    findings: tuple[Diagnostic, ...]

    @property
    def holds(self) -> bool:
        return self.kept == self.shops


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """`shops` are those whose manifests say what stands, now or once the files are written. `secrets` pairs those that refer to
    a secret with its reference. `proof` is None where none was tried. `export` is the file that was read in place of the backend.
    `check`: nothing was written.
    """

    shops: tuple[ShopKey, ...] = ()
    files: tuple[FileEdit, ...] = ()
    secrets: tuple[tuple[ShopKey, str], ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    proof: ImportVerification | None = None
    export: str | None = None
    check: bool = False

    @property
    def all_findings(self) -> tuple[Diagnostic, ...]:
        """By shop. What is wrong with the lines of an export stands before the rest, as whoever mends it goes through them."""
        by_shop = sort_diagnostics((*self.findings, *(self.proof.findings if self.proof else ())))
        return tuple(sorted(by_shop, key=self._line))

    def _line(self, finding: Diagnostic) -> tuple[bool, Origin]:
        if finding.origin is None or finding.origin.file != self.export:
            return True, _NOWHERE
        return False, finding.origin

    @property
    def unproven(self) -> frozenset[ShopKey]:
        return self.proof.unproven if self.proof else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewManifestResult:
    """`news` is None where nothing was written; then `findings` say why. Else they say what is to be filled in."""

    shop: ShopKey
    news: FileEdit | None = None
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatResult:
    """`files` are those that were not in the style; `fine` counts the others. `check`: nothing was written."""

    files: tuple[FileEdit, ...]
    unchanged: int
    findings: tuple[Diagnostic, ...] = ()
    check: bool = False


class FileAction(Enum):
    """What becomes of a shop's manifest."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardRowResult:
    """`line` is that of the table. `lacks` stops nothing. `owners` are written as CODEOWNERS has them."""

    line: int
    shop: ShopKey
    file: str
    does: FileAction
    lacks: tuple[Diagnostic, ...] = ()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardResult:
    """`findings` are about rows and columns; where one of them is an error, `rows` is empty and nothing was written. `news` is
    filled where it was only looked (`check`). `asked` tells whether the backend was.
    """

    count: int
    rows: tuple[OnboardRowResult, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    news: tuple[FileEdit, ...] = ()
    check: bool = False
    asked: bool = False

    def counted(self, does: FileAction) -> int:
        return sum(row.does is does for row in self.rows)
