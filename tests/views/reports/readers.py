"""How forges read reports and logs, after their published sources: GitHub's runner, GitLab's parsers.

In: the text of an output. Out: what the forge makes of it. Nothing of the product is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

_V2 = re.compile(r"::([^\s:]+)(?: (.*?))?::(.*)", re.DOTALL)
_ANYWHERE = re.compile(r"##(?:vso|teamcity)?\[")
KEPT = 10
"""Annotations of one level that GitHub keeps of a step."""


@dataclass(frozen=True, slots=True)
class LogCommand:
    name: str
    properties: Mapping[str, str]
    data: str


def log_commands(log: str) -> list[LogCommand]:
    """Everything in a log that a runner obeys. It ends lines at line feeds and ignores space before `::`."""
    return [command for line in log.split("\n") if (command := _command(line)) is not None]


def _command(line: str) -> LogCommand | None:
    found = _V2.match(line.strip())
    if found is not None:
        pairs = (pair.partition("=") for pair in (found[2] or "").split(",") if pair)
        return LogCommand(found[1], {key: _property(value) for key, _, value in pairs}, _data(found[3]))
    return LogCommand("##[", {}, line) if _ANYWHERE.search(line) else None


def _data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _property(text: str) -> str:
    return _data(text.replace("%3A", ":").replace("%2C", ","))


def shown_annotations(log: str) -> dict[str, list[LogCommand]]:
    """First come, first served."""
    shown: dict[str, list[LogCommand]] = {"error": [], "warning": [], "notice": []}
    for command in log_commands(log):
        if len(shown[command.name]) < KEPT:
            shown[command.name].append(command)
    return shown


def code_quality_entries(report: str) -> dict[str, dict[str, Any]]:
    """By fingerprint: a later entry replaces an earlier one. The parser stops at the first entry that is not of its schema."""
    assert not report.startswith("\ufeff")
    entries: dict[str, dict[str, Any]] = {}
    for entry in json.loads(report):
        if not _is_quality_entry(entry):
            break
        entries[entry["fingerprint"]] = entry
    return entries


def _is_quality_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("location"), dict):
        return False
    place = entry["location"]
    lines, positions = place.get("lines"), place.get("positions")
    line = lines.get("begin") if isinstance(lines, dict) else None
    if line is None and isinstance(positions, dict):
        line = positions.get("begin", {}).get("line")
    return (
        all(isinstance(entry.get(key), str) for key in ("description", "fingerprint", "severity"))
        and entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        and isinstance(place.get("path"), str)
        and isinstance(line, int)
        and not isinstance(line, bool)
    )


def widget_counts(report: str) -> tuple[int, int, int] | None:
    """None where the widget shows an error."""
    document = json.loads(report)
    values = [document.get(key) for key in ("create", "update", "delete")] if isinstance(document, dict) else [None]
    if any(value is None or not re.fullmatch(r"\d{1,6}", str(value)) for value in values):
        return None
    create, update, delete = (int(value) for value in values if value is not None)
    return create, update, delete


@dataclass(frozen=True, slots=True)
class TestOutcome:
    status: str
    text: str = ""
    __test__ = False


def junit_outcomes(report: str) -> dict[tuple[str, str], TestOutcome]:
    """By class and name. A failure wins over an error, and only text is read."""
    root = ET.fromstring(report)
    assert root.tag == "testsuites"
    return {
        (case.get("classname", ""), case.get("name", "")): _outcome(case)
        for suite in root.iter("testsuite")
        for case in suite.findall("testcase")
    }


def _outcome(case: ET.Element) -> TestOutcome:
    for status in ("failure", "error", "skipped"):
        problem = case.find(status)
        if problem is not None:
            return TestOutcome(status, problem.text or "")
    return TestOutcome("success")
