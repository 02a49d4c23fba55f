"""Attestations of the selected shops, for commands that check manifests.

In: a selection and the shops that were read for it. Out: diagnostics: what is wrong in files of attestations, and a note at each
expired entry. No file of a shop that left is noted as expired.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from reconciler.core.onboarding.attestations import expiry_notes
from reconciler.lib.utc import day_in_japan

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.model.selection import Selection
    from reconciler.workflows.session import Session


def attestation_diagnostics(session: Session, selection: Selection, met: Collection[str]) -> tuple[Diagnostic, ...]:
    """`met` are the shops of the selection. One that is narrowed by more than keys concerns these only."""
    read = session.attestations().read(selection)
    narrowed = bool(selection.labels or selection.group or selection.since)
    wrong = (each for each in read.diagnostics if not narrowed or each.shop in met)
    present = (each for each in read.attestations if each.shop in met)
    return (*wrong, *expiry_notes(present, day_in_japan(session.clock.now())))


def expired_attestations(session: Session, selection: Selection, met: Collection[str]) -> tuple[Diagnostic, ...]:
    """The notes alone: a plan does not depend on attestations, so their wrong files are the matter of `validate`."""
    found = session.attestations().read(selection).attestations
    return expiry_notes((each for each in found if each.shop in met), day_in_japan(session.clock.now()))
