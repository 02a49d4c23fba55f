"""Applies what one rule of the policy heals: plan, compare with the decision, record, apply, record what came of it.

The heal is recorded as failed before the first write and as healed after it: a killed process made an attempt, and the next one
waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.healing.check_plan import plan_refusal
from reconciler.core.healing.decide import HealingRefusal
from reconciler.core.healing.record import Heal, HealOutcome
from reconciler.core.model.selection import Selection
from reconciler.core.results.heal_result import HealingEntry, HealingOutcome
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import ShopKey
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.ports.findings.heals import HealedField
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.apply.saved_rollout import planned_shops
from reconciler.workflows.healing.narrowed import fields_of, healing_session
from reconciler.workflows.plan import plan_selection

if TYPE_CHECKING:
    from reconciler.core.findings.finding import Finding
    from reconciler.core.healing.decide import HealingDecision
    from reconciler.core.healing.policy import HealingRule
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.apply_result import ApplyResult
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.workflows.healing.decisions import DecidedHealing
    from reconciler.workflows.healing.narrowed import HealedFields
    from reconciler.workflows.session import Session


@frozen
class RuleHeal:
    """`applied` is None where nothing was to be written; `requests` are those of the plan."""

    entries: tuple[HealingEntry, ...]
    applied: ApplyResult | None = None
    requests: tuple[RequestLogEntry, ...] = ()


@frozen
class CheckedPlan:
    """A plan over the narrowed manifests. `refusals` are the shops in which it must not be applied."""

    plan: Plan
    refusals: Mapping[ShopKey, HealingRefusal]
    requests: tuple[RequestLogEntry, ...]

    @property
    def leaves(self) -> dict[ShopKey, str]:
        """Of the shops in which it may be applied."""
        return {leaf.shop: leaf.digest for leaf in self.plan.leaves if leaf.shop not in self.refusals}


async def heal_by_rule(
    session: Session, rule: HealingRule, decisions: Sequence[HealingDecision], decided: DecidedHealing
) -> RuleHeal:
    """Raises BackendError where nothing at all can be read, SetupError where the store cannot be used."""
    fields = fields_of(each.finding for each in decisions)
    narrowed = healing_session(session, fields, rule.name)
    checked = await plan_checked(narrowed, fields, others=decided.shops - len(fields))
    leaves = checked.leaves
    numbers = _begin(session, rule, [finding for shop in leaves for finding in fields[shop].values()], decided)
    applied = None
    if numbers:
        request = ApplyRequest(
            selection=Selection(names=frozenset(leaves)), approved=leaves, others=decided.shops - len(leaves)
        )
        own = healing_session(session, {shop: fields[shop] for shop in leaves}, rule.name)
        applied = await apply_manifests(own, request)
        _end(session, fields, applied, numbers)
    entries = (_entry(each, checked.refusals, applied, started=bool(numbers)) for each in decisions)
    return RuleHeal(entries=tuple(entries), applied=applied, requests=checked.requests)


async def plan_checked(narrowed: Session, fields: HealedFields, *, others: int) -> CheckedPlan:
    """The plan of these fields alone, made now. Raises what `heal_by_rule` raises."""
    planned, requests = await plan_selection(narrowed, Selection(names=frozenset(fields)), (), others=others)
    key, plan = narrowed.digest_key(), planned.plan
    waiting = _unfinished_rollout(narrowed)
    held = any(finding.blocking for finding in plan.findings)
    refusals = {shop.shop: plan_refusal(shop, fields[shop.shop], key) for shop in plan.shops}
    found = {shop: refusals.get(shop, HealingRefusal.HELD) for shop in fields}
    found |= {shop: HealingRefusal.HELD for shop in fields if (held or shop in waiting) and found[shop] is None}
    refused = {shop: refusal for shop, refusal in found.items() if refusal is not None}
    return CheckedPlan(plan=plan, refusals=refused, requests=tuple(requests))


def _unfinished_rollout(session: Session) -> frozenset[ShopKey]:
    """Its shops: a heal would discard it, and it is a person's."""
    try:
        saved = session.plans.load_rollout()
        return frozenset() if saved is None else frozenset(planned_shops(session.plans.load(saved.plan)))
    except SetupError:
        return frozenset()  # it cannot be continued


def _begin(
    session: Session, rule: HealingRule, findings: Sequence[Finding], decided: DecidedHealing
) -> Mapping[str, int]:
    """The number of each finding's heal, by its id; none where another process heals it."""
    if not findings:
        return {}
    at = format_utc(session.clock.now())
    started = [(_healed_field(each, rule), _heal(each, at)) for each in findings]
    with session.heals.open(create=True) as store:
        assert store is not None  # it was to be created
        numbers = store.begin_heals(session.target.fleet_name, started, decided.heals)
    return {finding.key.id: number for finding, number in zip(findings, numbers, strict=bool(numbers))}


def _healed_field(finding: Finding, rule: HealingRule) -> HealedField:
    key = finding.key
    return HealedField(finding=key.id, shop=ShopKey(key.shop), field=key.field, rule=rule.name)


def _heal(finding: Finding, at: str) -> Heal:
    author = finding.author
    assert author is not None  # of a decision to heal
    return Heal(at=at, outcome=HealOutcome.FAILED, actor=author.actor, desired=finding.desired)


def _end(session: Session, fields: HealedFields, applied: ApplyResult, numbers: Mapping[str, int]) -> None:
    outcomes = {
        numbers[finding.key.id]: HealOutcome.HEALED if _is_applied(applied, shop) else HealOutcome.FAILED
        for shop, findings in fields.items()
        for finding in findings.values()
        if finding.key.id in numbers
    }
    with session.heals.open(create=True) as store:
        assert store is not None  # as above
        store.end_heals(session.target.fleet_name, outcomes, applied.run)
    for shop, findings in fields.items():
        for finding in findings.values():
            if finding.key.id in numbers:
                outcome = outcomes[numbers[finding.key.id]]
                log_event("healed", shop=shop, field=finding.key.field, outcome=outcome.value)


def _is_applied(applied: ApplyResult, shop: str) -> bool:
    return applied.outcomes.get(shop) == ShopOutcome.APPLIED.value


def _entry(
    decision: HealingDecision,
    refusals: Mapping[ShopKey, HealingRefusal],
    applied: ApplyResult | None,
    *,
    started: bool,
) -> HealingEntry:
    shop = ShopKey(decision.finding.key.shop)
    refusal = refusals.get(shop) if started else refusals.get(shop, HealingRefusal.MOVED)
    if refusal is not None:
        return HealingEntry(decision=replace(decision, refusal=refusal), outcome=HealingOutcome.LEFT)
    healed = applied is not None and _is_applied(applied, shop)
    outcome = HealingOutcome.HEALED if healed else HealingOutcome.FAILED
    return HealingEntry(decision=decision, outcome=outcome, run=None if applied is None else applied.run)
