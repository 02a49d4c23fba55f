"""The use case `secrets list`: which secrets the manifests refer to, for how many shops, and whether each can be resolved.

In: a selection. Out: a row for each reference. Each is resolved once, and no value is kept. A secret that cannot be resolved does
not keep the others from being listed.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.selection import Selection
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.gather import resolve, secret_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.model.state import Desired
    from reconciler.workflows.session import Session

_COLUMNS: Final = (
    ("reference", msg("Reference")),
    ("state", msg("State")),
    ("count", msg("Number of shops")),
    ("shops", msg("Shops")),
    ("reason", msg("Reason")),
)
_PROVIDED: Final = NamedCell("provided", msg("provided"))
_MISSING: Final = NamedCell("missing", msg("not provided"))


@frozen
class SecretsRequest:
    """`missing`: only those that cannot be resolved."""

    selection: Selection = field(default_factory=Selection)
    missing: bool = False


def list_secrets(session: Session, request: SecretsRequest) -> TableResult:
    """Raises SetupError where the manifests cannot be read at all."""
    manifest = session.manifests.read(request.selection)
    shops = _by_reference(manifest.shops)
    session.secrets.prepare(SecretRef(uri) for uri in shops)
    reasons = {uri: _reason(session, named[0]) for uri, named in shops.items()}
    rows = [_row(uri, named, reasons[uri]) for uri, named in sorted(shops.items())]
    lacking = sum(reason is not None for reason in reasons.values())
    diagnostics = (*manifest.findings, *unmatched_selection(request.selection, manifest.names, session))
    return TableResult(
        name="secrets",
        columns=_COLUMNS,
        rows=tuple(row for row in rows if row[1] is _MISSING or not request.missing),
        empty=msg("No secret is missing.") if shops else msg("The manifests refer to no secret."),
        notices=(msg("{missing} of {count} secrets are missing", missing=lacking, count=len(shops)),)
        if lacking
        else (),
        brief=("reference", "state", "count", "reason"),
        diagnostics=diagnostics,
        status=exit_code_for_diagnostics(diagnostics),
    )


def _by_reference(declared: Iterable[Desired]) -> Mapping[str, Sequence[Desired]]:
    shops: dict[str, list[Desired]] = {}
    for desired in declared:
        for _, reference in secret_references(desired):
            shops.setdefault(reference.uri, []).append(desired)
    return shops


def _reason(session: Session, desired: Desired) -> Diagnostic | None:
    """Why the secret cannot be used; None where it can."""
    return next((each.reason for each in resolve(desired, session.secrets).unresolved), None)


def _row(uri: str, shops: Sequence[Desired], reason: Diagnostic | None) -> tuple[Cell, ...]:
    names = [str(desired.shop) for desired in shops]
    state = _PROVIDED if reason is None else _MISSING
    why = None if reason is None else NamedCell(reason.code.number, reason.summary)
    return (uri, state, len(names), " ".join(names), why)
