"""Reports of GitLab, read by the rules of its parsers."""

from __future__ import annotations

import json

import pytest

from reconciler.core.results.plan_result import PlanResult
from reconciler.views.common.context import RenderContext
from reconciler.views.common.counts import of_plan
from reconciler.views.i18n import language
from reconciler.views.render import render_result
from tests.views import samples
from tests.views.reports.readers import code_quality_entries, widget_counts
from tests.views.reports.results import RESULTS, hostile_results, unknown_keys, validated

ENGLISH = RenderContext(language=language("en"))


@pytest.mark.parametrize("name", RESULTS)
def test_no_entry_ends_the_report_and_none_replaces_another(name: str) -> None:
    report = render_result(RESULTS[name], "gitlab-codequality", ENGLISH)
    assert len(code_quality_entries(report)) == len(json.loads(report))


@pytest.mark.parametrize("text", ["\udc80", "\x00", "", "../..", "/etc/passwd", "a" * 5000])
def test_nor_does_hostile_text(text: str) -> None:
    for result in hostile_results(text):
        report = render_result(result, "gitlab-codequality", ENGLISH)
        assert len(code_quality_entries(report)) == len(json.loads(report)) > 0


def test_the_reader_stops_at_an_entry_that_is_not_of_its_schema() -> None:
    """What the other tests rely on."""
    report = json.loads(render_result(validated(*unknown_keys(3)), "gitlab-codequality", ENGLISH))
    report[1]["location"]["lines"]["begin"] = "7"
    assert len(code_quality_entries(json.dumps(report))) == 1


def test_an_entry() -> None:
    [entry] = code_quality_entries(render_result(validated(*unknown_keys(1)), "gitlab-codequality", ENGLISH)).values()
    assert entry == {
        "description": "kyoto-tea: Unknown key 0",
        "check_name": "M101 unknown-key",
        "fingerprint": entry["fingerprint"],
        "severity": "critical",
        "location": {"path": "shops/kyoto-tea.yaml", "lines": {"begin": 1, "end": 1}},
    }


def test_the_widget_counts_what_the_plan_counts() -> None:
    plan = samples.plan()
    counted = widget_counts(render_result(PlanResult(plan=plan), "gitlab-terraform", ENGLISH))
    tally = of_plan(plan)
    assert counted == (tally.add, tally.change, tally.remove)
    assert sum(counted) > 0


def test_a_plan_that_was_not_made_counts_nothing() -> None:
    assert widget_counts(render_result(RESULTS["failure"], "gitlab-terraform", ENGLISH)) is None
    assert widget_counts(render_result(PlanResult(plan=samples.quiet_plan()), "gitlab-terraform", ENGLISH)) == (0, 0, 0)
