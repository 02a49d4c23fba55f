"""Keeps one proposed plan per shop: made when a rule proposes, replaced when what it is for changes, gone when that is resolved.

In: the decisions of a look. Out: entries, each with the saved plan. Nothing is written to the backend.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from reconciler.core.findings.finding import FindingEvent, FindingEventKind, HealingFacts
from reconciler.core.model.canonical import dumps
from reconciler.core.planning.narrow import narrow_plan
from reconciler.core.results.heal_result import HealingEntry, HealingOutcome
from reconciler.core.values import ShopKey
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports.findings.heals import Proposal
from reconciler.workflows.healing.apply_rule import plan_checked
from reconciler.workflows.healing.narrowed import fields_of, healing_session

if TYPE_CHECKING:
    from reconciler.core.findings.finding import Finding
    from reconciler.core.healing.decide import HealingDecision, HealingRefusal
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.ports.findings.heals import HealStore
    from reconciler.workflows.session import Session

Wanted = Mapping[ShopKey, Sequence["HealingDecision"]]


@frozen
class ProposedPlans:
    """`made`: some of the plans are new."""

    entries: tuple[HealingEntry, ...] = ()
    made: bool = False
    requests: tuple[RequestLogEntry, ...] = ()


async def propose_plans(
    session: Session, decisions: Sequence[HealingDecision], shops: Collection[ShopKey] | None, *, total: int
) -> ProposedPlans:
    """`decisions` are those whose rules propose; `total` counts all declared shops. Proposals of `shops` (None: of all) that
    nothing needs any more are withdrawn. Raises what an apply raises.
    """
    with session.heals.open(create=bool(decisions)) as store:
        if store is None:
            return ProposedPlans()
        return await _Proposing(session, store).work(_by_shop(decisions), shops, total)


def _by_shop(decisions: Iterable[HealingDecision]) -> Wanted:
    found: dict[ShopKey, list[HealingDecision]] = {}
    for each in decisions:
        found.setdefault(ShopKey(each.finding.key.shop), []).append(each)
    return found


class _Proposing:
    def __init__(self, session: Session, store: HealStore) -> None:
        self._session = session
        self._store = store
        self._fleet = session.target.fleet_name
        self._known = {each.shop: each for each in store.proposals(self._fleet)}

    async def work(self, wanted: Wanted, shops: Collection[ShopKey] | None, total: int) -> ProposedPlans:
        self._withdraw([shop for shop in self._known if shop not in wanted and (shops is None or shop in shops)])
        new = {shop: some for shop, some in wanted.items() if not self._is_current(shop, some)}
        files = {shop: self._known[shop].file for shop in wanted if shop not in new}
        if not new:
            return ProposedPlans(entries=tuple(_entries(wanted, files, {})))
        fields = fields_of(each.finding for some in new.values() for each in some)
        checked = await plan_checked(
            healing_session(self._session, fields, ""), fields, others=max(0, total - len(fields))
        )
        made = {shop: self._propose(shop, new[shop], checked.plan) for shop in checked.leaves}
        self._withdraw([shop for shop in new if shop not in made and shop in self._known])
        return ProposedPlans(
            entries=tuple(_entries(wanted, files | made, checked.refusals)),
            made=bool(made),
            requests=checked.requests,
        )

    def _is_current(self, shop: ShopKey, decisions: Sequence[HealingDecision]) -> bool:
        """Whether the saved plan is for these values, and can still be applied."""
        known = self._known.get(shop)
        if known is None or known.findings != _values(decisions) or not self._session.plans.has_proposal(shop):
            return False
        age = self._session.clock.now() - datetime.fromisoformat(known.at)
        return age < timedelta(days=self._session.guards.plan_age)

    def _propose(self, shop: ShopKey, decisions: Sequence[HealingDecision], plan: Plan) -> str:
        """Returns the file."""
        own, at = narrow_plan(plan, (shop,)), format_utc(self._session.clock.now())
        file = self._session.plans.save_proposal(shop, own)
        rules = ", ".join(sorted({each.rule.name for each in decisions if each.rule is not None}))
        values = _values(decisions)
        proposal = Proposal(shop=shop, file=file, fingerprint=own.fingerprint, rule=rules, at=at, findings=values)
        before = self._known[shop].findings if shop in self._known else {}
        news = [each for each in decisions if before.get(each.finding.key.id) != values[each.finding.key.id]]
        self._store.propose(self._fleet, proposal, [_event(each, at, file) for each in news])
        log_event("plan-proposed", shop=shop, file=file)
        return file

    def _withdraw(self, shops: Sequence[ShopKey]) -> None:
        if shops:
            self._store.withdraw(self._fleet, shops)
            for shop in shops:
                self._session.plans.delete_proposal(shop)


def _values(decisions: Sequence[HealingDecision]) -> dict[str, str]:
    return {each.finding.key.id: _value(each.finding) for each in decisions}


def _value(finding: Finding) -> str:
    return sha256(dumps([finding.desired, finding.observed]).encode()).hexdigest()[:16]


def _event(decision: HealingDecision, at: str, file: str) -> FindingEvent:
    assert decision.rule is not None  # of a decision to propose
    facts = HealingFacts(rule=decision.rule.name, file=file)
    return FindingEvent(kind=FindingEventKind.PROPOSED, at=at, finding=decision.finding, healing=facts)


def _entries(
    wanted: Wanted, files: Mapping[ShopKey, str], refusals: Mapping[ShopKey, HealingRefusal]
) -> Iterator[HealingEntry]:
    for shop, decisions in wanted.items():
        for each in decisions:
            if shop in files:
                yield HealingEntry(decision=each, outcome=HealingOutcome.PROPOSED, file=files[shop])
            else:
                refused = replace(each, refusal=refusals.get(shop))
                yield HealingEntry(decision=refused, outcome=HealingOutcome.LEFT)
