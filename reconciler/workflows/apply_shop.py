"""One shop of an apply: its steps in order, read back, and the bracket closed whatever happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import anyio

from reconciler.core import codes
from reconciler.core.cascade import not_following
from reconciler.core.change import Reason
from reconciler.core.compare import same
from reconciler.core.diagnostics import Diagnostic, found
from reconciler.core.events import (
    Event,
    PredictionMissed,
    ReopenFailed,
    ShopFinished,
    ShopReopened,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.core.kinds import AMAZON_SETTINGS, IPN_ENDPOINT, STOREFRONT_STATUS, kind_named
from reconciler.core.plan import Does, ShopPlan, Step
from reconciler.core.state import FieldRef, Observed, Unknown
from reconciler.core.texts import say
from reconciler.core.values import ABSENT, UNSET, Scalar, StorefrontStatus, Unset
from reconciler.ports import Backend, BackendError, Conflict, Unexpected, Write

Tell = Callable[[Event], Awaitable[None]]

WRITE_ATTEMPTS: Final = 3
REOPEN_ATTEMPTS: Final = 3
STATUS: Final = FieldRef(STOREFRONT_STATUS.name, "status")


class Stale(BackendError):
    """A field that is to be written moved since the plan was made."""

    code = codes.STALE


@dataclass(slots=True, kw_only=True)
class ShopRun:
    """The run of one shop's steps. `versions` follows what the backend answers; `closed` is whether we closed it."""

    plan: ShopPlan
    backend: Backend
    tell: Tell
    new_key: Callable[[], str]
    versions: dict[str, str] = field(default_factory=dict)
    missed: set[FieldRef] = field(default_factory=set)
    closed: bool = False

    async def run(self) -> None:
        """Tells everything, raises nothing of the backend's."""
        self.versions = dict(self.plan.versions)
        await self.tell(ShopStarted(shop=self.plan.shop))
        try:
            await self._steps()
        finally:
            if self.closed:
                with anyio.CancelScope(shield=True):
                    await self._put_back()
        await self.tell(ShopFinished(shop=self.plan.shop))

    async def _steps(self) -> None:
        for index, step in enumerate(self.plan.steps):
            try:
                await self._step(index, step)
            except BackendError as error:
                why = diagnose(error, self.plan, step)
                await self.tell(StepFailed(shop=self.plan.shop, step=index, why=why, happened=error.happened))
                return

    async def _step(self, index: int, step: Step) -> None:
        if step.does is Does.VERIFY:
            await self._verify(last=index == len(self.plan.steps) - 1)
            await self.tell(StepDone(shop=self.plan.shop, step=index))
            return
        key = self.new_key()
        await self.tell(StepStarted(shop=self.plan.shop, step=index, key=key))
        # From here on the shop may be closed, whatever the answer says or whether one comes.
        self.closed = self.closed or step.does is Does.CLOSE
        request_id = await self._write(step, key)
        self.closed = self.closed and step.does is not Does.REOPEN
        version = self.versions.get(step.kind)
        await self.tell(StepDone(shop=self.plan.shop, step=index, version=version, request_id=request_id))

    async def _write(self, step: Step, key: str) -> str | None:
        """Writes, and where it is not known whether that happened, or somebody else wrote first, looks before going on."""
        for _ in range(WRITE_ATTEMPTS):
            try:
                receipt = await self.backend.execute(self._request(step, key))
            except BackendError as error:
                if error.happened is False and not isinstance(error, Conflict):
                    raise
                if await self._stands(step, error):
                    return error.request_id
            else:
                self.versions[step.kind] = receipt.now.version
                return receipt.request_id
        raise Stale(say("{kind} is being changed by somebody else again and again", kind=kind_named(step.kind).label))

    async def _stands(self, step: Step, error: BackendError) -> bool:
        """Whether what `step` writes stands already. If not, it can be written again unless somebody moved it."""
        observed = await self._observe()
        wishes = wishes_of(step, self.plan)
        if all(_as_wanted(want, observed.at(ref), ref) for ref, (_, want) in wishes.items()):
            return step_is_visible(step, self.plan, observed)
        for ref, (before, want) in wishes.items():
            have = observed.at(ref)
            if have != before and not _as_wanted(want, have, ref) and not (have is UNSET and before is ABSENT):
                label = ref.spec.policy.label
                raise Stale(say("{label} was changed by somebody else since the plan", label=label)) from error
        return False

    def _request(self, step: Step, key: str) -> Write:
        values: dict[str, Any] = {}
        for ref, (_, after) in wishes_of(step, self.plan).items():
            if ref.entry is None:
                values[ref.field] = after
            else:
                values.setdefault(ref.field, {})[ref.entry] = after
        if step.kind == IPN_ENDPOINT.name and self.plan.target:
            values["seller_id"], values["url"] = self.plan.target
        version = self.versions.get(step.kind, "")
        return Write(shop=self.plan.shop, kind=step.kind, values=values, version=version, key=key)

    async def _verify(self, *, last: bool) -> None:
        """Reads back. What is not as predicted is told, and does not stop the shop from being reopened."""
        observed = await self._observe()
        for ref, predicted in self.plan.predicted if last else so_far(self.plan):
            found_value = observed.at(ref)
            if ref not in self.missed and not _as_wanted(predicted, found_value, ref):
                self.missed.add(ref)
                await self.tell(self._miss(ref, predicted, found_value))
        if last and not self.missed:
            await self.tell(ShopVerified(shop=self.plan.shop))

    def _miss(self, ref: FieldRef, predicted: Scalar, found_value: Scalar | Unset) -> PredictionMissed:
        why = found(
            codes.PREDICTION_MISS,
            say("{label} was predicted otherwise than it reads back", label=ref.spec.policy.label),
            way_on=say("run plan again: it shows what the backend did instead"),
            shop=self.plan.shop,
            subject=str(ref),
            origin=self.plan.origin,
        )
        return PredictionMissed(shop=self.plan.shop, ref=ref, predicted=predicted, found=found_value, why=why)

    async def _observe(self) -> Observed:
        """The shop as it stands, whole; the versions of what is still to be written are taken from it."""
        observed = Observed.unknown(self.plan.shop, diagnose(Unexpected(say("the backend said nothing")), self.plan))
        async for answer in self.backend.observe([self.plan.shop]):
            observed = answer
        for kind, read in observed.reads.items():
            if isinstance(read, Unknown):
                raise Unexpected(read.why.summary, happened=None)
            self.versions[kind] = read.version
        return observed

    async def _put_back(self) -> None:
        """Reopens the shop that we closed. Looks first: the request that failed may have happened after all."""
        error: BackendError | None = None
        for _ in range(REOPEN_ATTEMPTS):
            try:
                observed = await self._observe()
                if observed.at(STATUS) is not StorefrontStatus.OPEN:
                    reopen = Step(does=Does.REOPEN, kind=STATUS.kind)
                    await self.backend.execute(self._request(reopen, self.new_key()))
            except BackendError as caught:
                error = caught
            else:
                self.closed = False
                await self.tell(ShopReopened(shop=self.plan.shop))
                return
        await self.tell(ReopenFailed(shop=self.plan.shop, why=_left_closed(self.plan, error)))


def wishes_of(step: Step, plan: ShopPlan) -> dict[FieldRef, tuple[Scalar, Scalar]]:
    """What a writing step touches: each field with its value before and after."""
    match step.does:
        case Does.CLOSE:
            return {STATUS: (StorefrontStatus.OPEN, StorefrontStatus.CLOSED)}
        case Does.REOPEN:
            return {STATUS: (StorefrontStatus.CLOSED, StorefrontStatus.OPEN)}
        case Does.WRITE | Does.VERIFY:
            changes = (plan.change_at(ref) for ref in step.refs)
            return {change.ref: (change.before, change.after) for change in changes}


def step_is_visible(step: Step, plan: ShopPlan, observed: Observed) -> bool:
    """A value written again to make others follow looks the same before and after: only those others tell."""
    reasserted = any(plan.change_at(ref).reason is Reason.REASSERTED for ref in step.refs)
    return not reasserted or not not_following(observed)


def so_far(plan: ShopPlan) -> tuple[tuple[FieldRef, Scalar], ...]:
    """What must stand once the switch is written: Amazon設定 and all that follows it."""
    return tuple((c.ref, c.after) for c in plan.changes if c.derived or c.ref.kind == AMAZON_SETTINGS.name)


def diagnose(error: BackendError, plan: ShopPlan, step: Step | None = None) -> Diagnostic:
    """An error of the backend as a finding on the shop."""
    return found(
        error.code,
        say("{text} ({request})", text=error.text, request=error.request) if error.request else error.text,
        shop=plan.shop,
        subject=step.kind if step and step.kind else None,
        origin=plan.origin,
    )


def _as_wanted(want: Scalar, have: Scalar | Unset, ref: FieldRef) -> bool:
    return have is not UNSET and same(ref.spec.policy.compare, want, have)


def _left_closed(plan: ShopPlan, error: BackendError | None) -> Diagnostic:
    reason = error.text if error else say("it did not answer")
    return found(
        codes.LEFT_CLOSED,
        say("the shop was open, is CLOSED NOW, and could not be reopened: {reason}", reason=reason),
        way_on=say("open it in the admin screens, or run apply again once the backend answers"),
        shop=plan.shop,
        origin=plan.origin,
    )
