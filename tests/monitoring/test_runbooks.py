"""Each alert has a section that says what to do, in both languages, and each section an alert; its commands exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from reconciler.cli.app import app
from tests.monitoring.rules import MONITORING, alert_rules
from tools.reference.commands import root_context

ROOT = Path(__file__).parents[2]
NAMES = {"ipn": "alerts.yaml", "drift": "drift-alerts.yaml", "watch": "watch-alerts.yaml"}
PAGES = {
    (subject, language): ROOT / "docs" / folder / f"{subject}-runbooks.md"
    for subject in NAMES
    for language, folder in (("en", "."), ("ja", "ja"))
}
POINTS = {"en": ["Means", "Look", "Do", "Escalate"], "ja": ["意味", "確認", "対応", "エスカレーション"]}
RULES = {subject: alert_rules(MONITORING / file) for subject, file in NAMES.items()}

each_page = pytest.mark.parametrize("page", PAGES, ids="-".join)

Page = tuple[str, str]


def sections(page: Page) -> dict[str, str]:
    """By the name of the alert."""
    parts = re.split(r"^### ", PAGES[page].read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part.partition("\n## ")[0] for part in parts}


@each_page
def test_each_alert_has_a_section_and_each_section_an_alert(page: Page) -> None:
    assert sorted(sections(page)) == sorted(RULES[page[0]])


@each_page
def test_a_section_says_how_urgent_it_is_and_answers_four_questions(page: Page) -> None:
    for name, text in sections(page).items():
        labels = RULES[page[0]][name]["labels"]
        assert text.splitlines()[2] == f"{labels['severity']} · {labels['team']}", name
        assert re.findall(r"^- \*\*(.+?)\*\*: \S", text, re.MULTILINE) == POINTS[page[1]], name


@each_page
def test_each_reason_that_an_alert_selects_is_in_its_section(page: Page) -> None:
    for name, text in sections(page).items():
        for part in re.findall(r'(?:reason|outcome)=~?"([^"]+)"', RULES[page[0]][name]["expr"]):
            missing = [word for word in part.split("|") if f"`{word}`" not in text and f"--reason {word}`" not in text]
            assert missing == [] or name == "IpnNotificationMissed", (name, missing)


def commands(page: Page) -> Iterator[str]:
    yield from re.findall(r"`(reconciler [^`]+)`", PAGES[page].read_text(encoding="utf-8"))


@each_page
def test_each_command_exists_with_its_options(page: Page) -> None:
    found = sorted(set(commands(page)))
    assert len(found) > {"ipn": 20, "drift": 8, "watch": 5}[page[0]]
    assert [line for line in found if not parses(line)] == []


@pytest.mark.parametrize(
    "line", ["reconciler ipn lst", "reconciler ipn list --standig parked", "reconciler ipn show x"]
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    assert not parses(line)


def parses(line: str) -> bool:
    words = [{"NUMBER": "1", "FIELD": "amazon.enabled"}.get(word, word) for word in shlex.split(line)[1:]]
    command: Any = app
    context = root_context()
    while isinstance(command, click.Group) and words:
        name, *words = words
        command = command.get_command(context, name)
        if command is None:
            return False
    try:
        command.make_context("reconciler", words, parent=context, resilient_parsing=False)
    except click.ClickException:
        return False
    return True
