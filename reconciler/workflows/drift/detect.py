"""The use case `drift`: compare the backend with Git, with what the selection did not match and what killed runs left closed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.core.model.selection import Selection
from reconciler.core.results.drift_result import DriftResult
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.drift.check import check_drift
from reconciler.workflows.sources import DriftSources

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ports import History, ObservingBackend, UnfinishedShop
    from reconciler.workflows.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRequest:
    """`require_secrets`: a shop of which a secret is not available is not compared at all. `unmanaged`: list the shops that no
    manifest declares by name.
    """

    selection: Selection = field(default_factory=Selection)
    require_secrets: bool = False
    unmanaged: bool = False


async def detect_drift(session: Session, request: DriftRequest) -> DriftResult:
    """Raises BackendError where nothing at all can be read, SetupError where the store cannot be read."""
    with session.store.history() as history:
        async with session.observe() as backend:
            drift = await check_drift(
                request.selection,
                session.manifests,
                session.secrets,
                backend,
                replace(_sources(session, history, backend), list_unmanaged=request.unmanaged),
                memory=session.sync_cache(),
                require_secrets=request.require_secrets,
            )
            requests = tuple(backend.requests)
        left = () if history is None else history.unfinished()
    names = frozenset(shop.shop for shop in drift.shops)
    pending = _pending(left, names)
    found = (*drift.findings, *unmatched_selection(request.selection, names, session), *pending)
    return DriftResult(
        drift=replace(drift, findings=found),
        left_closed=frozenset(warning.shop for warning in pending if warning.shop is not None),
        diagnostics=found,
        requests=requests,
    )


def _sources(session: Session, history: History | None, backend: ObservingBackend) -> DriftSources:
    """Without a history there is no digest to compare with, and looking makes no key."""
    from reconciler.ports import Audit

    return DriftSources(
        history=history,
        key=None if history is None else session.digest_key(),
        audit=backend if isinstance(backend, Audit) else None,
        notifications=session.notifications(),
        other_endpoints=session.other_endpoints,
    )


def _pending(left: Sequence[UnfinishedShop], names: Container[str]) -> list[Diagnostic]:
    """The selected shops that killed runs may have left closed."""
    if not left:
        return []
    from reconciler.workflows.pending_reopenings import owed_reopening_diagnostics

    return [warning for warning in owed_reopening_diagnostics(left) if warning.shop in names]
