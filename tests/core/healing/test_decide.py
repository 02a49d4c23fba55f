"""What is healed without a person: only what the policy names, never more than it allows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.messages import Message
from reconciler.core.findings.finding import ChangeAuthor, Finding, FindingClass, FindingKey, FindingState
from reconciler.core.healing.decide import HealingDecision, HealingLook, HealingRefusal, decide_healing
from reconciler.core.healing.policy import NO_HEALING, HealingMode, HealingPolicy, HealingRule, healable_field
from reconciler.core.healing.record import Heal, HealOutcome
from reconciler.core.healing.words import REFUSAL_WORDS
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import shifted_utc

NOW = "2026-04-01T03:00:00Z"
MAIL, PRE_ORDER = "amazon.notification.email", "payment.amazon_pay.pre_order"
RULE = HealingRule(name="mail", fields=("amazon.notification.*", "payment.*"))
POLICY = HealingPolicy(rules=(RULE,), max_share=1.0)


def drifted(shop: str = "kyoto-tea", field: str = MAIL, **words: object) -> Finding:
    kind = words.pop("kind", FindingClass.DRIFTED)
    assert isinstance(kind, FindingClass)
    finding = Finding(
        key=FindingKey(fleet="fleet", shop=shop, field=field, kind=kind),
        state=FindingState.OPEN,
        severity=FindingSeverity.MEDIUM,
        first_seen=NOW,
        opened=NOW,
        last_seen=NOW,
        since=NOW,
        flipped=NOW,
        desired="pay@kyoto-tea.example",
        observed="private@kyoto-tea.example",
        author=ChangeAuthor(actor="花子", actor_type="MERCHANT", at=NOW),
    )
    return replace(finding, **words)  # type: ignore[arg-type]


class Everything(frozenset[str]):
    """Contains any id."""

    def __contains__(self, item: object) -> bool:
        return True


def look(**heals: tuple[Heal, ...]) -> HealingLook:
    return HealingLook(now=NOW, shops=100, heals=heals, minutes={"Asia/Tokyo": 12 * 60}, applied=Everything())


def decide(finding: Finding, policy: HealingPolicy = POLICY) -> HealingDecision:
    (decision,) = decide_healing([finding], policy, look())
    return decision


def test_a_merchants_change_of_a_named_field_is_healed():
    decision = decide(drifted())
    assert (decision.heals, decision.rule, decision.refusal) == (True, RULE, None)


def test_without_a_policy_nothing_is_healed():
    assert decide(drifted(), NO_HEALING).refusal is HealingRefusal.NO_RULE


@pytest.mark.parametrize(
    ("finding", "refusal"),
    [
        (drifted(kind=FindingClass.CONFLICT), HealingRefusal.NOT_DRIFTED),
        (drifted(kind=FindingClass.NOT_FOLLOWING), HealingRefusal.NOT_DRIFTED),
        (drifted(kind=FindingClass.LEFT_CLOSED, field=""), HealingRefusal.NOT_DRIFTED),
        (drifted(present=False), HealingRefusal.NOT_DRIFTED),
        (drifted(state=FindingState.ACCEPTED), HealingRefusal.ACCEPTED),
        (drifted(field="amazon.messages.ORDER_AREA.label"), HealingRefusal.NO_RULE),
        (drifted(field=PRE_ORDER, desired=False, observed=True), HealingRefusal.NEVER),
        (drifted(severity=FindingSeverity.HIGH), HealingRefusal.OTHER_ACTOR),
        (drifted(author=None), HealingRefusal.OTHER_ACTOR),
        (
            drifted(author=ChangeAuthor(actor="プラットフォーム", actor_type="PLATFORM", at=NOW)),
            HealingRefusal.OTHER_ACTOR,
        ),
    ],
)
def test_what_is_left_to_a_person(finding: Finding, refusal: HealingRefusal):
    decision = decide(finding)
    assert (decision.refusal, decision.heals) == (refusal, False)


def test_a_rule_that_names_everything_still_heals_no_credential_and_closes_no_shop():
    everything = HealingPolicy(rules=(replace(RULE, fields=("*",), severity=FindingSeverity.CRITICAL),), max_share=1.0)
    for field in ("amazon.api.seller_id", "amazon.api.client_id", "amazon.api.mws_auth_token", "amazon.enabled"):
        assert decide(drifted(field=field), everything).refusal is HealingRefusal.NEVER


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (MAIL, None),
        (PRE_ORDER, None),
        ("amazon.enabled", "only while the shop is closed"),
        ("amazon.api.seller_id", "where the money goes"),
        ("amazon.api.mws_auth_token", "is a secret"),
        ("amazon.nothing", "unknown field"),
        ("storefront.status", "opens or closes the shop"),
        ("seller_central.ipn_endpoint", None),
        ("amazon_settings.buttons_visible", "follows another field"),
        ("amazon.messages", "name one of them"),
        ("amazon.messages.ORDER_AREA.label", None),
    ],
)
def test_which_fields_a_policy_may_name(field: str, reason: str | None):
    found = healable_field(field)
    assert found is None if reason is None else isinstance(found, Message) and reason in str(found)


def test_a_rule_that_proposes_heals_nothing():
    policy = replace(POLICY, rules=(replace(RULE, mode=HealingMode.PROPOSE),))
    decision = decide(drifted(), policy)
    assert (decision.refusal, decision.heals) == (None, False)


def test_outside_its_window_a_rule_waits():
    policy = replace(POLICY, rules=(replace(RULE, window=(2 * 60, 5 * 60)),))
    assert decide(drifted(), policy).refusal is HealingRefusal.OUTSIDE_WINDOW
    assert decide(drifted(), replace(POLICY, rules=(replace(RULE, window=(23 * 60, 13 * 60)),))).heals


def test_a_finding_that_was_healed_a_moment_ago_waits_and_says_until_when():
    finding = drifted()
    heal = Heal(at=shifted_utc(NOW, -1), outcome=HealOutcome.HEALED, actor="花子", desired=finding.desired)
    (decision,) = decide_healing([finding], POLICY, look(**{finding.key.id: (heal,)}))
    assert (decision.refusal, decision.due) == (HealingRefusal.WAITING, shifted_utc(NOW, 59))


def test_a_fight_is_named_and_not_fought():
    finding = drifted()
    heals = tuple(
        Heal(at=shifted_utc(NOW, -hours * 3600), outcome=HealOutcome.HEALED, actor="花子", desired=finding.desired)
        for hours in (9, 6, 3)
    )
    (decision,) = decide_healing([finding], POLICY, look(**{finding.key.id: heals}))
    assert decision.refusal is HealingRefusal.FIGHT
    assert decision.fight is not None
    assert decision.fight.period == 3 * 3600


def test_a_look_heals_so_many_shops_the_most_severe_first():
    low = [drifted(f"shop-{n}", severity=FindingSeverity.LOW) for n in range(5)]
    medium = [drifted("zushi"), drifted("zushi", PRE_ORDER, desired=True, observed=False)]
    decided = decide_healing([*low, *medium], replace(POLICY, max_per_look=2), look())
    assert [each.finding.key.shop for each in decided if each.heals] == ["shop-0", "zushi", "zushi"]
    assert {each.refusal for each in decided if not each.heals} == {HealingRefusal.LIMIT}


def test_a_mass_change_is_not_healed_at_all():
    many = [drifted(f"shop-{n}") for n in range(3)]
    policy = replace(POLICY, max_share=0.02)
    assert {each.refusal for each in decide_healing(many, policy, look())} == {HealingRefusal.MASS_CHANGE}
    assert all(each.heals for each in decide_healing(many[:2], policy, look()))


KINDS = st.sampled_from([FindingClass.DRIFTED, FindingClass.DRIFTED, FindingClass.CONFLICT, FindingClass.LEFT_CLOSED])
FIELDS = st.sampled_from([MAIL, PRE_ORDER, "amazon.enabled", "amazon.api.seller_id", "payment.amazon_pay.auto_link"])
ACTORS = st.sampled_from(["MERCHANT", "PLATFORM", "CLIENT"])


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    return [
        drifted(
            f"shop-{draw(st.integers(0, 12))}",
            draw(FIELDS),
            kind=draw(KINDS),
            severity=draw(st.sampled_from(list(FindingSeverity))),
            desired=draw(st.sampled_from([True, False, "text"])),
            author=ChangeAuthor(actor="a", actor_type=draw(ACTORS), at=NOW),
        )
        for _ in range(draw(st.integers(0, 20)))
    ]


@given(findings(), st.integers(1, 5), st.floats(0.0, 1.0), st.integers(1, 200))
def test_whatever_is_found_a_look_stays_within_the_policy(found: list[Finding], most: int, share: float, shops: int):
    policy = HealingPolicy(rules=(replace(RULE, fields=("*",)),), max_per_look=most, max_share=share)
    decided = decide_healing(found, policy, replace(look(), shops=shops))
    assert [each.finding for each in decided] == found
    healed = [each.finding for each in decided if each.heals]
    assert len({each.key.shop for each in healed}) <= min(most, max(1, int(share * shops)))
    for finding in healed:
        assert finding.key.kind is FindingClass.DRIFTED
        assert finding.severity <= RULE.severity
        assert finding.author is not None
        assert finding.author.actor_type == "MERCHANT"
        assert finding.desired is not False
        assert healable_field(finding.key.field) is None


def test_what_git_changed_since_the_last_apply_is_pending():
    (decision,) = decide_healing([drifted()], POLICY, replace(look(), applied=frozenset()))
    assert decision.refusal is HealingRefusal.PENDING


def test_a_heal_that_no_look_saw_yet_is_neither_repeated_nor_a_round_of_a_fight():
    """Whether it was undone is not known, however long ago it was."""
    finding = drifted(last_seen=shifted_utc(NOW, -7 * 3600), opened=shifted_utc(NOW, -9 * 3600))
    heals = tuple(
        Heal(at=shifted_utc(NOW, -hours * 3600), outcome=HealOutcome.HEALED, actor="花子", desired=finding.desired)
        for hours in (9, 8, 7)
    )
    (decision,) = decide_healing([finding], POLICY, look(**{finding.key.id: heals}))
    assert (decision.refusal, decision.due) == (HealingRefusal.WAITING, None)


def test_a_closed_window_says_when_it_opens():
    policy = replace(POLICY, rules=(replace(RULE, window=(2 * 60, 5 * 60)),))
    assert decide(drifted(), policy).due == shifted_utc(NOW, 14 * 3600)


def test_a_proposal_needs_no_window():
    """A person chooses when it is applied."""
    rule = replace(RULE, window=(2 * 60, 5 * 60), mode=HealingMode.PROPOSE)
    assert decide(drifted(), replace(POLICY, rules=(rule,))).refusal is None


def test_only_the_given_shops_are_healed_and_the_others_count_for_the_share():
    many = [drifted(f"shop-{n}") for n in range(3)]
    decided = decide_healing(many, POLICY, look(), frozenset({"shop-1"}))
    assert [each.finding.key.shop for each in decided if each.heals] == ["shop-1"]
    policy = replace(POLICY, max_share=0.02)
    assert not any(each.heals for each in decide_healing(many, policy, look(), frozenset({"shop-1"})))


def test_shops_that_were_healed_a_moment_ago_count_for_the_share():
    policy = replace(POLICY, max_share=0.02)
    some = [drifted("shop-1"), drifted("shop-2")]
    recent = replace(look(), recent=frozenset({"shop-0"}))
    assert {each.refusal for each in decide_healing(some, policy, recent)} == {HealingRefusal.MASS_CHANGE}
    assert all(each.heals for each in decide_healing(some, policy, replace(recent, recent=frozenset({"shop-1"}))))


def test_every_refusal_has_words():
    assert set(REFUSAL_WORDS) == set(HealingRefusal)
