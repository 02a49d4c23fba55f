"""The closing sentence of a result, and what a plan is known by.

In: a result and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan
from reconciler.core.results.authoring.format_result import FormatResult, ShardResult
from reconciler.core.results.authoring.new_result import NewManifestResult
from reconciler.views.common.closures import closed_time
from reconciler.views.common.context import RenderContext
from reconciler.views.common.counts import PlanTally, of_plan
from reconciler.views.common.phrases import join_clauses, join_list, uncompared_clause
from reconciler.views.common.shop_lists import share_of_shops


def plan_summary(plan: Plan, context: RenderContext) -> str:
    tally = of_plan(plan)
    compared = tally.shops - tally.unplanned
    if plan.empty and not compared:
        head = context.translate(msg("Nothing was planned"))
    elif plan.empty and tally.unplanned:
        head = context.plural(
            "No changes in {compared} of {count} shop",
            "No changes in {compared} of {count} shops",
            tally.shops,
            compared=compared,
        )
    elif plan.empty:
        head = context.plural(
            "No changes: {count} shop matches its manifest",
            "No changes: {count} shops match their manifests",
            tally.shops,
        )
    else:
        changes, shops = _change_counts(tally, context), share_of_shops(tally.changed, tally.shops, context)
        head = context.translate(msg("Plan: {changes} in {shops}", changes=changes, shops=shops))
    return join_clauses([head, *_plan_clauses(tally, context), *_left_out(plan, context)], context)


def _change_counts(tally: PlanTally, context: RenderContext) -> str:
    """Without those of which there are none."""
    counted = [
        context.plural("{count} to add", "{count} to add", tally.add) if tally.add else "",
        context.plural("{count} to change", "{count} to change", tally.change) if tally.change else "",
        context.plural("{count} to remove", "{count} to remove", tally.remove) if tally.remove else "",
    ]
    return join_list([each for each in counted if each], context)


def anything_compared(plan: Plan) -> bool:
    """Whether anything was: if not, there is nothing to approve."""
    tally = of_plan(plan)
    return tally.shops > tally.unplanned


def _plan_clauses(tally: PlanTally, context: RenderContext) -> list[str]:
    clauses = [
        context.plural("{count} derived", "{count} derived", tally.derived) if tally.derived else "",
        _closing(tally, context),
        context.plural("{count} shop held", "{count} shops held", tally.refused) if tally.refused else "",
        context.plural("{count} shop could not be planned", "{count} shops could not be planned", tally.unplanned)
        if tally.unplanned
        else "",
        uncompared_clause(tally.uncompared, context),
    ]
    return [clause for clause in clauses if clause]


def _left_out(plan: Plan, context: RenderContext) -> list[str]:
    if not plan.unchanged_shops:
        return []
    return [
        context.plural(
            "{count} shop omitted, unchanged since the Git revision",
            "{count} shops omitted, unchanged since the Git revision",
            plan.unchanged_shops,
        )
    ]


def _closing(tally: PlanTally, context: RenderContext) -> str:
    if tally.seconds is None:
        return ""
    time = closed_time(*tally.seconds, context)
    return context.plural(
        "{count} shop closed for {time}", "{count} shops closed for {time} each", tally.closing, time=time
    )


def sharded_summary(sharded: ShardResult, context: RenderContext) -> str:
    count = len(sharded.moves)
    if sharded.check:
        head = context.plural("{count} file would be moved", "{count} files would be moved", count)
    else:
        head = context.plural("{count} file moved", "{count} files moved", count)
    clauses = [head] if count or not sharded.unchanged else []
    if sharded.unchanged:
        same = context.plural(
            "{count} file already in its folder", "{count} files already in their folders", sharded.unchanged
        )
        clauses.append(same)
    return join_clauses(clauses, context)


def formatted_summary(formatted: FormatResult, context: RenderContext) -> str:
    count, errors = len(formatted.files), sum(f.severity is Severity.ERROR for f in formatted.diagnostics)
    if formatted.check:
        head = context.plural("{count} file would be formatted", "{count} files would be formatted", count)
    else:
        head = context.plural("{count} file formatted", "{count} files formatted", count)
    clauses = [head] if count or not formatted.unchanged else []
    if formatted.unchanged:
        same = context.plural("{count} file already formatted", "{count} files already formatted", formatted.unchanged)
        clauses.append(same)
    if errors:
        clauses.append(context.plural("{count} error", "{count} errors", errors))
    return join_clauses(clauses, context)


def new_summary(created: NewManifestResult, context: RenderContext) -> str:
    """Of one that was written."""
    file = created.news.file if created.news is not None else ""
    if not created.diagnostics:
        return context.translate(msg("Created {file}; no value is missing.", file=file))
    return context.plural(
        "Created {file}; {count} value is missing.",
        "Created {file}; {count} values are missing.",
        len(created.diagnostics),
        file=file,
    )


def fingerprint_line(value: str, context: RenderContext) -> str:
    """At the width of a terminal: what is copied is not broken."""
    return context.translate(msg("Plan {fingerprint}", fingerprint=value))


def continue_line(command: str, context: RenderContext) -> str:
    return context.translate(msg("To continue: {command}", command=command))
