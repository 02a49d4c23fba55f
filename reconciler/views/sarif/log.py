"""The SARIF log of a result: one run, with a category for each command and fleet, within the limits of code scanning.

A result has the same fingerprint for as long as the same is wrong in the same place, so that no upload repeats an alert. What
has no place in the repository, and what the backend did not answer, are notifications of the run. What exceeds a limit is cut
from the end, where the least severe are, and a notification counts it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from reconciler import __version__
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.views.common.reports.issues import Issue, for_machines, issues_of
from reconciler.views.common.reports.json_text import printed_json
from reconciler.views.sarif.rules import LEVELS, rules_of
from reconciler.views.sarif.shapes import Invocation, Location, Notification, Result, Rule, Run, SarifLog
from reconciler.views.sarif.texts import address, sarif_text

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS: Final = 25_000
MOST_BYTES: Final = 10_000_000
"""Of the log, compressed with gzip."""
_NOTIFIED: Final = 100
_DONE: Final = frozenset({ExitCode.DONE, ExitCode.DIFFERENCES, ExitCode.REFUSED})


def sarif_log(result: CommandResult, context: RenderContext) -> str:
    issues = issues_of(result, for_machines(context))
    placed = [issue for issue in issues if issue.path is not None and not issue.no_answer]
    others = [issue for issue in issues if issue.path is None or issue.no_answer]
    kept = min(len(placed), MOST_RESULTS)
    text = _text(result, placed[:kept], others, len(placed) - kept)
    while kept and len(text) > MOST_BYTES and _compressed(text) > MOST_BYTES:
        kept //= 2
        text = _text(result, placed[:kept], others, len(placed) - kept)
    return text


def _compressed(text: str) -> int:
    return len(zlib.compress(text.encode(), level=6)) + 32


def _text(result: CommandResult, placed: Sequence[Issue], others: Sequence[Issue], omitted: int) -> str:
    rules = rules_of([*placed, *others[:_NOTIFIED]])
    places = {rule["id"]: at for at, rule in enumerate(rules)}
    run: Run = {
        "tool": {"driver": {"name": "reconciler", "semanticVersion": __version__, "rules": rules}},
        "automationDetails": {"id": f"{category(result)}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository"}}},
        "invocations": [_invocation(result, others, omitted, rules)],
        "results": [_result(issue, places) for issue in placed],
    }
    log: SarifLog = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return printed_json(log)


def category(result: CommandResult) -> str:
    """Uploads of one category replace each other: one for each command and fleet."""
    command, fleet = result.kind, ""
    if result.identity is not None:
        command, fleet = result.identity.command.replace(" ", "-") or result.kind, result.identity.fleet
    return "/".join(part for part in ("reconciler", command, fleet) if part)


def _result(issue: Issue, places: dict[str, int]) -> Result:
    found: Result = {
        "ruleId": issue.rule.key,
        "ruleIndex": places[issue.rule.key],
        "level": LEVELS[issue.level],
        "message": {"text": sarif_text(_message(issue))},
        "locations": [_location(issue)],
        "partialFingerprints": {"primaryLocationLineHash": issue.unique},
        "properties": {"severity": issue.severity.name_lower, "shop": issue.shop, "field": issue.field},
    }
    if issue.accepted_until is not None:
        reason = f"The drift is accepted until {issue.accepted_until}"
        # Its state is omitted: drafts and the standard name it differently, and without one it is accepted.
        found["suppressions"] = [{"kind": "external", "justification": reason}]
    return found


def _location(issue: Issue) -> Location:
    region = issue.line, issue.column, issue.end_column
    location: Location = {
        "physicalLocation": {
            "artifactLocation": {"uri": address(issue.path or ""), "uriBaseId": "%SRCROOT%"},
            "region": {
                "startLine": region[0],
                "startColumn": region[1],
                "endLine": region[0],
                "endColumn": region[2],
            },
        }
    }
    if issue.shop:
        location["logicalLocations"] = [{"name": issue.shop, "kind": "shop"}]
    return location


def _message(issue: Issue) -> str:
    """With the shop, which the file alone does not always name."""
    about = f"{issue.shop}: " if issue.shop else ""
    return f"{about}{issue.text}"


def _invocation(result: CommandResult, others: Sequence[Issue], omitted: int, rules: Iterable[Rule]) -> Invocation:
    known = {rule["id"] for rule in rules}
    notifications = [_notification(issue, known) for issue in others[:_NOTIFIED]]
    for count, what in ((len(others) - len(notifications), "notifications"), (omitted, "results")):
        if count > 0:
            text = (
                f"{count} {what} omitted: the log would exceed a limit of code scanning. Use -o json for all of them."
            )
            notifications.append({"level": "warning", "message": {"text": text}})
    return {
        "executionSuccessful": result.exit_code in _DONE,
        "exitCode": result.exit_code.value,
        "toolExecutionNotifications": notifications,
    }


def _notification(issue: Issue, known: set[str]) -> Notification:
    one: Notification = {"level": LEVELS[issue.level], "message": {"text": sarif_text(_message(issue))}}
    if issue.rule.key in known:
        one["associatedRule"] = {"id": issue.rule.key}
    return one
