"""The closing sentence of a result, and what a plan is known by.

In: a result and a look. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from reconciler.core.diagnostics import Diagnostic, Severity
from reconciler.core.drift import Drift
from reconciler.core.plan import Plan
from reconciler.core.report import Outcome, Report
from reconciler.core.texts import say
from reconciler.views.look import Look
from reconciler.views.phrases import OUTCOMES, listed
from reconciler.views.tally import PlanTally, of_drift, of_plan


def plan_sum(plan: Plan, look: Look) -> str:
    tally = of_plan(plan)
    compared = tally.shops - tally.unplanned
    if plan.empty and not compared:
        head = look.tell(say("Plan: nothing was planned"))
    elif plan.empty and tally.unplanned:
        head = look.plural(
            "Plan: {compared} of {count} shop compared: nothing to do",
            "Plan: {compared} of {count} shops compared: nothing to do",
            tally.shops,
            compared=compared,
        )
    elif plan.empty:
        head = look.plural("Plan: nothing to do in {count} shop", "Plan: nothing to do in {count} shops", tally.shops)
    else:
        head = look.plural(
            "Plan: {add} to add, {change} to change, {remove} to remove in {changed} of {count} shop",
            "Plan: {add} to add, {change} to change, {remove} to remove in {changed} of {count} shops",
            tally.shops,
            add=tally.add,
            change=tally.change,
            remove=tally.remove,
            changed=tally.changed,
        )
    return sentence([head, *_plan_clauses(tally, look)], look)


def compared(plan: Plan) -> bool:
    """Whether anything was: if not, there is nothing to approve."""
    tally = of_plan(plan)
    return tally.shops > tally.unplanned


def _plan_clauses(tally: PlanTally, look: Look) -> list[str]:
    clauses = [
        look.plural("{count} derived", "{count} derived", tally.derived) if tally.derived else "",
        _closing(tally, look),
        look.plural("{count} shop refused", "{count} shops refused", tally.refused) if tally.refused else "",
        look.plural("{count} shop could not be planned", "{count} shops could not be planned", tally.unplanned)
        if tally.unplanned
        else "",
    ]
    return [clause for clause in clauses if clause]


def _closing(tally: PlanTally, look: Look) -> str:
    if tally.seconds is None:
        return ""
    shortest, longest = tally.seconds
    if shortest == longest:
        time = look.tell(say("about {seconds} s", seconds=longest))
    else:
        time = look.tell(say("about {shortest} to {longest} s", shortest=shortest, longest=longest))
    return look.plural(
        "{count} shop closed for {time}", "{count} shops closed for {time} each", tally.closing, time=time
    )


def report_sum(report: Report, look: Look) -> str:
    """Loudest first, as the shops themselves are listed."""
    counts = [(report.count(outcome), look.tell(OUTCOMES[outcome])) for outcome in Outcome]
    told = [look.tell(say("{count} {outcome}", count=count, outcome=word)) for count, word in counts if count]
    head = look.tell(say("Report: {outcomes}", outcomes=listed(told, look) or look.tell(say("no shop in scope"))))
    cut = [look.tell(say("the run was interrupted"))] if report.interrupted else []
    return sentence([head, *cut], look)


def drift_sum(drift: Drift, look: Look) -> str:
    tally = of_drift(drift)
    if tally.fields:
        fields = look.plural("{count} field", "{count} fields", tally.fields)
        head = say(
            "Drift: {fields} in {drifted} of {shops} shops", fields=fields, drifted=tally.drifted, shops=tally.shops
        )
        clauses = [look.tell(head)]
    else:
        clauses = [
            look.plural("Drift: none in {count} shop", "Drift: none in {count} shops", tally.shops - tally.unknown)
        ]
    if tally.unknown:
        clauses.append(
            look.plural("{count} shop could not be compared", "{count} shops could not be compared", tally.unknown)
        )
    if tally.converged:
        clauses.append(
            look.plural("{count} field converged by hand", "{count} fields converged by hand", tally.converged)
        )
    return sentence(clauses, look)


def validation_sum(valid: int, broken: Sequence[str], findings: Sequence[Diagnostic], look: Look) -> str:
    errors = sum(1 for finding in findings if finding.severity is Severity.ERROR)
    warnings = sum(1 for finding in findings if finding.severity is Severity.WARNING)
    clauses = [look.plural("{count} manifest valid", "{count} manifests valid", valid)]
    if broken:
        clauses.append(look.plural("{count} invalid", "{count} invalid", len(broken)))
    if errors:
        clauses.append(look.plural("{count} error", "{count} errors", errors))
    if warnings:
        clauses.append(look.plural("{count} warning", "{count} warnings", warnings))
    return sentence(clauses, look)


def fingerprint(value: str, look: Look) -> str:
    return look.tell(say("Fingerprint: {fingerprint}", fingerprint=value))


def sentence(clauses: list[str], look: Look) -> str:
    """Clauses joined and ended as the language joins and ends them."""
    joined = reduce(lambda left, right: look.tell(say("{left}; {right}", left=left, right=right)), clauses)
    return look.tell(say("{text}.", text=joined))
