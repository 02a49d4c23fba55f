"""The use case `drift`: compare the backend with Git, with what the selection did not match and what killed runs left closed."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from dataclasses import field, replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.severity import SEVERITY_LABEL, SEVERITY_WORDS_OF_FINDINGS, severity_named
from reconciler.core.findings.sightings import SightingContext
from reconciler.core.model.selection import Selection
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.lib.event_log import log_event, logging_events
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError
from reconciler.workflows.alerts.after_look import alert_after_look
from reconciler.workflows.alerts.rules import read_alert_rules
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.drift.check import check_drift
from reconciler.workflows.drift.look import LookRecorder, narrow_result, refuse_fleeting_store
from reconciler.workflows.drift.record import LookOutcome
from reconciler.workflows.sources import DriftSources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Container, Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.drift.drift import Drift
    from reconciler.core.model.policy import FindingSeverity
    from reconciler.core.results.drift_result import DriftResult
    from reconciler.ports import History, ObservingBackend, UnfinishedShop
    from reconciler.workflows.alerts.rules import ReadAlerts
    from reconciler.workflows.session import Session


@frozen
class DriftRequest:
    """`require_secrets`: a shop of which a secret is not available is not compared at all. `unmanaged`: list the shops that no
    manifest declares by name.

    The others narrow the result: `severity` is the least that is shown, `owner` one of the owners of a manifest, `older_than` the
    seconds that a finding has been open for. `new`: only what is new since the last time this was asked. `alerts`: what changed
    is alerted, also where it is not shown.

    `record`: make a store where there is none, so that the check is recorded in any case.
    """

    selection: Selection = field(default_factory=Selection)
    require_secrets: bool = False
    unmanaged: bool = False
    severity: FindingSeverity | None = None
    owner: str | None = None
    older_than: int | None = None
    new: bool = False
    alerts: bool = True
    record: bool = False

    @property
    def reader(self) -> str:
        """Who asks for what is new: the same words get the same news once."""
        severity = "" if self.severity is None else self.severity.word
        words = f"{self.selection.to_args}\0{severity}\0{self.owner or ''}"
        return f"drift --new {hashlib.sha256(words.encode()).hexdigest()[:16]}"


async def detect_drift(session: Session, request: DriftRequest) -> DriftResult | FailureResult:
    """Raises BackendError where nothing at all can be read, SetupError where the store cannot be read."""
    refuse_fleeting_store(session, request)
    ledger = session.ledger().read()
    if ledger.diagnostics:
        return failure(*ledger.diagnostics)
    alerts = read_alert_rules(session) if request.alerts else None
    if isinstance(alerts, FailureResult):
        return alerts
    recorder = LookRecorder(session, required=request.new or request.older_than is not None)
    keep = request.new or request.record or alerts is not None
    with session.store.history() as history, recorder.opened(create=keep):
        async with _alerting_in_any_case(session, alerts), session.observe() as backend:
            drift = await check_drift(
                request.selection,
                session.manifests,
                session.secrets,
                backend,
                replace(_sources(session, history, backend, recorder), list_unmanaged=request.unmanaged),
                memory=session.sync_cache(),
                require_secrets=request.require_secrets,
            )
            requests = tuple(backend.requests)
        _log_unread(drift)
        left = () if history is None else history.unfinished()
        names = frozenset(shop.shop for shop in drift.shops)
        pending = _pending(left, names)
        context = _context(session, request, history, pending)
        outcome = LookOutcome(context=context, drift=drift, acceptances=ledger.acceptances, requests=len(requests))
        recorder.record(outcome, history)
        narrowed = narrow_result(session, request, recorder, outcome)
    found = (*narrowed.drift.findings, *unmatched_selection(request.selection, names, session), *recorder.warnings)
    found = (*found, *(each for each in pending if each.shop in narrowed.left_closed))
    found = found if request.new else (*found, *_odd_labels(drift), *(alerts.warnings if alerts is not None else ()))
    notices = narrowed.notices
    if alerts is not None and recorder.recorded:
        alerted = await alert_after_look(session, alerts.settings, alerts.rules)
        found, notices = (*found, *alerted.warnings), (*notices, *alerted.notices)
    drift = replace(narrowed.drift, findings=found)
    return replace(narrowed, drift=drift, diagnostics=found, notices=notices, requests=requests)


@asynccontextmanager
async def _alerting_in_any_case(session: Session, alerts: ReadAlerts | None) -> AsyncIterator[None]:
    """Alerts that are due are also sent where the backend cannot be read: such a time may last."""
    try:
        yield
    except BackendError:
        if alerts is not None:
            alerted = await alert_after_look(session, alerts.settings, alerts.rules)
            session.listener.on_diagnostics(alerted.warnings)
        raise


def _log_unread(drift: Drift) -> None:
    if logging_events():
        for shop in drift.shops_with_entries:
            if shop.unknown:
                code = next(each.code.number for each in shop.findings if each.blocking)
                log_event("read-failed", level="warning", shop=shop.shop, code=code)


def _context(
    session: Session, request: DriftRequest, history: History | None, pending: Sequence[Diagnostic]
) -> SightingContext:
    return SightingContext(
        fleet=session.target.fleet_name,
        key=None if history is None else session.digest_key(),
        owner_of=session.owners().owner_of,
        left_closed=frozenset(warning.shop for warning in pending if warning.shop is not None),
        journal=history is not None,
        complete=request.selection.everything,
    )


def _odd_labels(drift: Drift) -> list[Diagnostic]:
    """Of shops with differences: in the others the label raises nothing."""
    return [
        diagnostic(
            codes.UNKNOWN_SEVERITY,
            msg("the label `{label}` has the value {value}", label=SEVERITY_LABEL, value=repr(word)),
            expected=msg("one of {choices}", choices=", ".join(SEVERITY_WORDS_OF_FINDINGS)),
            hint=msg("Correct the label, or remove it"),
            shop=shop.shop,
            origin=shop.origin,
        )
        for shop in drift.shops_with_entries
        if (word := shop.labels.get(SEVERITY_LABEL)) is not None and severity_named(word) is None
    ]


def _sources(
    session: Session, history: History | None, backend: ObservingBackend, recorder: LookRecorder
) -> DriftSources:
    """Without a history there is no digest to compare with, and looking makes no key."""
    from reconciler.ports import Audit

    key = None if history is None else session.digest_key()
    return DriftSources(
        history=history,
        key=key,
        authors=recorder.authors(key),
        audit=backend if isinstance(backend, Audit) else None,
        notifications=session.notifications(),
        other_endpoints=session.other_endpoints,
    )


def _pending(left: Sequence[UnfinishedShop], names: Container[str]) -> list[Diagnostic]:
    """The selected shops that killed runs may have left closed."""
    if not left:
        return []
    from reconciler.workflows.other_runs import owed_reopening_diagnostics

    return [warning for warning in owed_reopening_diagnostics(left) if warning.shop in names]
