"""--changed-since on the command line: the same result as for all shops if the backend matches the revision."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run, write_fleet, write_shop


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two shops, committed, and live as they are declared."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    write_fleet(tmp_path)
    write_shop(tmp_path, "uji-cups", wave="late")
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch=main")
    git("add", "shops")
    git("commit", "--quiet", "--message", "the fleet")
    return tmp_path


def git(*words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words], check=True)


def edit(fleet: Path, shop: str = "kyoto-tea") -> None:
    path = fleet / "shops" / f"{shop}.yaml"
    path.write_text(path.read_text().replace("amazon-pay@", "somebody@"))


def test_the_plan_is_that_over_all_shops(fleet: Path, run: Run) -> None:
    assert run("apply", "--auto-approve").exit_code == 0
    edit(fleet)
    over_all = json.loads(run("plan", "-o", "json").stdout)
    affected = json.loads(run("plan", "--changed-since", "main", "-o", "json").stdout)
    assert affected["fingerprint"] == over_all["fingerprint"]
    assert [shop["shop"] for shop in affected["shops"]] == ["kyoto-tea"]
    assert (affected["summary"]["left_out"], over_all["summary"]["left_out"]) == (1, 0)


@pytest.mark.parametrize("command", ["plan", "drift", "validate"])
def test_where_nothing_changed_there_is_nothing_to_do(fleet: Path, run: Run, command: str) -> None:
    result = run(command, "--changed-since", "HEAD")
    assert (result.exit_code, result.stderr) == (0, "")


def test_what_was_omitted_is_reported(fleet: Path, run: Run) -> None:
    result = run("plan", "--changed-since", "HEAD")
    assert result.stdout == "Nothing was planned; 2 shops omitted, unchanged since the Git revision.\n"


def test_an_apply_writes_only_what_changed(fleet: Path, run: Run) -> None:
    edit(fleet)
    report = json.loads(run("apply", "--changed-since", "main", "--auto-approve", "-o", "json").stdout)
    assert [(shop["shop"], shop["outcome"]) for shop in report["shops"]] == [("kyoto-tea", "applied")]


def test_an_invalid_manifest_that_did_not_change_is_not_reported(fleet: Path, run: Run) -> None:
    (fleet / "shops" / "uji-cups.yaml").write_text("shop: [")
    git("add", "shops")
    git("commit", "--quiet", "--message", "broken")
    edit(fleet)
    assert run("validate", "--changed-since", "HEAD").exit_code == 0
    assert run("validate").exit_code == 1


def test_a_name_that_is_no_shop_is_a_slip_and_one_that_did_not_change_is_none(fleet: Path, run: Run) -> None:
    assert run("plan", "uji-cups", "--changed-since", "HEAD").exit_code == 0
    result = run("plan", "uji-cup", "--changed-since", "HEAD")
    assert result.exit_code == 1
    assert "Did you mean uji-cups?" in result.stderr


@pytest.mark.parametrize("command", [("plan",), ("drift",), ("validate",), ("apply", "--auto-approve")])
def test_a_revision_that_is_none_is_an_error_in_every_command(fleet: Path, run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--changed-since", "origin/mian")
    assert result.exit_code == 1
    assert "[S402]: Unknown Git revision 'origin/mian'" in result.stderr


def test_a_saved_plan_is_narrowed_by_shops_only(fleet: Path, run: Run) -> None:
    result = run("apply", "plan.json", "--changed-since", "main")
    assert result.exit_code == 1
    assert "narrowed by shop keys only" in result.stderr


def test_the_share_of_the_fleet_counts_those_that_did_not_change(fleet: Path, run: Run) -> None:
    """One of two is within the allowed half, also when it is the only one that is read; saved or not."""
    (fleet / "reconciler.yaml").write_text(
        "embedded: {seed: seed.json}\nlimits: {fleet_share: 50%, fleet_share_from: 1}\n"
    )
    edit(fleet)
    assert "fleet-share" not in run("plan", "--changed-since", "main", "--out", "plan.json").stdout
    assert run("apply", "plan.json", "--auto-approve").exit_code == 0


def test_more_than_the_share_is_held_all_the_same(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text(
        "embedded: {seed: seed.json}\nlimits: {fleet_share: 50%, fleet_share_from: 1}\n"
    )
    (fleet / "shops" / "_defaults.yaml").write_text("apiVersion: reconciler/v1\n")
    plan = json.loads(run("plan", "--changed-since", "main", "-o", "json").stdout)
    assert [finding["slug"] for finding in plan["diagnostics"]] == ["fleet-share"]


def test_something_may_be_allowed_for_a_shop_that_did_not_change(fleet: Path, run: Run) -> None:
    """A pipeline allows it in advance for any branch; a misspelt name is still reported."""
    asked = ("plan", "--changed-since", "HEAD", "--allow")
    assert "Did you mean uji-cups?" in run(*asked, "turning-off:uji-cup").stderr
    assert run(*asked, "turning-off:uji-cups").stderr == ""
    edit(fleet)
    assert "Did you mean uji-cups?" in run(*asked, "turning-off:uji-cup").stderr
    assert run(*asked, "turning-off:uji-cups").stderr == ""
