"""The rules of a SARIF log: each code and each drift label that has a result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.core.diagnostics.explanations import EXPLANATIONS
from reconciler.views.common.reports.issues import Issue, IssueLevel, IssueRule
from reconciler.views.sarif.shapes import Rule
from reconciler.views.sarif.texts import sarif_text

LEVELS: Final[Mapping[IssueLevel, str]] = {
    IssueLevel.ERROR: "error",
    IssueLevel.WARNING: "warning",
    IssueLevel.NOTE: "note",
}
_PROBLEMS: Final[Mapping[IssueLevel, str]] = {
    IssueLevel.ERROR: "error",
    IssueLevel.WARNING: "warning",
    IssueLevel.NOTE: "recommendation",
}
"""The same levels as GitHub orders rules by."""
_AREAS: Final[Mapping[str, str]] = {
    "M": "manifests",
    "R": "rules",
    "S": "setup",
    "B": "backend",
    "G": "guards",
    "A": "apply",
    "I": "notifications",
    "F": "drift",
    "C": "ci",
    "W": "watch",
}


def rules_of(issues: Iterable[Issue]) -> list[Rule]:
    """In the order of their keys. A rule has the level of its worst result."""
    worst: dict[IssueRule, IssueLevel] = {}
    for issue in issues:
        worst[issue.rule] = max(worst.get(issue.rule, IssueLevel.NOTE), issue.level)
    return [_rule(rule, worst[rule]) for rule in sorted(worst, key=lambda rule: rule.key)]


def _rule(rule: IssueRule, level: IssueLevel) -> Rule:
    title = {"text": sarif_text(str(rule.title))}
    area = "drift" if rule.code is None else _AREAS.get(rule.key[:1], "other")
    return {
        "id": rule.key,
        "name": rule.name,
        "shortDescription": {"text": title["text"]},
        "fullDescription": {"text": title["text"]},
        "help": {"text": sarif_text(_help(rule))},
        "defaultConfiguration": {"level": LEVELS[level]},
        "properties": {"precision": "very-high", "problem.severity": _PROBLEMS[level], "tags": [area]},
    }


def _help(rule: IssueRule) -> str:
    explained = None if rule.code is None else EXPLANATIONS.get(rule.code)
    if explained is None:
        return str(rule.title)
    return f"{explained.fix}. `reconciler explain {rule.key}` shows an example."
