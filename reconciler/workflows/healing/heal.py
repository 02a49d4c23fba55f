"""The use case `heal`: what drifted and may be undone without a person is undone by the policy.

In: a session and its policy. Out: a `HealResult`. It is level-triggered: findings are read from the store, and what was healed
before decides when they may be healed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.findings.finding import FindingEvent, FindingEventKind, HealingFacts
from reconciler.core.healing.decide import HealingRefusal
from reconciler.core.healing.policy import HealingMode
from reconciler.core.model.selection import Selection
from reconciler.core.results.heal_result import HealingEntry, HealingOutcome, HealResult
from reconciler.core.results.validation_result import FailureResult
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.workflows.alerts.after_look import AlertedLook, alert_after_look
from reconciler.workflows.alerts.rules import read_alert_rules
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.healing.apply_rule import RuleHeal, heal_by_rule
from reconciler.workflows.healing.decisions import DecidedHealing, decide_now
from reconciler.workflows.healing.propose import propose_plans

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.core.healing.decide import HealingDecision
    from reconciler.core.results.drift_result import DriftResult
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.values import ShopKey
    from reconciler.ports.findings.heals import HealStore
    from reconciler.workflows.session import Session


NOTHING: Final = DecidedHealing(heals={}, shops=0)


@frozen
class HealRequest:
    """`check`: only the decisions, nothing is healed or proposed."""

    selection: Selection = field(default_factory=Selection)
    check: bool = False


async def heal_drift(session: Session, request: HealRequest) -> HealResult | FailureResult:
    """Looks at the selection, heals what it saw, and looks once more at the healed shops. All looks are recorded. Raises
    BackendError where nothing at all can be read, SetupError where the store cannot be used.
    """
    look = await detect_drift(session, DriftRequest(selection=request.selection, record=True))
    if isinstance(look, FailureResult):
        return look
    shops = frozenset(shop.shop for shop in look.drift.shops)
    decided = decide_now(session, shops)
    result = _of_check(decided) if request.check else await _heal(session, decided, shops)
    again = await _look_again(session, result.healed_shops)
    return replace(
        result,
        diagnostics=(*look.all_diagnostics, *result.diagnostics, *(again.diagnostics if again is not None else ())),
        requests=(*look.requests, *result.requests, *(again.requests if again is not None else ())),
        notices=(*look.notices, *result.notices),
    )


async def heal_after_look(session: Session, shops: Collection[ShopKey] | None) -> HealResult:
    """Heals what earlier looks recorded of these shops; None: of all. Raises what `heal_drift` raises."""
    return await _heal(session, decide_now(session, shops) if session.healing.rules else NOTHING, shops)


async def _heal(session: Session, decided: DecidedHealing, shops: Collection[ShopKey] | None) -> HealResult:
    fights = _announce_fights(
        session, decided.decisions
    )  # first: that a heal fails is no reason to be silent about them
    healed = [
        await heal_by_rule(
            session, rule, [each for each in decided.decisions if each.heals and each.rule == rule], decided
        )
        for rule in session.healing.rules
        if any(each.heals and each.rule == rule for each in decided.decisions)
    ]
    proposing = [each for each in decided.decisions if _proposes(each)]
    proposed = await propose_plans(session, proposing, shops, total=decided.shops)
    alerted = await _alert(session) if fights or proposed.made else AlertedLook()
    applied = tuple(each.applied for each in healed if each.applied is not None)
    entries = _in_order(decided, (*(entry for each in healed for entry in each.entries), *proposed.entries))
    return HealResult(
        entries=entries,
        applied=applied,
        next_due=_next_due(entries),
        diagnostics=(*(found for each in applied for found in each.all_diagnostics), *alerted.warnings),
        notices=alerted.notices,
        requests=(*_requests(healed), *proposed.requests),
    )


def _proposes(decision: HealingDecision) -> bool:
    return decision.refusal is None and decision.rule is not None and decision.rule.mode is HealingMode.PROPOSE


def _of_check(decided: DecidedHealing) -> HealResult:
    entries = tuple(
        HealingEntry(
            decision=each,
            outcome=_outcome_of_check(each),
        )
        for each in decided.decisions
    )
    return HealResult(entries=entries, check=True, next_due=_next_due(entries))


def _outcome_of_check(decision: HealingDecision) -> HealingOutcome:
    if decision.refusal is not None:
        return _outcome_of_refusal(decision.refusal)
    return HealingOutcome.DUE if decision.heals else HealingOutcome.PROPOSABLE


def _outcome_of_refusal(refusal: HealingRefusal | None) -> HealingOutcome:
    return HealingOutcome.FIGHT if refusal is HealingRefusal.FIGHT else HealingOutcome.LEFT


def _in_order(decided: DecidedHealing, treated: Iterable[HealingEntry]) -> tuple[HealingEntry, ...]:
    """One entry for each decision, in their order."""
    by_finding = {each.decision.finding.key.id: each for each in treated}
    return tuple(
        by_finding.get(each.finding.key.id) or HealingEntry(decision=each, outcome=_outcome_of_refusal(each.refusal))
        for each in decided.decisions
    )


def _next_due(entries: Iterable[HealingEntry]) -> str | None:
    return min((each.decision.due for each in entries if each.decision.due is not None), default=None)


def _requests(healed: Sequence[RuleHeal]) -> tuple[RequestLogEntry, ...]:
    planned = (request for each in healed for request in each.requests)
    return (*planned, *(request for each in healed if each.applied is not None for request in each.applied.requests))


def _announce_fights(session: Session, decisions: Sequence[HealingDecision]) -> bool:
    """Whether any is news. Each fight is recorded once, and again if it goes on after another heal."""
    fights = [each for each in decisions if each.fight is not None]
    if not fights:
        return False
    now = format_utc(session.clock.now())
    with session.heals.open(create=True) as store:
        assert store is not None  # it was to be created
        news = [each for each in fights if _is_news(store, each, now)]
    return bool(news)


def _is_news(store: HealStore, decision: HealingDecision, now: str) -> bool:
    fight, rule = decision.fight, decision.rule
    assert fight is not None  # of a decision with a fight
    assert rule is not None
    facts = HealingFacts(rule=rule.name, heals=fight.heals, since=fight.since, period=fight.period)
    event = FindingEvent(kind=FindingEventKind.FIGHT, at=now, finding=decision.finding, healing=facts)
    news = store.announce_fight(event, fight.last)
    if news:
        key = decision.finding.key
        log_event("fight", level="warning", shop=key.shop, field=key.field, rule=rule.name, heals=fight.heals)
    return news


async def _alert(session: Session) -> AlertedLook:
    alerts = read_alert_rules(session)
    if alerts is None:
        return AlertedLook()
    if isinstance(alerts, FailureResult):
        return AlertedLook(warnings=alerts.diagnostics)
    return await alert_after_look(session, alerts.settings, alerts.rules)


async def _look_again(session: Session, shops: Collection[ShopKey]) -> DriftResult | FailureResult | None:
    """So that what was healed is resolved, and known as resolved by healing."""
    if not shops:
        return None
    return await detect_drift(session, DriftRequest(selection=Selection(names=frozenset(shops)), record=True))
