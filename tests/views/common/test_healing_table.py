"""What a heal did, for people in their language and for machines in fixed words."""

from __future__ import annotations

import json

from reconciler.core.healing.decide import HealingDecision
from reconciler.core.results.heal_result import HealingEntry, HealingOutcome, HealResult
from reconciler.views.common.context import RenderContext
from reconciler.views.render import render_result
from reconciler.views.tables.healing import OUTCOME_WORDS
from reconciler.views.tables.results import table_for_machines, table_for_people
from tests.core.healing.test_decide import MAIL, drifted

DUE = "2026-04-01T03:00:00Z"


def healed(outcome: HealingOutcome) -> HealResult:
    decision = HealingDecision(finding=drifted(), due=DUE)
    return HealResult(entries=(HealingEntry(decision=decision, outcome=outcome, run="run-1"),))


def test_for_machines_words_and_times_are_the_same_in_every_language(context: RenderContext) -> None:
    (row,) = json.loads(render_result(healed(HealingOutcome.DUE), "json", context))["rows"]
    shown = {key: row[key] for key in ("severity", "shop", "field", "outcome", "actor", "due", "run", "reason")}
    assert shown == {
        "severity": "medium",
        "shop": "kyoto-tea",
        "field": MAIL,
        "outcome": "due",
        "actor": "花子",
        "due": DUE,
        "run": "run-1",
        "reason": None,
    }


def test_for_people_the_same_rows_are_in_words(context: RenderContext) -> None:
    for outcome in HealingOutcome:
        people, machines = (table_for_people(healed(outcome), context), table_for_machines(healed(outcome)))
        assert people.columns == machines.columns
        at = [key for key, _ in people.columns].index("outcome")
        assert people.rows[0][at] == context.translate(OUTCOME_WORDS[outcome])
        assert machines.rows[0][at] == outcome.value
