"""One look of a drift check: it starts before the backend is read, is recorded at the end, and narrows what is reported.

In: a session and the request. Out: the drift that is shown. Without a store nothing is recorded and nothing can be new.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.accept_drift import accept_drift
from reconciler.core.findings.narrow_drift import DriftCriterion, counted_closed, narrow_drift
from reconciler.core.findings.sightings import scope_of
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.values import ShopKey
from reconciler.lib.event_log import log_context, log_event
from reconciler.lib.utc import format_utc, shifted_utc
from reconciler.ports import SetupError
from reconciler.workflows.drift.record import begin_look, news_since, not_recorded_warning, older_than, record_look
from reconciler.workflows.drift.stored_authors import StoredAuthors

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.messages import Message
    from reconciler.core.findings.finding import RecordedEvent
    from reconciler.core.model.canonical import DigestKey
    from reconciler.core.model.policy import FindingSeverity
    from reconciler.core.results.table_result import NewFindingsResult
    from reconciler.ports import History
    from reconciler.ports.findings.finding_store import FindingStore
    from reconciler.workflows.drift.record import LookOutcome, LookStart
    from reconciler.workflows.session import Session
    from reconciler.workflows.sources import KnownAuthors


class NarrowingRequest(Protocol):
    """What a request to narrow says; `drift.detect.DriftRequest` is one."""

    @property
    def severity(self) -> FindingSeverity | None: ...

    @property
    def owner(self) -> str | None: ...

    @property
    def older_than(self) -> int | None: ...

    @property
    def new(self) -> bool: ...

    @property
    def reader(self) -> str: ...


class LookRecorder:
    """`required`: the answer depends on the store, so that a store that cannot be used is an error. Otherwise it is a warning."""

    def __init__(self, session: Session, *, required: bool) -> None:
        self._session = session
        self._required = required
        self._start: LookStart | None = None
        self.store: FindingStore | None = None
        self.recorded = False
        self.warnings: list[Diagnostic] = []

    @contextmanager
    def opened(self, *, create: bool) -> Iterator[None]:
        """Raises SetupError where the store is required."""
        with ExitStack() as stack:
            with self._tolerant():
                self.store = stack.enter_context(self._session.findings.open(create=create))
                if self.store is not None:
                    self._start = begin_look(self._session, self.store)
                    stack.enter_context(log_context(run=str(self._start.number)))
                    log_event("look-started", look=self._start.number)
            yield

    def authors(self, key: DigestKey | None) -> KnownAuthors | None:
        """What earlier looks know of who changed a field; None without a store. `key` is that of digests."""
        return None if self.store is None else StoredAuthors(self.store, self._session.target.fleet_name, key)

    def record(self, outcome: LookOutcome, history: History | None) -> None:
        """A check of selected shops that compared none is not recorded: `status` would name it as the last check."""
        if self.store is None or self._start is None:
            return
        with self._tolerant():
            if outcome.drift.shops or outcome.context.complete:
                record_look(self._session, self.store, self._start, outcome, history)
                self.recorded = True
            else:
                self.store.discard_look(self._start.number)

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        try:
            yield
        except SetupError as error:
            if self._required:
                raise
            log_event("look-not-recorded", level="warning", code=error.code.number)
            self.warnings.append(not_recorded_warning(error))
            self._start = None


def refuse_fleeting_store(session: Session, request: NarrowingRequest) -> None:
    """Raises SetupError where what is new cannot be known next time."""
    place = session.findings.ephemeral_place() if request.new else None
    if place is not None:
        raise SetupError(
            msg("--new needs a store that lasts: {place} is inside the work tree of a CI job", place=place),
            hint=msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler between jobs"),
            code=codes.NO_LASTING_STORE,
        )


def narrow_result(
    session: Session, request: NarrowingRequest, recorder: LookRecorder, outcome: LookOutcome
) -> DriftResult:
    """The drift without what was not asked for. Raises SetupError where the store cannot be read."""
    store, fleet = recorder.store, session.target.fleet_name
    drift = accept_drift(outcome.drift, outcome.acceptances, format_utc(session.clock.now()))
    news = _news(store, fleet, request) if request.new else None
    ids = None if news is None else frozenset(news)
    if request.older_than is not None:
        old = _older(session, store, request.older_than)
        ids = old if ids is None else ids & old
    criterion = DriftCriterion(
        fleet=fleet, severity=request.severity, owner=request.owner, ids=ids, owner_of=outcome.context.owner_of
    )
    if not criterion.narrows:
        return DriftResult(drift=drift, left_closed=frozenset(outcome.context.left_closed))
    closed = counted_closed(outcome.context.left_closed, criterion)
    narrowed = DriftResult(
        drift=narrow_drift(drift, criterion), left_closed=frozenset(ShopKey(shop) for shop in closed)
    )
    if news is None or store is None:
        return narrowed
    scope = scope_of(outcome.drift, outcome.context)
    keys = {each.number: each.event.finding.key for each in news.values()}
    missed = [number for number, key in keys.items() if key.shop in scope.unread or scope.hides(key)]
    return _with_reader(narrowed, store, min(missed, default=store.last_event(fleet) + 1) - 1, (fleet, request.reader))


def _news(store: FindingStore | None, fleet: str, request: NarrowingRequest) -> dict[str, RecordedEvent]:
    """Nothing at the first time: everything would be new."""
    position = None if store is None else store.position(fleet, request.reader)
    return {} if store is None or position is None else dict(news_since(store, fleet, position))


def _older(session: Session, store: FindingStore | None, seconds: int) -> frozenset[str]:
    if store is None:
        return frozenset()
    at = shifted_utc(format_utc(session.clock.now()), -seconds)
    return frozenset(older_than(store.findings(session.target.fleet_name), at))


def _with_reader(result: DriftResult, store: FindingStore, known: int, reader: tuple[str, str]) -> DriftResult:
    """With what the reader knows once the result is shown: not the news of shops that could not be read now."""
    fleet, name = reader
    first = store.position(fleet, name) is None
    return DriftResult(
        drift=result.drift,
        left_closed=result.left_closed,
        only_news=True,
        read_by=(name, known),
        notices=(baseline_notice(store, fleet),) if first else (),
    )


def baseline_notice(store: FindingStore, fleet: str) -> Message:
    count = len(store.findings(fleet))
    return msg("First check with --new (open findings: {count}); later checks show only what is new", count=count)


def confirm_read(session: Session, result: DriftResult | NewFindingsResult) -> None:
    """The reader has seen the result: what was new is not new any more. Raises SetupError."""
    if result.read_by is None:
        return
    reader, number = result.read_by
    with session.findings.open(create=False) as store:
        if store is not None:
            store.advance(session.target.fleet_name, reader, number)
