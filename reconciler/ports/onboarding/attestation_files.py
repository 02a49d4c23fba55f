"""The files of attestations: one per shop, in Git, beside the manifests."""

from __future__ import annotations

from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.selection import Selection
from reconciler.core.onboarding.attestations import Attestation, AttestedItem
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.files.file_changes import FileChange


@frozen
class Attestations:
    """Those of the valid files, by shop and in the order of `AttestedItem`; `diagnostics` about the other files."""

    attestations: tuple[Attestation, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class AttestationFiles(Protocol):
    def read(self, selection: Selection) -> Attestations:
        """Of the shops that the selection may name, with a manifest or without one. Labels and groups are not considered.
        Empty where there is no folder.
        """
        ...

    def place(self, shop: ShopKey) -> str | None:
        """The file that the shop has, or would get, as messages call it; None for a shop with neither file nor manifest."""
        ...

    def change(self, attestation: Attestation) -> FileChange | tuple[Diagnostic, ...]:
        """The file with the entry, in the place of one for the same item; or why the present file cannot be changed. Nothing is
        written. Comments stay. The shop has a place.
        """
        ...

    def withdrawal(self, shop: ShopKey, item: AttestedItem) -> FileChange | tuple[Diagnostic, ...] | None:
        """The file without the entry; None where there is none."""
        ...
