"""What is healed now: the stored findings of a fleet, held against the policy, the manifests and what was applied last.

In: a session. Out: a decision for each finding. Nothing is sent to the backend.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from reconciler.core.findings.fields import field_at
from reconciler.core.findings.finding import same_stored_value
from reconciler.core.healing.decide import HealingDecision, HealingLook, decide_healing, may_be_healed
from reconciler.core.model.canonical import to_canonical
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import value_at
from reconciler.core.values import UNSET, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc, shifted_utc
from reconciler.workflows.maintenance_window import minutes_of_day
from reconciler.workflows.sources import DriftSources

if TYPE_CHECKING:
    from reconciler.core.findings.finding import Finding
    from reconciler.core.model.state import Desired, FieldRef
    from reconciler.core.runs.last_applied import LastApplied
    from reconciler.ports import History
    from reconciler.workflows.session import Session

AT_THE_SAME_TIME: Final = 15 * 60
"""Shops that were healed so many seconds ago count for the share of a look: it is no way around it to look more often."""


@frozen
class DecidedHealing:
    """`heals` is how many heals of each finding are known, by its id. `shops` counts all declared ones."""

    decisions: tuple[HealingDecision, ...] = ()
    heals: Mapping[str, int]
    shops: int


def decide_now(session: Session, shops: Collection[ShopKey] | None) -> DecidedHealing:
    """Of these shops; None: of all. The findings of the others count where a share of the fleet counts. Raises SetupError."""
    fleet, now = session.target.fleet_name, format_utc(session.clock.now())
    with session.findings.open(create=False) as store:
        findings = () if store is None else store.findings(fleet)
    named = [finding for finding in findings if may_be_healed(finding, session.healing)]
    with session.heals.open(create=False) as stored:
        heals = {} if stored is None else stored.heals_of(fleet, [finding.key.id for finding in named])
        recent = frozenset() if stored is None else stored.healed_shops(fleet, shifted_utc(now, -AT_THE_SAME_TIME))
    look = HealingLook(
        now=now,
        shops=len(session.manifests.names()),
        heals=heals,
        minutes=minutes_of_day(session.clock.now(), {rule.time_zone for rule in session.healing.rules}),
        applied=_applied(session, named),
        recent=recent,
    )
    only = None if shops is None else frozenset(str(shop) for shop in shops)
    decided = decide_healing(findings, session.healing, look, only)
    return DecidedHealing(
        decisions=tuple(each for each in decided if only is None or each.finding.key.shop in only),
        heals={name: len(some) for name, some in heals.items()},
        shops=look.shops,
    )


def _applied(session: Session, findings: Sequence[Finding]) -> frozenset[str]:
    """The ids of those whose field Git still declares as the look saw it, and as it was applied last."""
    names = frozenset(finding.key.shop for finding in findings)
    if not names:
        return frozenset()
    declared = {desired.shop: desired for desired in session.manifests.read(Selection(names=names)).shops}
    with session.store.history() as history:
        if history is None:
            return frozenset()
        known = _WantedValues(session, history, declared)
        return frozenset(finding.key.id for finding in findings if known.wants_what_was_applied(finding))


class _WantedValues:
    def __init__(self, session: Session, history: History, declared: Mapping[ShopKey, Desired]) -> None:
        self._key = session.digest_key()
        self._declared = declared
        self._applied = DriftSources(history=history, key=self._key).last_applied(sorted(declared))

    def wants_what_was_applied(self, finding: Finding) -> bool:
        shop, ref = ShopKey(finding.key.shop), field_at(finding.key.field)
        desired, applied = self._declared.get(shop), self._applied.get(shop)
        if ref is None or desired is None or applied is None or ref.kind not in desired.values:
            return False
        return self._agrees(ref, desired, applied, finding)

    def _agrees(self, ref: FieldRef, desired: Desired, applied: LastApplied, finding: Finding) -> bool:
        value = value_at(desired.values[ref.kind], ref)
        if value is UNSET or not same_stored_value(to_canonical(value, self._key), finding.desired):
            return False
        return applied.matches(ref, value) is True
