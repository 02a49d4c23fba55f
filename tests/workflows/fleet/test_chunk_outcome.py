"""The small result of a chunk, from the large one of a look."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, ShopDrift
from reconciler.core.fleet.chunk_result import ChunkFailure, ChunkResult
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.results.validation_result import FailureResult
from reconciler.core.values import Origin, ShopKey
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.fleet.chunk_outcome import apply_outcome, error_line, look_outcome
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import SHOPS, open_caller, write_fleet

A, B, C = ShopKey("kyoto-tea"), ShopKey("nara-ink"), ShopKey("uji-cups")
UNREADABLE = diagnostic(codes.UNUSABLE, msg("It cannot be  read\nnow"))


def test_a_look_that_could_not_be_made_says_why_in_one_line() -> None:
    result = look_outcome(FailureResult(diagnostics=(UNREADABLE,)))
    assert result == ChunkResult(error=f"{codes.UNUSABLE.number} It cannot be read now")


def test_a_shop_with_an_invalid_manifest_counts_as_unknown_like_one_that_could_not_be_read() -> None:
    drift = Drift(
        shops=(
            ShopDrift(shop=A, origin=Origin("shops/kyoto-tea.yaml"), findings=(UNREADABLE,)),
            ShopDrift(shop=B, origin=Origin("shops/nara-ink.yaml")),
        ),
        findings=(UNREADABLE.for_shop(C),),
    )
    result = look_outcome(DriftResult(drift=drift))
    assert dict(result.counts) == {"drift": 0, "unknown": 2, "in-sync": 1}
    number = codes.UNUSABLE.number
    assert result.failures == tuple(ChunkFailure(shop=shop, outcome="unknown", code=number) for shop in (A, C))


def test_shops_of_others_are_not_part_of_an_apply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    caller = open_caller(write_fleet(tmp_path / "fleet"))
    first, second = map(ShopKey, SHOPS)

    result = caller.run(apply_manifests, ApplyRequest())
    assert dict(apply_outcome(result, [first], ()).counts) == {"applied": 1}
    assert dict(apply_outcome(result, [first, second], ()).counts) == {"applied": 2}


def test_nothing_that_stops_the_work_is_unknown() -> None:
    assert error_line(()) == "unknown"
