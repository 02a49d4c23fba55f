"""The closing sentence of a drift check. In its own module, since a check of a fleet in sync prints little else and runs often.

In: a drift and a context. Out: a one-line string without markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift
from reconciler.views.common.context import RenderContext
from reconciler.views.common.counts import DriftTally, of_drift
from reconciler.views.common.phrases import PROBLEM_WORDS, join_clauses, join_list, uncompared_clause
from reconciler.views.common.shop_lists import share_of_shops


def drift_summary(drift: Drift, context: RenderContext) -> str:
    tally = of_drift(drift)
    clauses = [*_heads(tally, context), *_left_closed_clause(tally, context)]
    if tally.unknown:
        clauses.append(
            context.plural("{count} shop could not be compared", "{count} shops could not be compared", tally.unknown)
        )
    if tally.converged:
        clauses.append(
            context.plural("{count} field converged by hand", "{count} fields converged by hand", tally.converged)
        )
    clauses += _not_counted(tally, context)
    if tally.uncompared:
        clauses.append(uncompared_clause(tally.uncompared, context))
    return join_clauses([*clauses, *_hearing_clauses(tally, context), *_unmanaged_clause(tally, context)], context)


def _not_counted(tally: DriftTally, context: RenderContext) -> Iterator[str]:
    if tally.accepted:
        yield context.plural("{count} accepted field", "{count} accepted fields", tally.accepted)
    if tally.hidden:
        yield context.plural(
            "{count} more field differs and is not shown", "{count} more fields differ and are not shown", tally.hidden
        )


def _left_closed_clause(tally: DriftTally, context: RenderContext) -> list[str]:
    if not tally.left_closed:
        return []
    return [
        context.plural(
            "{count} shop may have been left closed", "{count} shops may have been left closed", tally.left_closed
        )
    ]


def _unmanaged_clause(tally: DriftTally, context: RenderContext) -> list[str]:
    if not tally.unmanaged:
        return []
    return [
        context.plural(
            "{count} shop at the backend has no manifest",
            "{count} shops at the backend have no manifest",
            tally.unmanaged,
        )
    ]


def _heads(tally: DriftTally, context: RenderContext) -> Iterator[str]:
    """Shops in which payments do not work first, then fields."""
    if tally.critical:
        yield _critical(tally, context)
        if tally.fields:
            yield context.plural(
                "{fields} in {count} shop", "{fields} in {count} shops", tally.drifted, fields=_fields(tally, context)
            )
    elif tally.fields:
        shops = share_of_shops(tally.drifted, tally.shops, context)
        yield context.translate(msg("Drift detected: {fields} in {shops}", fields=_fields(tally, context), shops=shops))
    elif tally.shops == tally.unknown:
        yield context.translate(msg("Nothing was compared"))
    else:
        yield context.plural("No drift in {count} shop", "No drift in {count} shops", tally.shops - tally.unknown)


def _critical(tally: DriftTally, context: RenderContext) -> str:
    counted = [
        context.translate(msg("{problem}: {count}", problem=PROBLEM_WORDS[problem], count=count))
        for problem, count in tally.problems.items()
        if count
    ]
    return context.translate(
        msg(
            "Drift detected: payments do not work in {shops} ({problems})",
            shops=share_of_shops(tally.critical, tally.shops, context),
            problems=join_list(counted, context),
        )
    )


def _fields(tally: DriftTally, context: RenderContext) -> str:
    return context.plural("{count} field", "{count} fields", tally.fields)


def _hearing_clauses(tally: DriftTally, context: RenderContext) -> list[str]:
    silent = context.plural("no notifications of {count} shop", "no notifications of {count} shops", tally.silent)
    strangers = context.plural(
        "endpoints of no shop in the list of {count} seller",
        "endpoints of no shop in the lists of {count} sellers",
        tally.strangers,
    )
    return [*([silent] if tally.silent else []), *([strangers] if tally.strangers else [])]
