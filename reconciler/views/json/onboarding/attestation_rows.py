"""What the rows of tables about attestations hold, where the table is a JSON document. What is not there is null."""

from __future__ import annotations

from typing import Annotated, Any, Final

from typing_extensions import TypedDict

from reconciler.core.onboarding.attestations import AttestationState, AttestedItem
from reconciler.views.json.document import TableType
from reconciler.views.json.shapes import one_of


class AttestationRow(TypedDict):
    """Sorted by shop, then in the order of the items. Days are days in Japan; `expires` is the last on which it holds."""

    shop: str
    item: Annotated[str, one_of(AttestedItem)]
    state: Annotated[str, one_of(AttestationState)]
    by: str
    date: str
    expires: str | None
    note: str | None
    file: str


class RecordedAttestationRow(AttestationRow):
    """One row: what was recorded or withdrawn."""


ATTESTATION_TABLES: Final[tuple[TableType[Any], ...]] = (
    TableType(name="attestation", row=RecordedAttestationRow),
    TableType(name="attestation-list", row=AttestationRow),
)
