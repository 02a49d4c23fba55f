"""The closing sentence of a drift check. By itself, since a check of a fleet that stands says little else and is run often.

In: a drift and a context. Out: a one-line string without markup.
"""

from __future__ import annotations

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift
from reconciler.views.common.context import RenderContext
from reconciler.views.common.counts import DriftTally, of_drift
from reconciler.views.common.phrases import join_clauses


def drift_summary(drift: Drift, context: RenderContext) -> str:
    tally = of_drift(drift)
    if tally.fields:
        fields = context.plural("{count} field", "{count} fields", tally.fields)
        head = context.plural(
            "Drift: {fields} in {drifted} of {count} shop",
            "Drift: {fields} in {drifted} of {count} shops",
            tally.shops,
            fields=fields,
            drifted=tally.drifted,
        )
        clauses = [head]
    elif tally.shops == tally.unknown:
        clauses = [context.translate(msg("Drift: nothing was compared"))]
    else:
        clauses = [
            context.plural("Drift: none in {count} shop", "Drift: none in {count} shops", tally.shops - tally.unknown)
        ]
    if tally.unknown:
        clauses.append(
            context.plural("{count} shop could not be compared", "{count} shops could not be compared", tally.unknown)
        )
    if tally.converged:
        clauses.append(
            context.plural("{count} field converged by hand", "{count} fields converged by hand", tally.converged)
        )
    return join_clauses([*clauses, *_hearing_clauses(tally, context)], context)


def _hearing_clauses(tally: DriftTally, context: RenderContext) -> list[str]:
    silent = context.plural("no notifications of {count} shop", "no notifications of {count} shops", tally.silent)
    strangers = context.plural(
        "endpoints of no shop in the list of {count} seller",
        "endpoints of no shop in the lists of {count} sellers",
        tally.strangers,
    )
    return [*([silent] if tally.silent else []), *([strangers] if tally.strangers else [])]
