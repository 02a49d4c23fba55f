"""Each class of finding, and each alert, links to a section that says what to do, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.adapters.manifests.documents.formats import CONTACT, RUNBOOK_URL
from reconciler.adapters.settings.documents import EscalationDocument
from reconciler.adapters.settings.settings import Settings, read_settings
from reconciler.core.findings.finding import CLASS_SEVERITIES, FindingClass
from reconciler.core.findings.runbooks import FINDING_TEAMS, NO_RUNBOOKS, Runbooks, RunbookTeam
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from tests.monitoring.rules import MONITORING, alert_rules
from tests.monitoring.test_runbooks import NAMES, POINTS, parses

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "ja")

each_language = pytest.mark.parametrize("code", LANGUAGES)
each_class = pytest.mark.parametrize("kind", FindingClass, ids=lambda kind: kind.value)


def shown(runbooks: Runbooks, kind: FindingClass, code: str) -> str:
    return RenderContext(language=language(code)).translate(runbooks.link(kind))


def section(link: str) -> str:
    """The text of the section that a link to this repository names."""
    file, _, anchor = link.partition("#")
    text = (ROOT / file).read_text(encoding="utf-8")
    found = {part.partition("\n")[0].lower(): part for part in re.split(r"^#{2,3} ", text, flags=re.MULTILINE)}
    return found[anchor]


@each_language
@each_class
def test_each_class_of_finding_links_to_a_section_that_answers_four_questions(kind: FindingClass, code: str) -> None:
    text = section(shown(NO_RUNBOOKS, kind, code))
    severity, _, team = text.splitlines()[2].partition(" · ")
    assert re.findall(r"^- \*\*(.+?)\*\*: \S", text, re.MULTILINE) == POINTS[code]
    assert team == FINDING_TEAMS[kind].value
    if kind in CLASS_SEVERITIES:
        assert severity == CLASS_SEVERITIES[kind].word


@each_language
def test_each_section_is_of_a_class_and_its_commands_exist(code: str) -> None:
    file = shown(NO_RUNBOOKS, FindingClass.DRIFTED, code).partition("#")[0]
    text = (ROOT / file).read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### (.+)$", text, re.MULTILINE)) == sorted(kind.value for kind in FindingClass)
    commands = sorted(set(re.findall(r"`(reconciler [^`]+)`", text)))
    assert len(commands) > 12
    assert [line for line in commands if not parses(line)] == []


@pytest.mark.parametrize("file", NAMES.values())
def test_each_alert_links_to_its_section_in_both_languages(file: str) -> None:
    for name, rule in alert_rules(MONITORING / file).items():
        for key in ("runbook", "runbook_ja"):
            assert section(rule["annotations"][key]).startswith(f"{name}\n"), (name, key)
        assert rule["annotations"]["runbook_ja"].startswith("docs/ja/"), name


@pytest.mark.parametrize(
    ("url", "english", "japanese"),
    [
        (
            "https://docs.example/{language}/{page}.html#{section}",
            "https://docs.example/en/finding-runbooks.html#left-closed",
            "https://docs.example/ja/finding-runbooks.html#left-closed",
        ),
        (
            "http://wiki/{page}?at={section}",
            "http://wiki/finding-runbooks?at=left-closed",
            "http://wiki/finding-runbooks?at=left-closed",
        ),
    ],
)
def test_a_link_to_published_pages_is_in_the_language_of_the_reader(url: str, english: str, japanese: str) -> None:
    runbooks = Runbooks(url=url)
    assert RUNBOOK_URL.accepts(url)
    assert [shown(runbooks, FindingClass.LEFT_CLOSED, code) for code in LANGUAGES] == [english, japanese]


@pytest.mark.parametrize(
    "url",
    [
        "docs/{page}.md#{section}",
        "https://docs.example/{page}",
        "https://docs.example/#{section}",
        "https://docs.example/{page}#{section}{shop}",
        "https://me:secret@docs.example/{page}#{section}",
        "javascript:alert('{page}{section}')",
    ],
)
def test_an_address_without_its_places_or_with_others_is_refused(url: str) -> None:
    assert not RUNBOOK_URL.accepts(url)


@pytest.mark.parametrize("contact", ["", " ", "two\nlines", "tab\tstop", "x" * 201, " a", "a "])
def test_a_contact_is_one_line(contact: str) -> None:
    assert not CONTACT.accepts(contact)


def test_each_team_has_a_setting_for_its_contact() -> None:
    assert set(EscalationDocument.model_fields) == {team.value for team in RunbookTeam}
    labels = {rule["labels"]["team"] for file in NAMES.values() for rule in alert_rules(MONITORING / file).values()}
    assert labels == {team.value for team in RunbookTeam}


def settings(tmp_path: Path, text: str) -> Settings | tuple[object, ...]:
    file = tmp_path / "reconciler.yaml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_the_contact_of_a_finding_is_that_of_its_team(tmp_path: Path) -> None:
    text = (
        'runbooks:\n  url: https://d.example/{page}#{section}\n  escalation: {operations: "+81-3-0000-0000 (夜間)"}\n'
    )
    read = settings(tmp_path, text)
    assert isinstance(read, Settings)
    assert read.runbooks.contact(FindingClass.LEFT_CLOSED) == "+81-3-0000-0000 (夜間)"
    assert read.runbooks.contact(FindingClass.FOREIGN_ENDPOINT) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("runbooks: {url: docs}\n", "runbooks.url"),
        ("runbooks: {escalation: {payment: a}}\n", "runbooks.escalation.payment"),
        ('runbooks: {escalation: {payments: "a\\nb"}}\n', "runbooks.escalation.payments"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    found = settings(tmp_path, text)
    assert not isinstance(found, Settings)
    assert any(place in str(each) or place.rpartition(".")[2] in str(each) for each in found)
