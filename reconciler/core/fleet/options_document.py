"""The options of a fleet run as JSON, for the column that holds them."""

from __future__ import annotations

from typing import Any, Final

from reconciler.core.fleet.fleet_run import FleetRunOptions
from reconciler.core.model.canonical import Json
from reconciler.core.model.selection import Selection
from reconciler.core.planning.failure_limit import FailureLimit

OPTIONS_VERSIONS: Final = (1, 2)
"""Of the document. A worker that knows only older ones leaves the run to newer workers. 2: the selection names its shops."""


def options_document(options: FleetRunOptions) -> Json:
    selection, tolerance = options.selection, options.tolerance
    return {
        "version": 2 if selection.names else 1,
        "selection": _selection_document(selection),
        "total": options.total,
        "chunk_size": options.chunk_size,
        "require_secrets": options.require_secrets,
        "waves": list(options.waves),
        "soak": options.soak,
        "tolerance": {"number": tolerance.number, "percent": tolerance.percent},
        "closed": options.closed,
        "allowed": [list(pair) for pair in options.allowed],
        "reason": options.reason,
        "alerts": options.alerts,
        "settings": options.settings,
    }


def _selection_document(selection: Selection) -> dict[str, Json]:
    document: dict[str, Json] = {
        "globs": list(selection.globs),
        "labels": [list(pair) for pair in selection.labels],
        "group": selection.group,
    }
    names: list[Json] = [*sorted(selection.names)]
    if names:
        document["names"] = names
    return document


def read_options(document: Any) -> FleetRunOptions:
    """The inverse, for a document of a known version."""
    selection, tolerance = document["selection"], document["tolerance"]
    return FleetRunOptions(
        selection=Selection(
            globs=tuple(selection["globs"]),
            labels=_pairs(selection["labels"]),
            group=selection["group"],
            names=frozenset(selection.get("names", ())),
        ),
        total=document["total"],
        chunk_size=document["chunk_size"],
        require_secrets=document["require_secrets"],
        waves=tuple(document["waves"]),
        soak=document["soak"],
        tolerance=FailureLimit(number=tolerance["number"], percent=tolerance["percent"]),
        closed=document["closed"],
        allowed=_pairs(document["allowed"]),
        reason=document["reason"],
        alerts=document["alerts"],
        settings=document["settings"],
    )


def _pairs(written: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(first), str(second)) for first, second in written)
