"""How long a heal waits after earlier ones, and when two sides fight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.findings.finding import (
    ChangeAuthor,
    Finding,
    FindingClass,
    FindingKey,
    FindingState,
    same_stored_value,
)
from reconciler.core.healing.record import DAY, Heal, HealOutcome, find_fight, next_heal
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import seconds_between, shifted_utc

START = "2026-04-01T03:00:00Z"
HOUR = 3600


def finding_at(opened: str, *, actor: str = "花子", desired: str = "pay@kyoto-tea.example") -> Finding:
    key = FindingKey(fleet="fleet", shop="kyoto-tea", field="amazon.notification.email", kind=FindingClass.DRIFTED)
    return Finding(
        key=key,
        state=FindingState.OPEN,
        severity=FindingSeverity.MEDIUM,
        first_seen=START,
        opened=opened,
        last_seen=opened,
        since=opened,
        flipped=opened,
        desired=desired,
        observed="private@kyoto-tea.example",
        author=ChangeAuthor(actor=actor, actor_type="MERCHANT", at=opened),
    )


def heal_at(
    hours: float,
    *,
    outcome: HealOutcome = HealOutcome.HEALED,
    actor: str = "花子",
    desired: str = "pay@kyoto-tea.example",
) -> Heal:
    return Heal(at=shifted_utc(START, hours * HOUR), outcome=outcome, actor=actor, desired=desired)


def after(hours: float) -> str:
    return shifted_utc(START, hours * HOUR)


def test_the_first_heal_waits_for_nothing():
    assert next_heal(finding_at(START), (), START) == START


def test_each_heal_that_is_undone_makes_the_next_one_wait_three_times_as_long():
    waits = []
    heals: list[Heal] = []
    now = START
    for _ in range(8):
        heals.append(Heal(at=now, outcome=HealOutcome.HEALED, actor="花子", desired="pay@kyoto-tea.example"))
        opened = shifted_utc(now, 1)
        due = next_heal(finding_at(opened), heals, opened)
        waits.append(seconds_between(now, due))
        now = due
    assert waits == [60, 180, 540, 1620, 4860, 14580, 6 * HOUR, 6 * HOUR]


def test_a_failed_heal_counts_and_does_not_end_the_attempts():
    failed = [heal_at(0, outcome=HealOutcome.FAILED), heal_at(0.1, outcome=HealOutcome.FAILED)]
    now = after(0.12)
    assert now < next_heal(finding_at(START), failed, now) == shifted_utc(failed[-1].at, 180)
    assert find_fight(finding_at(START), failed, now) is None


def test_after_a_quiet_day_the_count_starts_again():
    heals = [heal_at(0), heal_at(1), heal_at(2)]
    opened = shifted_utc(heals[-1].at, DAY)
    assert next_heal(finding_at(opened), heals, opened) == opened
    sooner = shifted_utc(opened, -1)
    assert next_heal(finding_at(sooner), heals, sooner) == shifted_utc(heals[-1].at, 540)


def test_another_value_in_git_starts_the_count_again():
    moved = finding_at(after(3), desired="new@kyoto-tea.example")
    assert next_heal(moved, [heal_at(0), heal_at(1), heal_at(2)], after(3)) == after(3)
    assert find_fight(moved, [heal_at(0), heal_at(1), heal_at(2)], after(3)) is None


def test_one_side_that_undoes_three_heals_within_a_day_fights():
    heals = [heal_at(0), heal_at(2), heal_at(6)]
    assert find_fight(finding_at(after(3)), heals[:2], after(3)) is None
    fight = find_fight(finding_at(after(7)), heals, after(7))
    assert fight is not None
    assert (fight.actor, fight.since, fight.heals, fight.period) == ("花子", START, 3, 3 * HOUR)


@pytest.mark.parametrize(
    "heals",
    [
        [heal_at(0), heal_at(2, actor="太郎"), heal_at(6)],
        [heal_at(0), heal_at(12), heal_at(23.9)],
        [heal_at(0, outcome=HealOutcome.FAILED), heal_at(2), heal_at(6)],
    ],
    ids=["two actors", "longer than a day", "one that did not heal"],
)
def test_what_is_no_fight(heals: list[Heal]):
    now = shifted_utc(heals[-1].at, HOUR)
    assert find_fight(finding_at(now), heals, now) is None


def test_who_has_undone_nothing_does_not_fight():
    now = after(7)
    heals = [heal_at(0), heal_at(2), heal_at(6)]
    assert find_fight(finding_at(now, actor="太郎"), heals, now) is None
    assert find_fight(replace(finding_at(now), author=None), heals, now) is None


def test_values_are_compared_as_findings_compare_them():
    assert same_stored_value({"source": "env"}, {"digest": "1"})
    heals = [Heal(at=START, outcome=HealOutcome.HEALED, actor="花子", desired={"digest": "1"})]
    one = replace(finding_at(after(1)), desired={"digest": "2"})
    assert next_heal(one, heals, after(1)) == after(1)
