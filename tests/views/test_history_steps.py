"""What runs did in one shop, in every format."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import Step, StepKind
from reconciler.core.runs.run_summary import RunCounts, RunSummary
from reconciler.core.runs.step_history import StepOutcome, StepRecord
from reconciler.views.common.context import RenderContext
from reconciler.views.json.history import history_steps_json
from reconciler.views.json.schema import document_schema
from reconciler.views.tables.history import steps_short, steps_whole
from reconciler.views.tables.table import render_table, table_markdown

RUN = RunSummary(
    run="0a1b2c3d-0000-4000-8000-000000000001",
    command="apply",
    actor="hanako",
    host="desk",
    started="2026-11-23T17:00:00Z",
    ended="2026-11-23T17:00:09Z",
    commit="c0ffee",
    fingerprint=f"sha256:{'1' * 64}",
    shops=1,
    counts=RunCounts(applied=1),
    unfinished_shops=0,
    interrupted=False,
    running=False,
    resumed_by=None,
)
AT = "2026-11-23T17:00:03Z"
WRITE = Step(action=StepKind.WRITE, kind="amazon_settings", refs=(FieldRef("amazon_settings", "enabled"),))
DONE = StepRecord(at=AT, step=WRITE, outcome=StepOutcome.DONE, request_id="r-1")
DEEDS = (
    DONE,
    StepRecord(at=AT, step=Step(action=StepKind.VERIFY, kind=""), outcome=StepOutcome.MISSED, reason="prediction-miss"),
    replace(DONE, outcome=StepOutcome.FAILED, reason="stale", request_id=None),
    replace(DONE, outcome=StepOutcome.UNKNOWN, request_id=None),
    StepRecord(at=AT, step=None, outcome=StepOutcome.REFUSED, reason="lease-held"),
    StepRecord(at=AT, step=None, outcome=StepOutcome.REFUSED),
    replace(DONE, outcome=StepOutcome.FAILED, request_id=None),
    replace(DONE, outcome=StepOutcome.UNKNOWN, request_id=None, reason="unexpected"),
)
NONE = msg("No runs found for {shop}.", shop="kyoto-tea")


def test_on_a_terminal(english: RenderContext) -> None:
    text = render_table(steps_short([(RUN, DEEDS)], english, NONE), english)
    assert [line.split("hanako  ")[1].split("  ", 1)[0] for line in text.splitlines()[1:]] == [
        "write Amazon settings",
        "verify",
        "write Amazon settings",
        "write Amazon settings",
        "-",
        "-",
        "write Amazon settings",
        "write Amazon settings",
    ]
    for words in (
        "done",
        "not as predicted",
        "failed: A field changed after the plan was created (A104)",
        "outcome unknown",
        "refused: Another run is writing the shop (A110)",
        "refused: -",
        "r-1",
    ):
        assert words in text
    assert "outcome unknown: The backend's answer cannot be interpreted (B107)" in text
    assert render_table(steps_short([], english, NONE), english) == "No runs found for kyoto-tea.\n"


def test_outcomes_and_fields_are_in_the_language_of_the_reader(japanese: RenderContext) -> None:
    text = table_markdown(steps_whole([(RUN, DEEDS)], japanese, NONE), japanese)
    assert "失敗: 計画後に変更された項目 (A104)" in text
    assert "利用設定" in text


def test_in_markdown_with_the_fields(english: RenderContext) -> None:
    text = table_markdown(steps_whole([(RUN, DEEDS)], english, NONE), english)
    assert "Use Amazon" in text
    assert "amazon_settings" not in text
    assert RUN.run in text


def test_in_json_as_its_schema_states_it() -> None:
    document = json.loads(history_steps_json([(RUN, DEEDS)]))
    jsonschema.Draft202012Validator(document_schema("history-steps")).validate(document)
    assert document["rows"][0] == {
        "at": AT,
        "run": RUN.run,
        "actor": "hanako@desk",
        "commit": "c0ffee",
        "step": "write",
        "kind": "amazon_settings",
        "fields": ["amazon_settings.enabled"],
        "outcome": "done",
        "reason": None,
        "request_id": "r-1",
    }
    assert [row["kind"] for row in document["rows"][1:5]] == [None, "amazon_settings", "amazon_settings", None]
