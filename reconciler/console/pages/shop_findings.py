"""The findings of a shop, and what healing did about them."""

from __future__ import annotations

from reconciler.console.elements import Grid, GridCell
from reconciler.console.parts.cells import (
    NOTHING,
    code_cell,
    field_value_cell,
    moment_cell,
    plain_cell,
    run_cell,
    said_cell,
    severity_grid_cell,
    shop_cell,
)
from reconciler.console.parts.grids import grid
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.audit import actor_type_word
from reconciler.core.findings.finding import FindingState
from reconciler.core.findings.words import CLASS_WORDS, RESOLVER_WORDS, STATE_WORDS
from reconciler.core.healing.record import HealOutcome
from reconciler.core.overview.heal_lines import HealLine
from reconciler.core.overview.shop_overview import FindingLine
from reconciler.core.overview.words import HEAL_OUTCOME_WORDS

_TITLES = (
    *(msg("Finding"), msg("Severity"), msg("State"), msg("Desired (Git)"), msg("Found"), msg("Changed by")),
    *(msg("Opened"), msg("Responsible"), msg("Command"), msg("Runbook")),
)
_HEAL_TITLES = (
    *(msg("Time"), msg("Shop"), msg("Field"), msg("Outcome"), msg("Rule"), msg("Changed before by"), msg("Run")),
    msg("Finding"),
)
_HEAL_TONES = {HealOutcome.HEALED: "good", HealOutcome.FAILED: "bad"}
_SHOP = 1
"""The column that a shop's own page does not have."""


def findings_grid(findings: tuple[FindingLine, ...], visit: PageVisit) -> Grid:
    rows = (_row(each, visit) for each in findings)
    return grid(msg("Findings"), _TITLES, rows, msg("No finding is recorded for this shop."), visit)


def heals_grid(heals: tuple[HealLine, ...], visit: PageVisit, *, with_shop: bool = False) -> Grid:
    shown = [at for at in range(len(_HEAL_TITLES)) if with_shop or at != _SHOP]
    rows = (tuple(row[at] for at in shown) for row in (_heal(each, visit) for each in heals))
    return grid(msg("Heals"), [_HEAL_TITLES[at] for at in shown], rows, msg("Nothing was healed."), visit)


def _row(finding: FindingLine, visit: PageVisit) -> tuple[GridCell, ...]:
    about = visit.say(CLASS_WORDS[finding.kind] if finding.name is None else finding.name)
    note = visit.say(CLASS_WORDS[finding.kind]) if finding.name is not None else ""
    kind = visit.say(actor_type_word(finding.actor_type)) if finding.actor_type else ""
    by = ", ".join(part for part in (kind, visit.time(finding.actor_at)) if part)
    return (
        GridCell(text=about, note=note),
        severity_grid_cell(finding.severity, visit),
        _state(finding, visit),
        field_value_cell(finding.desired, visit),
        field_value_cell(finding.observed, visit),
        plain_cell(finding.actor, note=by if finding.actor else ""),
        moment_cell(finding.opened, visit, age=True),
        plain_cell(finding.owner),
        code_cell(finding.command),
        _runbook(finding, visit),
    )


def _runbook(finding: FindingLine, visit: PageVisit) -> GridCell:
    """A link where the runbooks have an address, else the place of the page in the repository."""
    if finding.runbook is None:
        return NOTHING
    link = visit.say(finding.runbook)
    note = visit.say(msg("Escalate to: {contact}", contact=finding.escalation)) if finding.escalation else ""
    if link.startswith(("https://", "http://")):
        return GridCell(text=finding.kind.value, href=link, note=note)
    return GridCell(text=link, code=True, note=note)


def _state(finding: FindingLine, visit: PageVisit) -> GridCell:
    settled = finding.state in (FindingState.RESOLVED, FindingState.ACCEPTED) or not finding.present
    word = visit.say(STATE_WORDS[finding.state])
    return GridCell(
        text=word, tone="quiet" if settled else "bad", note="" if (more := _more(finding)) is None else visit.say(more)
    )


def _more(finding: FindingLine) -> Message | None:
    if finding.state is FindingState.ACCEPTED and finding.accepted_until:
        return msg("until {day}", day=finding.accepted_until)
    if finding.state is FindingState.RESOLVED and finding.resolved_by is not None:
        return msg("by {what}", what=RESOLVER_WORDS[finding.resolved_by])
    return None


def _heal(heal: HealLine, visit: PageVisit) -> tuple[GridCell, ...]:
    return (
        moment_cell(heal.at, visit),
        shop_cell(heal.shop),
        code_cell(heal.field),
        said_cell(HEAL_OUTCOME_WORDS[heal.outcome], visit, _HEAL_TONES[heal.outcome]),
        plain_cell(heal.rule),
        plain_cell(heal.actor),
        run_cell(heal.run),
        code_cell(heal.finding),
    )
