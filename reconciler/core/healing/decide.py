"""Decides for each finding of a look whether it is healed now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum

from reconciler.core.findings.finding import Finding, FindingClass
from reconciler.core.healing.policy import HealingMode, HealingPolicy, HealingRule, healable_field
from reconciler.core.healing.record import Fight, Heal, find_fight, is_looked_at, next_heal
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import shifted_utc


class HealingRefusal(Enum):
    """Why a finding is not healed now."""

    NOT_DRIFTED = "not-drifted"
    """A conflict, a field that does not follow, or a finding of a whole shop."""
    ACCEPTED = "accepted"
    PENDING = "pending"
    """Git does not want what was last applied: the change of Git is applied by a person. Or the manifest cannot be read."""
    NO_RULE = "no-rule"
    NEVER = "never"
    """A field that no policy can name, or a value that turns off a way to pay."""
    OTHER_ACTOR = "other-actor"
    """Another actor or a higher severity than the rule allows, or the actor is unknown."""
    OUTSIDE_WINDOW = "outside-window"
    WAITING = "waiting"
    FIGHT = "fight"
    MASS_CHANGE = "mass-change"
    LIMIT = "limit"
    """As many shops as a look may heal are healed already."""
    HELD = "held"
    """A rule of the shop, a guard or an unfinished rollout holds the plan."""
    MOVED = "moved"
    """The field, or the shop, is not as the look saw it."""


@frozen
class HealingDecision:
    """Without a `refusal` the finding is healed, or proposed, as its rule says. `due`: when it may be healed, where it waits."""

    finding: Finding
    rule: HealingRule | None = None
    refusal: HealingRefusal | None = None
    due: str | None = None
    fight: Fight | None = None

    @property
    def heals(self) -> bool:
        return self.refusal is None and self.rule is not None and self.rule.mode is HealingMode.HEAL


@frozen
class HealingLook:
    """`shops` counts all declared ones. `heals` are by the id of a finding, oldest first. `minutes` are the local time of day in
    each time zone of the policy. `applied` are the ids of findings for which Git declares what was last applied. `recent` are
    the shops that were healed a moment ago: they count for `max_share`, so that many small looks are no way around it.
    """

    now: str
    shops: int
    heals: Mapping[str, Sequence[Heal]]
    minutes: Mapping[str, int]
    applied: frozenset[str]
    recent: frozenset[str] = frozenset()


def may_be_healed(finding: Finding, policy: HealingPolicy) -> bool:
    """Whether a rule names it at all: only of these it has to be known what was last applied."""
    return _refused_by_kind(finding) is None and _rule_for(finding, policy) is not None


def decide_healing(
    findings: Sequence[Finding], policy: HealingPolicy, look: HealingLook, only: frozenset[str] | None = None
) -> tuple[HealingDecision, ...]:
    """One for each finding, in their order. The most severe are healed first. `only` these shops are healed, where it is given:
    the others count for `max_share` alone, and their findings are those that could be healed.
    """
    decided = [_decide(finding, policy, look) for finding in findings]
    healed = sorted(
        {each.finding.key.shop for each in decided if each.heals}, key=lambda shop: (-_worst(decided, shop), shop)
    )
    if len({*healed, *look.recent}) > max(1, int(policy.max_share * look.shops)):
        return tuple(_limited(decided, frozenset(), HealingRefusal.MASS_CHANGE))
    wanted = [shop for shop in healed if only is None or shop in only]
    return tuple(_limited(decided, frozenset(wanted[: policy.max_per_look]), HealingRefusal.LIMIT))


def _worst(decided: Sequence[HealingDecision], shop: str) -> int:
    return max(each.finding.severity for each in decided if each.finding.key.shop == shop and each.heals)


def _limited(
    decided: Sequence[HealingDecision], shops: frozenset[str], refusal: HealingRefusal
) -> Iterator[HealingDecision]:
    for each in decided:
        yield replace(each, refusal=refusal) if each.heals and each.finding.key.shop not in shops else each


def _decide(finding: Finding, policy: HealingPolicy, look: HealingLook) -> HealingDecision:
    refusal = _refused_by_kind(finding)
    if refusal is not None:
        return HealingDecision(finding=finding, refusal=refusal)
    rule = _rule_for(finding, policy)
    if rule is None:
        return HealingDecision(finding=finding, refusal=HealingRefusal.NO_RULE)
    return _judge(HealingDecision(finding=finding, rule=rule), rule, look)


def _refused_by_kind(finding: Finding) -> HealingRefusal | None:
    if finding.key.kind is not FindingClass.DRIFTED or not finding.present:
        return HealingRefusal.NOT_DRIFTED
    return None if finding.unsettled else HealingRefusal.ACCEPTED


def _rule_for(finding: Finding, policy: HealingPolicy) -> HealingRule | None:
    return next((rule for rule in policy.rules if rule.names(finding)), None)


def _judge(decision: HealingDecision, rule: HealingRule, look: HealingLook) -> HealingDecision:
    finding = decision.finding
    if healable_field(finding.key.field) is not None or finding.desired is False:
        return replace(decision, refusal=HealingRefusal.NEVER)
    if finding.key.id not in look.applied:
        return replace(decision, refusal=HealingRefusal.PENDING)
    if not rule.accepts(finding):
        return replace(decision, refusal=HealingRefusal.OTHER_ACTOR)
    heals = look.heals.get(finding.key.id, ())
    fight = find_fight(finding, heals, look.now)
    if fight is not None:
        return replace(decision, refusal=HealingRefusal.FIGHT, fight=fight)
    if rule.mode is HealingMode.HEAL and not rule.open_at(look.minutes[rule.time_zone]):
        opens = shifted_utc(look.now, 60 * rule.minutes_until_open(look.minutes[rule.time_zone]))
        return replace(decision, refusal=HealingRefusal.OUTSIDE_WINDOW, due=opens)
    if not is_looked_at(finding, heals):
        return replace(decision, refusal=HealingRefusal.WAITING)
    due = next_heal(finding, heals, look.now)
    return replace(decision, refusal=HealingRefusal.WAITING, due=due) if due > look.now else decision
