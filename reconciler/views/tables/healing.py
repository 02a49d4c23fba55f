"""What `heal` decided and did, one row for each finding. In: a result; no context for machines. Out: a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.words import SEVERITY_NAMES
from reconciler.core.healing.words import REFUSAL_WORDS
from reconciler.core.results.heal_result import HealingEntry, HealingOutcome, HealResult
from reconciler.views.common.context import RenderContext
from reconciler.views.tables.table import Table, Word

OUTCOME_WORDS: Final = {
    HealingOutcome.HEALED: msg("healed"),
    HealingOutcome.FAILED: msg("failed"),
    HealingOutcome.PROPOSED: msg("plan ready"),
    HealingOutcome.FIGHT: msg("fight"),
    HealingOutcome.DUE: msg("would be healed"),
    HealingOutcome.PROPOSABLE: msg("plan would be saved"),
    HealingOutcome.LEFT: msg("left"),
}
_COLUMNS: Final = (
    ("severity", msg("Severity")),
    ("shop", msg("Shop")),
    ("field", msg("Field")),
    ("outcome", msg("Outcome")),
    ("reason", msg("Reason")),
    ("rule", msg("Healing rule")),
    ("actor", msg("Changed by")),
    ("due", msg("Not before")),
    ("file", msg("Saved plan")),
    ("run", msg("Run")),
    ("id", msg("Id")),
)


def heal_table(result: HealResult, context: RenderContext | None) -> Table:
    rows = tuple(_row(each, context) for each in result.entries)
    return Table(name="heal", columns=_COLUMNS, rows=rows, empty=msg("No finding is open."))


def _row(entry: HealingEntry, context: RenderContext | None) -> tuple[Word, ...]:
    decision, finding = entry.decision, entry.decision.finding
    say: Callable[[str, Message], str] = (
        (lambda key, _words: key) if context is None else (lambda _key, words: context.translate(words))
    )
    refusal = decision.refusal
    return (
        say(finding.severity.word, SEVERITY_NAMES[finding.severity]),
        finding.key.shop,
        finding.key.field or None,
        say(entry.outcome.value, OUTCOME_WORDS[entry.outcome]),
        None if refusal is None else say(refusal.value, REFUSAL_WORDS[refusal]),
        None if decision.rule is None else decision.rule.name,
        None if finding.author is None else finding.author.actor,
        decision.due if context is None or decision.due is None else context.time(decision.due),
        entry.file,
        entry.run,
        finding.key.id,
    )
