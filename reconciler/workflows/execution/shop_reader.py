"""One shop as it is read in the course of an apply: whole, with the versions that the next writes need.

In: the shop's plan and a backend. Out: the shop, or a BackendError. It writes nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import IPN_ENDPOINT
from reconciler.core.model.state import FieldRef, Known, Observed, Unknown
from reconciler.core.planning.plan import ShopPlan, Step
from reconciler.core.runs.events import Seals
from reconciler.core.values import SealedSecret
from reconciler.ports import Backend, BackendError, Unexpected
from reconciler.workflows.execution.closure import ClosureTimer
from reconciler.workflows.execution.errors import ShopUnreadable, step_error_diagnostic
from reconciler.workflows.execution.steps import STATUS, changed_kinds, is_of_another_seller, seals_in


@dataclass(slots=True, kw_only=True)
class ShopReader:
    """`versions` follows what the backend answers, `seals` are those that were read last. `remaining_steps` are those still to be
    done, the present one first. `closed` is whether we (may) have closed the shop, `closing_version` the storefront's version by
    our own acknowledged closing: no read, which may come late, is trusted over it.
    """

    plan: ShopPlan
    backend: Backend
    time: ClosureTimer
    versions: dict[str, str] = field(default_factory=dict)
    seals: dict[FieldRef, SealedSecret] = field(default_factory=dict)
    remaining_steps: tuple[Step, ...] = ()
    closed: bool = False
    closing_version: str | None = None

    async def observe(self, *, happened: bool | None) -> Observed:
        """The shop, whole. If it cannot be read, `happened` is what stays true of the write in question."""
        try:
            observed = await self.time.with_deadline(self.read, happened=happened)
            for read in observed.reads.values():
                if isinstance(read, Unknown):
                    raise ShopUnreadable(read.reason)
        except BackendError as error:
            error.happened = happened
            raise
        return observed

    async def read(self) -> Observed:
        """What can be read of it now."""
        answers = [answer async for answer in self.backend.observe([self.plan.shop])]
        observed = answers[-1] if answers else self._nothing()
        self._take_versions(observed)
        for kind, read in observed.reads.items():
            self.seals |= seals_in(kind, read.value) if isinstance(read, Known) else {}
        return observed

    def _nothing(self) -> Observed:
        why = step_error_diagnostic(Unexpected(msg("the backend returned nothing")), self.plan)
        return Observed.unknown(self.plan.shop, why)

    def seals_at(self, refs: Iterable[FieldRef]) -> Seals:
        """What the backend shows of the secrets among `refs`, as it was read last."""
        return tuple((ref, self.seals[ref]) for ref in refs if ref in self.seals)

    def _take_versions(self, observed: Observed) -> None:
        """The versions of the remaining writes, so that the next write is not refused for changes of the last one.

        If another actor changed something that is still to be written, the old version stays: its write is refused.
        """
        old = changed_kinds(self.remaining_steps, self.plan, observed, closed=self.closed)
        if self.closing_version is not None:
            old.add(STATUS.kind)
        if is_of_another_seller(self.plan, observed):
            old.add(IPN_ENDPOINT.name)
        for kind, read in observed.reads.items():
            if isinstance(read, Known) and kind not in old:
                self.versions[kind] = read.version
