"""What a heal ends with, and what it counts."""

from __future__ import annotations

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.healing.decide import HealingDecision
from reconciler.core.results.heal_result import HealingEntry, HealingOutcome, HealResult
from tests.core.healing.test_decide import drifted


def healed(*outcomes: HealingOutcome) -> HealResult:
    entries = tuple(
        HealingEntry(decision=HealingDecision(finding=drifted(f"shop-{number}")), outcome=outcome)
        for number, outcome in enumerate(outcomes)
    )
    return HealResult(entries=entries)


def test_nothing_to_heal_is_done() -> None:
    assert HealResult().exit_code is ExitCode.DONE
    assert HealResult().written_as is None


def test_all_healed_is_done() -> None:
    assert healed(HealingOutcome.HEALED, HealingOutcome.HEALED).exit_code is ExitCode.DONE


@pytest.mark.parametrize("outcome", [outcome for outcome in HealingOutcome if outcome is not HealingOutcome.HEALED])
def test_what_is_left_is_a_difference(outcome: HealingOutcome) -> None:
    assert healed(HealingOutcome.HEALED, outcome).exit_code is ExitCode.DIFFERENCES


def test_outcomes_are_counted_and_shops_named() -> None:
    result = healed(HealingOutcome.HEALED, HealingOutcome.FAILED, HealingOutcome.LEFT, HealingOutcome.HEALED)
    assert result.counts == {"healed": 2, "failed": 1, "left": 1}
    assert (result.healed_shops, result.failed_shops) == ({"shop-0", "shop-3"}, {"shop-1"})
