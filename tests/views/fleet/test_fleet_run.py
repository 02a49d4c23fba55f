"""A fleet run for people, in both languages, and for machines; and its exit code."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.fleet.chunk_result import ChunkFailure, ChunkResult
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    FleetRun,
    FleetRunKind,
    FleetRunOptions,
    FleetRunState,
    RunChunk,
    StopReason,
)
from reconciler.core.fleet.totals import fold_chunks
from reconciler.core.model.selection import Selection
from reconciler.core.results.history_result import FleetRunResult
from reconciler.core.values import ShopKey
from reconciler.views import i18n
from reconciler.views.common.context import RenderContext
from reconciler.views.json.schema import document_schema
from reconciler.views.render import render_result

RUN = FleetRun(
    id="6f1c2a90-0000-4000-8000-000000000000",
    fleet="production-kyoto",
    kind=FleetRunKind.APPLY,
    commit="0123456789abcdef0123456789abcdef01234567",
    created="2026-11-28T03:00:00Z",
    actor="mori@build-7",
    options=FleetRunOptions(selection=Selection(), total=6, chunk_size=2, waves=("canary", "100%")),
    state=FleetRunState.STOPPING,
    why=StopReason.FAILURE_LIMIT,
)
ENGLISH = RenderContext(language=i18n.language("en"))
FAILURE = ChunkFailure(shop=ShopKey("kyoto-tea"), outcome="failed", code="A102")


def chunk(number: int, wave: int, state: ChunkState, **counts: int) -> RunChunk:
    failures = (FAILURE,) if counts.get("failed") else ()
    words = {word.replace("_", "-"): count for word, count in counts.items()}
    result = ChunkResult(counts=words, failures=failures, run="journal-1") if counts else None
    first, last = ShopKey(f"shop-{number}a"), ShopKey(f"shop-{number}b")
    return RunChunk(run=RUN.id, number=number, wave=wave, first=first, last=last, shops=2, state=state, result=result)


def result(run: FleetRun, *chunks: RunChunk, **more: object) -> FleetRunResult:
    totals = fold_chunks(run, chunks)
    return FleetRunResult(fleet_run=run, chunks=chunks, totals=totals, **more)  # type: ignore[arg-type]


STOPPED = result(
    RUN,
    chunk(1, 1, ChunkState.DONE, applied=1, failed=1),
    chunk(2, 1, ChunkState.RUNNING),
    replace(chunk(3, 2, ChunkState.FAILED), result=ChunkResult(error="no mirror")),
)


def test_text_says_what_it_is_what_was_done_and_what_failed() -> None:
    assert render_result(STOPPED, "text", ENGLISH) == (
        "Apply 6f1c2a90 of commit 0123456789ab, started 2026-11-28 12:00+09:00 by mori@build-7: stopping\n"
        "It was stopped since more shops failed than its limit allows.\n"
        "Shops: 6; applied: 1, failed: 1\n"
        "\n"
        "Wave  Name    Shops  Chunks done  State\n"
        "1     canary  4      1 of 2       running\n"
        "2     100%    2      1 of 1       not started\n"
        "\n"
        "Shop       Outcome  Code\n"
        "kyoto-tea  failed   A102\n"
        "\n"
        "Chunk  Error\n"
        "3      no mirror\n"
    )


def test_text_in_japanese() -> None:
    text = render_result(STOPPED, "text", RenderContext(language=i18n.language("ja")))
    assert "適用 6f1c2a90 (コミット 0123456789ab、mori@build-7 が 2026-11-28 12:00 に開始): 停止中\n" in text
    assert "1 件中 1 件" in text
    assert "失敗した店舗が上限を超えたため、停止しました。" in text
    assert "店舗数: 6、適用済み: 1、失敗: 1" in text
    assert "stopp" not in text


def test_markdown_has_the_tables() -> None:
    text = render_result(STOPPED, "markdown", ENGLISH)
    assert "| Wave | Name | Shops | Chunks done | State |" in text
    assert "| kyoto-tea | failed | A102 |" in text
    assert "| 3 | no mirror |" in text


def test_json_keeps_to_its_schema() -> None:
    document = json.loads(render_result(STOPPED, "json", ENGLISH))
    jsonschema.Draft202012Validator(document_schema("fleet-run")).validate(document)
    assert document["format"] == "reconciler/fleet-run"
    assert (document["kind"], document["state"], document["why"]) == ("apply", "stopping", "failure-limit")
    assert {name: count for name, count in document["summary"].items() if count} == {
        "shops": 6,
        "chunks": 3,
        "applied": 1,
        "failed": 1,
    }
    assert document["failures"] == [{"shop": "kyoto-tea", "outcome": "failed", "code": "A102"}]
    assert [each["error"] for each in document["chunks"]] == [None, None, "no mirror"]
    assert document["chunks"][0]["run"] == "journal-1"


DONE = replace(RUN, state=FleetRunState.DONE, why=None, ended="2026-11-28T03:09:00Z")
LOOK = replace(DONE, kind=FleetRunKind.LOOK)
CANCELLED = replace(RUN, state=FleetRunState.CANCELLED, why=StopReason.CANCELLED)


@pytest.mark.parametrize(
    ("run", "counts", "code"),
    [
        (DONE, {"applied": 2}, ExitCode.DONE),
        (DONE, {"unchanged": 2}, ExitCode.DONE),
        (DONE, {"applied": 1, "failed": 1}, ExitCode.PARTLY),
        (DONE, {"applied": 1, "refused": 1}, ExitCode.PARTLY),
        (DONE, {"left_closed": 1}, ExitCode.PARTLY),
        (DONE, {"failed": 2}, ExitCode.ERROR),
        (DONE, {"refused": 2}, ExitCode.REFUSED),
        (CANCELLED, {"applied": 2}, ExitCode.PARTLY),
        (CANCELLED, {"skipped": 2}, ExitCode.ERROR),
        (replace(RUN, state=FleetRunState.OPEN, why=None), {}, ExitCode.PARTLY),
        (LOOK, {"in_sync": 2}, ExitCode.DONE),
        (LOOK, {"in_sync": 1, "drift": 1}, ExitCode.DIFFERENCES),
        (LOOK, {"drift": 1, "unknown": 1}, ExitCode.ERROR),
        (replace(CANCELLED, kind=FleetRunKind.LOOK), {"in_sync": 2}, ExitCode.ERROR),
    ],
)
def test_the_exit_code_says_how_the_run_ended(run: FleetRun, counts: dict[str, int], code: ExitCode) -> None:
    found = result(run, chunk(1, 1, ChunkState.DONE, **counts))
    assert found.exit_code is code
    assert replace(found, judged=False).exit_code is ExitCode.DONE


def test_a_backend_that_never_answered_is_unreachable() -> None:
    silent = ChunkFailure(shop=ShopKey("a"), outcome="unknown", code=codes.UNREACHABLE.number)
    part = replace(chunk(1, 1, ChunkState.DONE), result=ChunkResult(counts={"unknown": 1}, failures=(silent,)))
    assert result(LOOK, part).exit_code is ExitCode.UNREACHABLE
    assert result(LOOK, part, chunk(2, 1, ChunkState.DONE, in_sync=1)).exit_code is ExitCode.ERROR


def test_shops_that_were_held_before_the_run_count() -> None:
    held = diagnostic(codes.OTHER_LEAF, msg("held"))
    part = chunk(1, 1, ChunkState.DONE, applied=1)
    assert result(DONE, part, diagnostics=(held,)).exit_code is ExitCode.PARTLY


def test_counts_and_outcomes_of_the_result() -> None:
    assert STOPPED.counts == {"applied": 1, "failed": 1}
    assert STOPPED.outcomes == {"kyoto-tea": "failed"}


def test_a_look_says_how_many_fields_differ_and_why_it_ended_early(english: RenderContext) -> None:
    part = replace(chunk(1, 1, ChunkState.DONE), result=ChunkResult(counts={"in-sync": 1, "drift": 1}, fields=3))
    stopped = replace(CANCELLED, kind=FleetRunKind.LOOK)
    first, second, third = render_result(result(stopped, part), "text", english).splitlines()[:3]
    assert first.startswith("Check 6f1c2a90 of commit 0123456789ab")
    assert first.endswith(": cancelled")
    assert second == "It was stopped with `reconciler runs cancel`."
    assert third == "Shops: 2; in sync: 1, with drift: 1, fields that differ: 3"


def test_a_run_without_results_has_no_counts(english: RenderContext) -> None:
    waiting = result(replace(RUN, state=FleetRunState.OPEN, why=None), chunk(1, 1, ChunkState.WAITING))
    lines = render_result(waiting, "text", english).splitlines()
    assert lines[0].endswith(": running")
    assert lines[1] == "Shops: 2"


@pytest.mark.parametrize(("state", "word"), [(FleetRunState.DONE, "ended"), (FleetRunState.OPEN, "done")])
def test_a_wave_is_done_while_the_run_goes_on_and_ended_after_it(
    state: FleetRunState, word: str, english: RenderContext
) -> None:
    found = result(replace(RUN, state=state, why=None), chunk(1, 1, ChunkState.DONE, applied=2))
    wave = next(line for line in render_result(found, "text", english).splitlines() if line.startswith("1 "))
    assert wave.split()[-1] == word
