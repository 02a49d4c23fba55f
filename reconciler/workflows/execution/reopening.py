"""Reopens a shop that this run closed, or may have closed; not one that another actor closed since.

In: the shop, its lease and the keys of the run's own requests to close. Out: an event with the outcome. Only the backend's
acknowledgement of our own reopening settles it, also if the shop is read as open: that may be a late read, or our closing may
still be in flight. The acknowledged write gives a new version, under which that closing cannot take effect any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.closure_owner import UNKNOWN_ORIGIN, ClosureOrigin, ClosureOwner, closure_origin
from reconciler.core.model.state import Known, Observed
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.runs.events import ClosureSuperseded, ReopenFailed, ShopReopened
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.ports import Audit, Backend, BackendError, Conflict, LeaseSuperseded, ObservingBackend, WriteResult
from reconciler.ports.executor import StopRequest
from reconciler.workflows.execution.closure import READ_TIMEOUT, ClosureTimer, ReopenRetry, WaitNotice, unheard
from reconciler.workflows.execution.errors import ClosedByOther, closure_superseded, left_closed
from reconciler.workflows.execution.shop_lease import LeaseState, ShopLease
from reconciler.workflows.execution.shop_reader import ShopReader
from reconciler.workflows.execution.steps import STATUS, write_request

_REOPEN = Step(action=StepKind.REOPEN, kind=STATUS.kind)


@dataclass(slots=True, kw_only=True)
class Reopener:
    """`closing_keys` name the run's requests to close. `disputed`: such a request was refused for a version that had changed, and
    the trail does not show who closed the shop. `undecided`: reading again does not help.
    `own_version` is the status's version by our own closing, until it is known not to be current.
    """

    plan: ShopPlan
    backend: Backend
    shop: ShopReader
    time: ClosureTimer
    lease: ShopLease
    stop: StopRequest
    new_key: Callable[[], str]
    on_wait: WaitNotice = unheard
    closing_keys: set[str] = field(default_factory=set)
    disputed: bool = False
    undecided: bool = False
    own_version: str | None = None

    async def until_done(self) -> ShopReopened | ClosureSuperseded | ReopenFailed:
        """Again and again, for as long as the closure itself might have lasted."""
        acknowledged = (self.own_version or self.shop.closing_version) is not None
        patience = ReopenRetry(
            clock=self.time.clock,
            seconds=self.time.longest,
            give_up=self._is_given_up,
            on_wait=lambda error: self.on_wait(self.plan.shop, error.text, self.time.longest),
        )
        outcome = await patience.retry(self._attempt)
        if isinstance(outcome, BackendError):
            return ReopenFailed(shop=self.plan.shop, why=left_closed(self.plan, outcome, sure=acknowledged))
        return outcome

    async def once(self, key: str) -> WriteResult:
        """`key` names the write. Raises BackendError; ClosedByOther where the shop is not ours to open.

        Under the version of our own closing first: no read is trusted over it. After a lost answer the shop is read, unless the
        lease is lost: then no other version is ours.
        """
        own, self.shop.closing_version = self.shop.closing_version, None
        self.own_version = own or self.own_version
        if own is None and not self.lease.held:
            own = self.own_version
        if own is None:
            return await self._put_open(await self._version_to_open(), key)
        try:
            return await self._put_open(own, key)
        except Conflict:
            # The status was written since then; perhaps by an attempt of our own whose response was lost.
            self.own_version = None
        except LeaseSuperseded:
            self.lease.lose(taken=True)
            self.own_version = None
        return await self._put_open(await self._version_to_open(was_ours=True), key)

    async def origin(self) -> ClosureOrigin:
        """Who closed the shop, if the backend's trail shows it in time."""
        ask = partial(closure_origin_of, self.backend, self.plan.shop, self.closing_keys)
        try:
            return await self.time.with_reopen_timeout(ask, seconds=READ_TIMEOUT)
        except BackendError:
            return UNKNOWN_ORIGIN

    def _is_given_up(self) -> bool:
        return self.stop.forced or self.undecided or self.lease.state is LeaseState.TAKEN

    async def _attempt(self) -> ShopReopened | ClosureSuperseded:
        try:
            await self.once(self.new_key())
        except ClosedByOther as other:
            return closure_superseded(self.plan, other)
        return ShopReopened(shop=self.plan.shop, closed_ms=self.time.end())

    async def _put_open(self, version: str, key: str) -> WriteResult:
        reopen = write_request(_REOPEN, self.plan, {STATUS.kind: version}, key, fence=self.lease.fence)
        written = await self.time.with_reopen_timeout(partial(self.backend.execute, reopen))
        self.shop.versions[STATUS.kind] = written.now.version
        return written

    async def _version_to_open(self, *, was_ours: bool = False) -> str:
        """The version under which the shop may be opened. `was_ours`: our own closing was acknowledged, and is not current now.

        If the shop cannot be read it is tried blindly: If-Match keeps a reopening from undoing anything newer.
        """
        try:
            observed = await self.time.with_reopen_timeout(self.shop.read, seconds=READ_TIMEOUT)
        except BackendError:
            observed = None
        read = None if observed is None else observed.reads[STATUS.kind]
        if observed is None or not isinstance(read, Known):
            return self._last_known_version()
        if observed.value(STATUS) is StorefrontStatus.OPEN:
            self._require_lease_of_open_shop(was_ours=was_ours)
        else:
            await self._require_own_closure()
        return read.version

    def _last_known_version(self) -> str:
        if not self.lease.held:
            raise LeaseSuperseded(LEASE_LOST)
        return self.shop.versions.get(STATUS.kind, "")

    def _require_lease_of_open_shop(self, *, was_ours: bool) -> None:
        if self.lease.held:
            return
        if was_ours:
            raise ClosedByOther(
                msg("Another run, or someone in the admin screens, opened the shop in the meantime"), by_run=True
            )
        raise LeaseSuperseded(LEASE_LOST)

    async def _require_own_closure(self) -> None:
        origin = await self.origin()
        if origin.owner is ClosureOwner.OTHER:
            raise ClosedByOther(closed_by(origin), by_run=origin.by_run)
        if origin.owner is ClosureOwner.UNKNOWN and self.disputed:
            self.undecided = True
            raise BackendError(_NOT_KNOWN_WHO)
        if not self.lease.held and not origin.by_key:
            raise LeaseSuperseded(LEASE_LOST)


LEASE_LOST: Message = msg("the run lost its lease and may not write the shop any more")
_NOT_KNOWN_WHO: Message = msg("it is unknown whether this run or someone else closed it")


def closed_by(origin: ClosureOrigin) -> Message:
    return msg("{actor} closed the shop in the meantime", actor=origin.actor)


async def closure_origin_of(backend: ObservingBackend, shop: ShopKey, keys: set[str] | frozenset[str]) -> ClosureOrigin:
    """Unknown where the backend keeps no trail, or it cannot be read: a reopening does not depend on it."""
    if not isinstance(backend, Audit):
        return UNKNOWN_ORIGIN
    try:
        return closure_origin(await backend.last_changes(shop), keys)
    except BackendError:
        return UNKNOWN_ORIGIN


def is_closed(observed: Observed) -> bool:
    return observed.value(STATUS) is StorefrontStatus.CLOSED
