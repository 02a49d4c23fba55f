"""Annotations of GitHub, read as its runner reads a log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.values import Origin
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.render import render_result
from tests.views.reports.readers import log_commands, shown_annotations
from tests.views.reports.results import RESULTS, unknown_keys, validated

ENGLISH = RenderContext(language=language("en"))


def test_an_annotation_is_at_its_line() -> None:
    [one] = unknown_keys(1)
    [shown] = log_commands(render_result(validated(one), "github", ENGLISH))
    assert (shown.name, shown.data) == ("error", "kyoto-tea: Unknown key 0")
    assert shown.properties == {
        "file": "shops/kyoto-tea.yaml",
        "line": "1",
        "col": "3",
        "endColumn": "3",
        "title": "M101 unknown-key",
    }


@pytest.mark.parametrize(
    "file", ["shops/a,b.yaml", "shops/a:b.yaml", "shops/50%.yaml", "shops/a%2Cb.yaml", "店舗.yaml"]
)
def test_the_file_is_named_as_it_is(file: str) -> None:
    [shown] = log_commands(render_result(validated(*unknown_keys(1, file)), "github", ENGLISH))
    assert shown.properties["file"] == file


def test_the_last_one_that_is_shown_counts_the_rest() -> None:
    errors = unknown_keys(25)
    warnings = [replace(one, severity=Severity.WARNING, code=codes.INCOMPLETE) for one in unknown_keys(12)]
    log = render_result(validated(*errors, *warnings), "github", ENGLISH)
    shown = shown_annotations(log)
    assert {level: len(each) for level, each in shown.items()} == {"error": 10, "warning": 10, "notice": 0}
    assert len(log.splitlines()) == 20
    assert shown["error"][-1].data.endswith("\nand 15 more like this, see the log of the job or its summary")
    assert shown["warning"][-1].data.endswith("\nand 2 more like this, see the log of the job or its summary")
    assert "more like this" not in "".join(one.data for one in shown["error"][:-1])


def test_lines_of_the_pull_request_come_first_then_the_most_severe() -> None:
    found = list(unknown_keys(30))
    found[20] = replace(found[20], severity=Severity.CRITICAL)
    elsewhere = replace(found[3], subject="other", origin=Origin("shops/uji-cups.yaml", 26, 1))
    context = replace(ENGLISH, diff={"shops/kyoto-tea.yaml": range(26, 28), "shops/other.yaml": [1]})
    shown = shown_annotations(render_result(validated(*found, elsewhere), "github", context))["error"]
    lines = [int(one.properties["line"]) for one in shown]
    assert lines[:3] == [26, 27, 21]
    assert lines[3:] == list(range(1, 8))


def test_nothing_is_written_for_nothing() -> None:
    assert render_result(RESULTS["nothing"], "github", ENGLISH) == ""


def test_people_read_it_in_their_language() -> None:
    japanese = RenderContext(language=language("ja"))
    log = render_result(validated(*unknown_keys(11)), "github", japanese)
    assert "同様の問題がほかに 1 件あります" in log
