"""The panels of the Grafana dashboard and their queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.monitoring.series import JOB

_VARIABLES = {"$__rate_interval": "5m", "$__range": "1h", "$job": JOB, "$fleet": ".+"}


def panels(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (panel for panel in document["panels"] if panel["type"] not in {"row", "text"})


def queries(document: Mapping[str, Any]) -> dict[str, str]:
    """By panel and letter, with Grafana's variables filled in."""
    return {
        f"{panel['title']} ({target['refId']})": _filled(target["expr"])
        for panel in panels(document)
        for target in panel["targets"]
    }


def _filled(query: str) -> str:
    for name, value in _VARIABLES.items():
        query = query.replace(name, value)
    assert "$" not in query, query
    return query
