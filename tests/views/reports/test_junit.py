"""JUnit XML, read as GitLab reads it. The schema of Jenkins is in `test_report_tools.py`."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin, ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.render import render_result
from tests.views.reports.readers import junit_outcomes
from tests.views.reports.results import RESULTS, hostile_results, unknown_keys, validated

ENGLISH = RenderContext(language=language("en"))


def outcomes(name: str) -> dict[str, str]:
    report = render_result(RESULTS[name], "junit", ENGLISH)
    return {case: outcome.status for (_, case), outcome in junit_outcomes(report).items()}


@pytest.mark.parametrize("name", RESULTS)
def test_each_shop_has_a_case_and_the_totals_are_right(name: str) -> None:
    found = outcomes(name)
    assert {"command", *RESULTS[name].outcomes} <= set(found)
    root = ET.fromstring(render_result(RESULTS[name], "junit", ENGLISH))
    statuses = list(found.values())
    assert [root.get(key) for key in ("tests", "failures", "errors")] == [
        str(len(statuses)), str(statuses.count("failure")), str(statuses.count("error")),
    ]  # fmt: skip


def test_a_shop_that_differs_fails_and_one_that_matches_does_not() -> None:
    found = outcomes("drift")
    words = {"in-sync": "success", "drifted": "failure", "critical": "failure", "unknown": "error"}
    expected = {shop: words[outcome] for shop, outcome in RESULTS["drift"].outcomes.items()}
    assert {shop: found[shop] for shop in expected} == expected
    assert {"success", "failure"} <= set(expected.values())


def test_the_text_says_everything() -> None:
    [one] = unknown_keys(1)
    warned = replace(one, severity=Severity.WARNING, summary=msg("only a warning"))
    report = render_result(validated(replace(one, hint=msg("write it")), warned), "junit", ENGLISH)
    outcome = junit_outcomes(report)["reconciler.validate", "kyoto-tea"]
    assert outcome.status == "failure"
    assert outcome.text.splitlines()[0] == (
        "error M101 unknown-key: Unknown key 0 (shops/kyoto-tea.yaml:1:3); write it"
    )


def test_a_warning_alone_is_output_of_a_case_that_passes() -> None:
    warned = replace(unknown_keys(1)[0], severity=Severity.WARNING, shop=ShopKey("uji-cups"))
    root = ET.fromstring(render_result(validated(warned), "junit", ENGLISH))
    case = next(case for case in root.iter("testcase") if case.get("name") == "uji-cups")
    assert [(part.tag, part.text) for part in case] == [
        ("system-out", "warning M101 unknown-key: Unknown key 0 (shops/kyoto-tea.yaml:1:3)")
    ]


def test_a_backend_that_did_not_answer_is_an_error_not_a_failure() -> None:
    silent = diagnostic(codes.UNREACHABLE, msg("no answer"), shop=ShopKey("uji-cups"))
    report = render_result(validated(silent), "junit", ENGLISH)
    assert junit_outcomes(report)["reconciler.validate", "uji-cups"].status == "error"


def test_a_problem_of_a_file_and_one_of_the_command_have_their_own_cases() -> None:
    of_file = diagnostic(codes.NOT_YAML, msg("broken"), origin=Origin("shops/x.yaml", 2, 1))
    of_run = diagnostic(codes.NO_MANIFESTS, msg("nothing"))
    found = junit_outcomes(render_result(validated(of_file, of_run), "junit", ENGLISH))
    assert found["reconciler.validate", "shops/x.yaml"].status == "failure"
    assert found["reconciler.validate", "command"].text == "error M001 no-manifests: nothing"


@pytest.mark.parametrize("text", ["\x00", "\ufffe", "\udc80", "]]>", "<x>&y;", "\n::error::x"])
def test_hostile_text_leaves_it_well_formed(text: str) -> None:
    for result in hostile_results(text):
        assert junit_outcomes(render_result(result, "junit", ENGLISH))
