"""A CI job whose store vanishes with its work tree is warned before it closes shops."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from tests.support.example_fleet import TOKEN
from tests.support.forge.remote import git
from tests.support.session_harness import Caller, open_caller, write_fleet


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    folder = write_fleet(tmp_path / "fleet")
    git(folder, "init", "-q")
    return open_caller(folder)


def warnings(caller: Caller) -> list[Diagnostic]:
    result = caller.run(apply_manifests, ApplyRequest())
    return [each for each in result.all_diagnostics if each.code is codes.EPHEMERAL_STORE]


def test_an_apply_that_closes_shops_in_a_job_is_warned_once(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    (warning,) = warnings(caller)
    assert "nothing records that the shop must be reopened" in str(warning.summary)
    assert "PostgreSQL" in str(warning.hint)
    assert warnings(caller) == [], "nothing is left to be closed"


def test_outside_a_job_the_store_lasts(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert warnings(caller) == []
