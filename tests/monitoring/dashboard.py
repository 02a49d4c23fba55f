"""The panels of the Grafana dashboard and their queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.monitoring.promtool import promtool
from tests.monitoring.rules import unknown_names
from tests.monitoring.series import JOB, Point, Scrape, rule_test

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


def check_layout(document: Mapping[str, Any]) -> None:
    """Each row asks a question, each panel says what it shows, and no two are in one place."""
    assert document["title"]
    rows = [panel for panel in document["panels"] if panel["type"] == "row"]
    assert rows
    assert all(row["title"].endswith("?") for row in rows)
    for panel in panels(document):
        assert panel["title"], panel
        assert panel["description"], panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
    places = [tuple(panel["gridPos"].values()) for panel in document["panels"]]
    assert len(set(places)) == len(places)
    ids = [panel["id"] for panel in document["panels"]]
    assert len(set(ids)) == len(ids)


def check_queries(
    document: Mapping[str, Any], scrapes: Sequence[Scrape], timeline: Sequence[Point], folder: Path
) -> None:
    """As rules that promtool checks: each query knows its names, and is not empty in the timeline after 12 minutes."""
    found = queries(document)
    assert {title: unknown_names(query, scrapes) for title, query in found.items()} == {title: [] for title in found}
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(found.values())]
    (folder / "panels.yaml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    status, printed = promtool("check", "rules", "panels.yaml", folder=folder)
    assert status == 0, printed
    shown = [
        {"expr": f"count({query}) > bool 0", "eval_time": "12m", "exp_samples": [{"labels": "{}", "value": 1}]}
        for query in found.values()
    ]
    (folder / "test.yaml").write_text(rule_test("panels.yaml", timeline, 25, promql_expr_test=shown), encoding="utf-8")
    status, printed = promtool("test", "rules", "test.yaml", folder=folder)
    assert status == 0, printed
