"""`drift --new` and the filters, over a real store: once per problem, nothing for what is old, accepted or cannot be read."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import anyio
import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Run, without_run
from tests.support.session_harness import merchant_edits, rewrite, with_world, write_fleet
from tests.support.waiting import until

pytestmark = pytest.mark.system

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Two shops that were applied; what is new is asked for from now on."""
    monkeypatch.chdir(write_fleet(tmp_path / "fleet"))
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    assert run("apply", "--auto-approve").exit_code == ExitCode.DONE
    ended = int(time.time())
    anyio.run(
        until, lambda: int(time.time()) > ended
    )  # times are to the second: a run in the second of a look counts as later
    first = run("drift", "--new")
    assert first.exit_code == ExitCode.DONE
    assert "First check with --new (open findings: 0)" in first.stderr
    return Path.cwd()


def set_mail(folder: Path, mail: str, shop: str = "kyoto-tea") -> None:
    merchant_edits(folder, shop, notificationEmail=mail)


def test_what_is_new_is_reported_once(folder: Path, run: Run) -> None:
    assert run("drift", "--new").output == ""
    set_mail(folder, "merchant@kyoto-tea.example")
    found = run("drift", "--new")
    assert found.exit_code == ExitCode.DIFFERENCES
    assert "amazon.notification.email" in found.stdout
    assert "by merchant" in found.stdout
    again = run("drift", "--new")
    assert (again.exit_code, again.output) == (ExitCode.DONE, "")


def test_a_check_by_a_person_between_two_jobs_swallows_nothing(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    assert run("drift").exit_code == ExitCode.DIFFERENCES
    assert "amazon.notification.email" in run("drift", "--new").stdout


def test_two_jobs_with_different_words_each_get_the_news(folder: Path, run: Run) -> None:
    run("drift", "--new", "--severity", "medium")
    set_mail(folder, "merchant@kyoto-tea.example")
    assert run("drift", "--new", "--severity", "high").output.startswith("First check")
    assert run("drift", "--new", "--severity", "medium").exit_code == ExitCode.DIFFERENCES
    assert run("drift", "--new").exit_code == ExitCode.DIFFERENCES


def test_what_was_settled_before_the_job_ran_is_no_news(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    run("drift")
    run("apply", "--auto-approve")
    run("drift")
    assert run("drift", "--new").output == ""


def test_exit_zero(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    found = run("drift", "--new", "--exit-zero")
    assert found.exit_code == ExitCode.DONE
    assert "amazon.notification.email" in found.stdout


def test_a_change_in_git_that_is_not_applied_is_no_news(folder: Path, run: Run) -> None:
    rewrite(folder, "kyoto-tea", "amazon-pay@kyoto-tea.example", "desk@kyoto-tea.example")
    assert run("drift").exit_code == ExitCode.DIFFERENCES
    assert run("drift", "--new").output == ""
    assert run("findings", "list").stdout == "No findings are open.\n"


def test_in_json_nothing_new_is_an_empty_document(folder: Path, run: Run) -> None:
    document = json.loads(run("drift", "--new", "-o", "json").stdout)
    assert document["summary"]["fields"] == 0
    set_mail(folder, "merchant@kyoto-tea.example")
    (shop, _) = json.loads(run("drift", "--new", "-o", "json").stdout)["shops"]
    assert [(entry["severity"], entry["manifest_key"]) for entry in shop["entries"]] == [
        ("medium", "amazon.notification.email")
    ]


def test_new_makes_a_store_and_a_plain_check_makes_none(folder: Path, run: Run) -> None:
    shutil.rmtree(folder / ".reconciler" / "cache", ignore_errors=True)
    (folder / ".reconciler" / "journal.db").unlink()
    run("drift")
    assert not (folder / ".reconciler" / "journal.db").exists()
    run("drift", "--new")
    assert (folder / ".reconciler" / "journal.db").exists()


def test_the_command_that_status_names_records_a_check(folder: Path, run: Run) -> None:
    shutil.rmtree(folder / ".reconciler" / "cache", ignore_errors=True)
    (folder / ".reconciler" / "journal.db").unlink()
    assert run("drift").exit_code == ExitCode.DONE
    named = re.findall(r"No check is recorded yet: `reconciler (.+)` records one", run("status").stderr)
    assert run(*named[0].split()).exit_code == ExitCode.DONE
    after = run("status")
    assert "last check" in after.stdout
    assert "No check is recorded" not in after.stderr


@pytest.mark.parametrize("words", [("nope",), ("-l", "wave=nope"), ("kyoto-tea", "-l", "wave=nope")])
def test_a_check_that_compared_nothing_is_no_check(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    before = without_run(run("status", "-o", "json").stdout)
    assert "last-look" in before
    assert run("drift", *words).exit_code == ExitCode.ERROR
    assert without_run(run("status", "-o", "json").stdout) == before


def test_new_is_refused_in_a_ci_job_without_a_store_that_lasts(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".git").mkdir()
    monkeypatch.setenv("CI", "true")
    refused = run("drift", "--new")
    assert refused.exit_code == ExitCode.ERROR
    assert "F101" in refused.stderr
    assert "Use PostgreSQL" in refused.stderr
    assert run("drift").exit_code == ExitCode.DONE


def test_severity_narrows_what_is_shown_and_judged(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    shown = run("drift", "--severity", "high")
    assert shown.exit_code == ExitCode.DONE
    assert shown.stdout == "No drift in 2 shops; 1 more field differs and is not shown.\n"
    assert run("drift", "--severity", "medium").exit_code == ExitCode.DIFFERENCES


def test_a_label_raises_the_severity(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    rewrite(folder, "kyoto-tea", "wave: canary", "wave: canary, severity: critical")
    assert run("drift", "--severity", "critical").exit_code == ExitCode.DIFFERENCES
    rewrite(folder, "kyoto-tea", "severity: critical", "severity: urgent")
    odd = run("drift", "--severity", "critical")
    assert odd.exit_code == ExitCode.DONE
    assert "F106" in run("drift").output


def test_the_owner_is_the_code_owner_of_the_manifest(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    set_mail(folder, "merchant@uji-cups.example", "uji-cups")
    (folder / "CODEOWNERS").write_text("/shops/ @example/payments\n/shops/uji-cups.yaml @uji @second\n")
    rewrite(folder, "uji-cups", "wave: late", "wave: late, owner: label-owner")
    assert shops_shown(run("drift", "--owner", "@example/payments").stdout) == ["kyoto-tea"]
    assert shops_shown(run("drift", "--owner", "@second").stdout) == ["uji-cups"]
    assert shops_shown(run("drift", "--owner", "label-owner").stdout) == []
    (folder / "CODEOWNERS").unlink()
    assert shops_shown(run("drift", "--owner", "label-owner").stdout) == ["uji-cups"]


def shops_shown(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line.endswith(".yaml")]


def test_older_than_needs_findings_that_are_recorded(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    assert run("drift", "--older-than", "1h").exit_code == ExitCode.DONE
    assert run("drift", "--older-than", "0s").exit_code == ExitCode.DIFFERENCES
    wrong = run("drift", "--older-than", "soon")
    assert wrong.exit_code == ExitCode.ERROR
    assert "invalid duration 'soon'" in wrong.stderr


def findings(run: Run) -> dict[tuple[str, str | None], dict[str, str]]:
    rows = json.loads(run("findings", "list", "--resolved", "-o", "json").stdout)["rows"]
    return {(row["shop"], row["field"]): row for row in rows}


def resolved_by(run: Run) -> str:
    name = findings(run)["kyoto-tea", "amazon.notification.email"]["id"]
    (row,) = json.loads(run("findings", "show", name, "-o", "json").stdout)["rows"]
    assert row["state"] == "resolved"
    return row["resolved_by"]


@pytest.mark.parametrize("by", ["apply", "git", "hand"])
def test_a_finding_knows_what_resolved_it(folder: Path, run: Run, by: str) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    run("drift")
    if by == "apply":
        run("apply", "--auto-approve")
    elif by == "git":
        rewrite(folder, "kyoto-tea", "amazon-pay@kyoto-tea.example", "merchant@kyoto-tea.example")
    else:
        set_mail(folder, "amazon-pay@kyoto-tea.example")
    run("drift")
    assert resolved_by(run) == by


def test_findings_of_a_deleted_manifest_are_resolved_and_the_shop_is_one(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    run("drift")
    (folder / "shops" / "kyoto-tea.yaml").unlink()
    assert "I206" in run("drift", "--new").output
    assert resolved_by(run) == "git"
    assert findings(run)["kyoto-tea", None]["kind"] == "unmanaged"
    assert run("drift", "--new").output == ""


def test_a_broken_manifest_resolves_nothing(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    run("drift")
    rewrite(folder, "kyoto-tea", "enabled:", "enabld:")
    assert run("drift", "--new").exit_code == ExitCode.ERROR
    assert findings(run)["kyoto-tea", "amazon.notification.email"]["state"] == "open"


def test_a_shop_that_the_backend_lost_is_unread_and_its_finding_stays(folder: Path, run: Run) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    run("drift", "--new")
    (folder / ".reconciler" / "embedded.db").rename(folder / "away.db")
    (folder / "seed.json").write_text(json.dumps({"shops": [{"shopKey": "uji-cups"}]}))
    down = run("drift", "--new")
    assert "merchant@kyoto-tea.example" not in down.output
    listed = run("findings", "list")
    assert "kyoto-tea" in listed.stdout
    assert "could not be read at the last check: 1" in listed.stderr
    (folder / "away.db").replace(folder / ".reconciler" / "embedded.db")
    assert run("drift", "--new").output == ""


def test_refused_credentials_are_a_finding_of_the_shop(folder: Path, run: Run) -> None:
    with_world(folder, lambda world: world.amazon_revokes("kyoto-tea"))
    found = run("drift", "--new")
    assert found.exit_code == ExitCode.DIFFERENCES
    assert "payments do not work" in found.stdout
    assert findings(run)["kyoto-tea", None]["kind"] == "credentials-refused"
    assert run("drift", "--new").output == ""
    with_world(folder, lambda world: world.amazon_restores("kyoto-tea"))
    assert run("drift", "--new").output == ""
    assert findings(run)["kyoto-tea", None]["state"] == "resolved"


def test_a_switch_that_was_turned_off_is_a_finding_of_its_field(folder: Path, run: Run) -> None:
    with_world(folder, lambda world: world.platform_turns_off("kyoto-tea"))
    found = run("drift", "--new")
    assert found.exit_code == ExitCode.DIFFERENCES
    assert "payments do not work" in found.stdout
    assert findings(run)["kyoto-tea", "amazon.enabled"]["severity"] == "high"
