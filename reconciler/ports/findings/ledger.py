"""The ledger of accepted drift: a file in Git, beside the manifests."""

from __future__ import annotations

from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.findings.acceptance import Acceptance
from reconciler.lib.frozen_class import frozen
from reconciler.ports.files.file_changes import FileChange


@frozen
class LedgerContent:
    """With `diagnostics` the file is invalid, and there are no acceptances."""

    acceptances: tuple[Acceptance, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class AcceptanceLedger(Protocol):
    def read(self) -> LedgerContent:
        """Empty where there is no file. Raises SetupError where it cannot be read."""
        ...

    def change(self, acceptance: Acceptance) -> FileChange:
        """The file with the entry, in the place of one for the same field; nothing is written. Comments stay."""
        ...
