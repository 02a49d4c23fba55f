"""One check of a backend from start to end: who it is, the clauses, the measurements; the shops as they were in any case.

In: an address, credentials, the shops. Out: the report. Raises `BackendError` or `SetupError` before anything is written,
where no check is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import anyio
import httpx

from reconciler.conformance import every_check
from reconciler.conformance.client import API, CheckedBackend, KitClient
from reconciler.conformance.kit import Kit
from reconciler.conformance.measure import measure_backend
from reconciler.conformance.shop_state import NamedShop, read_named_shop, restore_shop
from reconciler.conformance.verdicts import ClauseBroken, ClauseNotChecked, ClauseNotOffered
from reconciler.core.conformance.clause import Clause
from reconciler.core.conformance.clauses import ALL_CLAUSES
from reconciler.core.conformance.report import (
    ClauseEvidence,
    ClauseOutcome,
    ClauseResult,
    ConformanceReport,
    Measurement,
    UnrestoredValue,
)
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Secret
from reconciler.lib.frozen_class import frozen
from reconciler.ports.errors import BackendError, SetupError
from reconciler.ports.interaction import StopSignals
from reconciler.ports.runtime import Clock

_OF_ALL_ANSWERS = ("K118", "K119", "K401", "K402", "K407")
"""Clauses that judge what was answered to the others: they come last."""


@frozen
class ConformanceRequest:
    """`token` is the MWSAuthToken that the shops hold. `only`: ids and groups of clauses, empty for all. `read_only`: nothing is
    written, and shops that are open and enabled are accepted.
    """

    backend: CheckedBackend
    shops: tuple[str, ...]
    token: Secret | None = None
    only: frozenset[str] = frozenset()
    read_only: bool = False


@dataclass(slots=True)
class _Progress:
    """What is known so far. `writing` ends with the first shop that cannot be restored."""

    stopped: bool = False
    current: anyio.CancelScope | None = None
    results: dict[str, ClauseResult] = field(default_factory=dict)
    unrestored: dict[str, tuple[UnrestoredValue, ...]] = field(default_factory=dict)
    wrote: bool = False

    def stop(self) -> None:
        self.stopped = True

    def force(self) -> None:
        if self.current is not None:
            self.current.cancel()


async def check_clauses(request: ConformanceRequest, clock: Clock, signals: StopSignals) -> ConformanceReport:
    backend = request.backend
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(base_url=backend.url, timeout=backend.timeout, limits=limits) as http:
        client = KitClient(backend, http, clock)
        kit = await _prepare(client, request)
        progress = _Progress()
        measured: tuple[Measurement, ...] = ()
        async with signals.listening(progress.stop, progress.force):
            try:
                await _check_all(kit, request, progress)
                if not progress.stopped and not progress.unrestored and not request.only:
                    measured = await _measure(kit, request, progress)
            finally:
                with anyio.CancelScope(shield=True):
                    await _settle(kit, progress)
        return _report(kit, request, progress, measured)


async def _prepare(client: KitClient, request: ConformanceRequest) -> Kit:
    """Only reads. Refuses shops in use."""
    await client.sign_in(request.shops)
    offered = await client.read(f"{API}/capabilities")
    names = offered.body.get("capabilities") if offered.status == 200 and isinstance(offered.body, dict) else None
    operator = (await client.read(f"{API}/integrations?limit=1")).status == 200
    before = [await read_named_shop(client, shop) for shop in request.shops]
    for state in before:
        if state.open and state.enabled and not request.read_only:
            raise _in_use(state)
    return Kit(
        client=client,
        run=uuid4().hex[:8],
        before=before,
        capabilities=frozenset(names if isinstance(names, list) else ()),
        operator=operator,
        token=request.token,
    )


def _in_use(state: NamedShop) -> SetupError:
    return SetupError(
        msg("Shop {shop} is open and Amazon Pay is enabled: customers may be paying", shop=state.shop),
        code=codes.SHOP_IN_USE,
        hint=msg("Name a shop for tests, or close the shop, or add `--read-only`"),
    )


def clauses_in_order(only: frozenset[str] = frozenset()) -> list[Clause]:
    """The clauses as they are checked."""
    chosen = [each for each in ALL_CLAUSES if not only or each.id in only or each.group.value in only]
    return sorted(chosen, key=lambda each: each.id in _OF_ALL_ANSWERS)


async def _check_all(kit: Kit, request: ConformanceRequest, progress: _Progress) -> None:
    for clause in clauses_in_order(request.only):
        reason = _why_not(clause, request, progress)
        if clause.capability is not None and clause.capability not in kit.capabilities:
            result = ClauseResult(clause=clause, outcome=ClauseOutcome.NOT_OFFERED)
        elif reason is not None:
            result = ClauseResult(clause=clause, outcome=ClauseOutcome.NOT_CHECKED, reason=reason)
        else:
            result = await _check(kit, clause, progress)
            if clause.writes:
                with anyio.CancelScope(shield=True):
                    await _settle(kit, progress)
        progress.results[clause.id] = result


def _why_not(clause: Clause, request: ConformanceRequest, progress: _Progress) -> Message | None:
    if progress.stopped:
        return msg("the check was interrupted")
    if clause.writes and request.read_only:
        return msg("it writes, and `--read-only` is set")
    if clause.writes and progress.unrestored:
        return msg("{shop} could not be restored, so nothing more is written", shop=min(progress.unrestored))
    return None


async def _check(kit: Kit, clause: Clause, progress: _Progress) -> ClauseResult:
    progress.wrote = progress.wrote or clause.writes
    with anyio.CancelScope() as progress.current:
        return await _judge(kit, clause)
    return ClauseResult(clause=clause, outcome=ClauseOutcome.NOT_CHECKED, reason=msg("the check was interrupted"))


async def _judge(kit: Kit, clause: Clause) -> ClauseResult:
    try:
        await every_check.check_of(clause.id)(kit)
    except ClauseBroken as broken:
        return ClauseResult(clause=clause, outcome=ClauseOutcome.BROKEN, evidence=broken.evidence)
    except ClauseNotOffered:
        return ClauseResult(clause=clause, outcome=ClauseOutcome.NOT_OFFERED)
    except ClauseNotChecked as unchecked:
        return ClauseResult(clause=clause, outcome=ClauseOutcome.NOT_CHECKED, reason=unchecked.reason)
    except BackendError as error:
        evidence = ClauseEvidence(request=error.request, expected=msg("an answer of the contract"), found=error.text)
        return ClauseResult(clause=clause, outcome=ClauseOutcome.BROKEN, evidence=evidence)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as odd:
        # An answer of another form than any check foresees: its last request says which.
        found = msg("an answer that cannot be interpreted ({kind})", kind=type(odd).__name__)
        request = kit.client.answers[-1].request
        evidence = ClauseEvidence(request=request, expected=msg("an answer of the contract"), found=found)
        return ClauseResult(clause=clause, outcome=ClauseOutcome.BROKEN, evidence=evidence)
    return ClauseResult(clause=clause, outcome=ClauseOutcome.KEPT)


async def _settle(kit: Kit, progress: _Progress) -> None:
    """Every shop that was written to as it was; what cannot be is noted, and tried again by the next call."""
    touched = kit.client.touched | set(progress.unrestored)
    for state in kit.before:
        if state.shop not in touched:
            continue
        left = await restore_shop(kit.client, state)
        if left:
            progress.unrestored[state.shop] = tuple(left)
        else:
            progress.unrestored.pop(state.shop, None)
    kit.client.touched.clear()


async def _measure(kit: Kit, request: ConformanceRequest, progress: _Progress) -> tuple[Measurement, ...]:
    progress.wrote = progress.wrote or not request.read_only
    with anyio.CancelScope() as progress.current:
        try:
            return await measure_backend(kit, writes=not request.read_only)
        except (BackendError, LookupError, TypeError, ValueError):
            return ()
    return ()


def _report(
    kit: Kit, request: ConformanceRequest, progress: _Progress, measured: Sequence[Measurement]
) -> ConformanceReport:
    return ConformanceReport(
        backend=request.backend.url,
        shops=request.shops,
        capabilities=tuple(sorted(kit.capabilities)),
        clauses=tuple(progress.results[each.id] for each in ALL_CLAUSES if each.id in progress.results),
        measurements=tuple(measured),
        written=request.shops if progress.wrote else (),
        unrestored=tuple(value for values in progress.unrestored.values() for value in values),
        interrupted=progress.stopped,
        requests=tuple(kit.client.requests),
    )
