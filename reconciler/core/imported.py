"""What an import did, or would do: the files, the secrets that somebody must provide, and whether a plan would change nothing.

It holds the files' texts, so that what would change can be shown. A manifest holds no secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reconciler.core.diagnostics import Diagnostic, in_order
from reconciler.core.values import Origin, ShopKey

_NOWHERE: Final = Origin("")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNews:
    """`file` is the path people are told. `before` is None for a file that was not there."""

    file: str
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        return self.before is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
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
class Imported:
    """`shops` are those whose manifests say what stands, now or once the files are written. `secrets` pairs those that refer to
    a secret with its reference. `proof` is None where none was tried. `export` is the file that was read in place of the backend.
    `check`: nothing was written.
    """

    shops: tuple[ShopKey, ...] = ()
    files: tuple[FileNews, ...] = ()
    secrets: tuple[tuple[ShopKey, str], ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    proof: Proof | None = None
    export: str | None = None
    check: bool = False

    @property
    def all_findings(self) -> tuple[Diagnostic, ...]:
        """By shop. What is wrong with the lines of an export stands before the rest, as whoever mends it goes through them."""
        by_shop = in_order((*self.findings, *(self.proof.findings if self.proof else ())))
        return tuple(sorted(by_shop, key=self._line))

    def _line(self, finding: Diagnostic) -> tuple[bool, Origin]:
        if finding.origin is None or finding.origin.file != self.export:
            return True, _NOWHERE
        return False, finding.origin

    @property
    def unproven(self) -> frozenset[ShopKey]:
        return self.proof.unproven if self.proof else frozenset()
