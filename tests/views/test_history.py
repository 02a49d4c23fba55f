"""Runs as people and machines read them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.run_summary import RunCounts, RunSummary
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.json.history import history_json
from reconciler.views.json.schema import document_schema
from reconciler.views.tables.history import history_full, history_terminal, status_message
from reconciler.views.tables.table import render_table, table_markdown

RUN = RunSummary(
    run="5e3e3c6e-0000-4000-8000-000000000001",
    command="apply",
    actor="花子さんのとても長い名前",
    host="build-7",
    started="2026-04-01T03:00:00Z",
    ended="2026-04-01T03:01:00Z",
    commit="13b1597c0ffee",
    fingerprint=f"sha256:{'ab' * 32}",
    shops=100_000,
    counts=RunCounts(applied=98_000, failed=1_000, refused=1_000),
    unfinished_shops=0,
    interrupted=False,
    running=False,
    resumed_by=None,
)
RESUME = replace(RUN, command="resume", commit=None, fingerprint=None, counts=RunCounts(applied=2))
CUT: dict[str, Any] = {"ended": None}
OUTCOMES = {
    "applied 98000 of 100000": RUN,
    "applied 3": replace(RUN, counts=RunCounts(applied=3)),
    "failed 3": replace(RUN, counts=RunCounts(failed=3, refused=1)),
    "failed 3, unfinished: 2": replace(RUN, counts=RunCounts(failed=3), unfinished_shops=2),
    "outcome unknown: 2": replace(RUN, counts=RunCounts(failed=2, unknown=2)),
    "failed 1, unknown: 2": replace(RUN, counts=RunCounts(failed=3, unknown=2)),
    "applied 4 of 7, unknown: 2": replace(RUN, counts=RunCounts(applied=4, failed=3, unknown=2)),
    "refused 3": replace(RUN, counts=RunCounts(refused=3)),
    "nothing written": replace(RUN, counts=RunCounts()),
    "interrupted, applied 98000": replace(RUN, interrupted=True),
    "cancelled, applied 98000": replace(RUN, cancelled=True),
    "running": replace(RUN, **CUT, running=True),
    "killed, unfinished: 100000": replace(RUN, **CUT, unfinished_shops=100_000),
    "killed, resumed by 0badcafe": replace(RUN, **CUT, resumed_by="0badcafe-0000-4000-8000-000000000001"),
    "not finished": replace(RUN, **CUT),
    "shops checked: 100000": replace(RUN, counts=RunCounts(), look=True),
    "recovered 2": RESUME,
    "recovered 2 of 3": replace(RESUME, counts=RunCounts(applied=2, failed=1)),
}


@pytest.mark.parametrize("words", OUTCOMES)
def test_what_it_came_to_in_words(words: str, english: RenderContext) -> None:
    assert english.translate(status_message(OUTCOMES[words])) == words


def test_on_a_terminal_no_row_is_wider_than_eighty_columns(context: RenderContext) -> None:
    text = render_table(history_terminal(list(OUTCOMES.values()), context, msg("none")), context)
    assert max(display_width(line) for line in text.splitlines()) <= 80
    offset = "+09:00" if context.language.code == "en" else ""
    assert f"2026-04-01 12:00{offset}  5e3e3c6e  abababa" in text


def test_a_rule_that_healed_is_named_in_the_language_of_the_reader(japanese: RenderContext) -> None:
    run = replace(RUN, actor="healing rule mail")
    assert "修復ルール mail  " in render_table(history_terminal([run], japanese, msg("none")), japanese)
    assert "修復ルール `mail@build-7`" in table_markdown(history_full([run], japanese, msg("none")), japanese)


def test_in_markdown_nothing_is_shortened(english: RenderContext) -> None:
    text = table_markdown(history_full([RUN], english, msg("none")), english)
    for whole in (RUN.run, "花子さんのとても長い名前", "build-7", "13b1597c0ffee", "sha256:" + "ab" * 32, "100000"):
        assert whole in text


def test_for_machines_numbers_are_numbers_and_what_is_not_there_is_null() -> None:
    document = json.loads(history_json([RUN, RESUME, *OUTCOMES.values()]))
    jsonschema.Draft202012Validator(document_schema("history")).validate(document)
    first, second = document["rows"][:2]
    assert (first["shops"], first["applied"], first["outcome"]) == (100_000, 98_000, "partly-applied")
    assert (second["commit"], second["fingerprint"], second["resumed_by"]) == (None, None, None)
