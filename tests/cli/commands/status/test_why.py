"""`why` and `blame`: where values come from, over real manifests in Git, the embedded backend and a store."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Copy, Run
from tests.support.session_harness import merchant_edits, rewrite, write_fleet

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
MAIL = "amazon.notification.email"
SECRET = "amazon.api.mws_auth_token"
WRITER = {
    "GIT_AUTHOR_NAME": "Hanako",
    "GIT_AUTHOR_EMAIL": "hanako@example.test",
    "GIT_COMMITTER_NAME": "Hanako",
    "GIT_COMMITTER_EMAIL": "hanako@example.test",
    "GIT_AUTHOR_DATE": "2026-11-20T03:00:00+00:00",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def commit(folder: Path) -> None:
    for words in (("init", "-q"), ("add", "shops"), ("commit", "-q", "-m", "shops")):
        subprocess.run(["git", *words], cwd=folder, check=True, env=os.environ | WRITER)


@pytest.fixture
def folder(copy_of: Copy, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Two shops that were applied, in Git; a merchant then changed the mail address of one."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)

    def edited(made: Path) -> None:
        commit(write_fleet(made))
        assert run("apply", "--auto-approve", FLEET_TOKEN=TOKEN, RECONCILER_ACTOR="tanaka").exit_code == ExitCode.DONE
        merchant_edits(made, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")

    return copy_of(edited)


def why(run: Run, field: str = MAIL, shop: str = "kyoto-tea") -> dict[str, Any]:
    (row,) = json.loads(run("why", shop, field, "-o", "json", FLEET_TOKEN=TOKEN).stdout)["rows"]
    assert isinstance(row, dict)
    return row


def test_a_value_that_the_backend_changed(folder: Path, run: Run) -> None:
    run("drift", FLEET_TOKEN=TOKEN)
    row = why(run)
    assert (row["state"], row["finding"]) == ("drifted", "drifted")
    assert row["desired"] == row["applied_value"] == '"amazon-pay@kyoto-tea.example"'
    assert row["observed"] == '"merchant@kyoto-tea.example"'
    lines = (folder / row["file"]).read_text().splitlines()
    assert "amazon-pay@kyoto-tea.example" in lines[row["line"] - 1]
    assert (row["layer"], row["line_state"], row["author"]) == ("shop", "committed", "Hanako")
    assert row["committed"] == "2026-11-20T03:00:00Z"
    assert re.fullmatch(r"[0-9a-f]{40}", row["commit"])
    assert row["changed_by"].startswith("merchant ")
    assert (row["applied_by"], row["command"]) == ("tanaka", "reconciler apply kyoto-tea")
    assert row["screen"] == "設定>連携サービス>Amazon設定>通知メールアドレス"
    assert row["screen_name"].endswith("> Notification email")
    assert run("findings", "show", row["finding_id"]).exit_code == ExitCode.DONE
    assert row["run"] in run("runs", "list", "-o", "json").stdout


def test_a_line_that_is_not_committed(folder: Path, run: Run) -> None:
    rewrite(folder, "uji-cups", "amazon-pay@uji-cups.example", "desk@uji-cups.example")
    row = why(run, shop="uji-cups")
    assert (row["line_state"], row["commit"], row["author"]) == ("uncommitted", None, None)
    assert (row["state"], row["command"]) == ("pending", "reconciler plan uji-cups")


def test_a_value_of_a_shared_file(folder: Path, run: Run) -> None:
    (folder / "shops" / "_defaults.yaml").write_text("payment:\n  amazon_pay:\n    subscription: false\n")
    row = why(run, "payment.amazon_pay.subscription")
    assert (row["layer"], row["file"], row["line"]) == ("defaults", "shops/_defaults.yaml", 3)
    assert row["line_state"] == "uncommitted"


def test_a_derived_field_names_the_line_that_it_follows(folder: Path, run: Run) -> None:
    followed, row = why(run, "amazon.enabled"), why(run, "buttons_visible")
    assert row["rule"] == "derived"
    assert (row["file"], row["line"]) == (followed["file"], followed["line"])
    assert followed["rule"] == "while-closed"


def test_a_field_that_the_platform_issues(folder: Path, run: Run) -> None:
    row = why(run, "merchant_site_url")
    assert (row["state"], row["rule"], row["file"]) == ("issued", "issued", None)
    assert row["observed"].startswith('"https://')


def test_a_secret_is_only_its_reference_and_its_state(folder: Path, run: Run) -> None:
    shown = why(run, SECRET)
    assert (shown["desired"], shown["secret"], shown["observed"]) == ("ref+env://FLEET_TOKEN", "available", "set")
    (row,) = json.loads(run("why", "kyoto-tea", SECRET, "-o", "json", FLEET_TOKEN="").stdout)["rows"]
    assert (row["secret"], row["state"]) == ("missing", "uncompared")
    for words in (("why", "kyoto-tea", SECRET), ("blame", "kyoto-tea")):
        for output in ("text", "json", "markdown"):
            assert TOKEN not in run(*words, "-o", output, FLEET_TOKEN=TOKEN).output


def test_every_managed_field_of_a_shop(folder: Path, run: Run) -> None:
    rows = json.loads(run("blame", "kyoto-tea", "-o", "json", FLEET_TOKEN=TOKEN).stdout)["rows"]
    by_field = {row["field"]: row for row in rows}
    assert by_field[MAIL] == why(run)
    assert {row["author"] for row in rows} == {"Hanako"}
    assert [row["field"] for row in rows if row["changed_by"] and row["changed_by"].startswith("merchant ")] == [MAIL]
    assert "Hanako" in run("blame", "kyoto-tea", "-o", "markdown", FLEET_TOKEN=TOKEN).stdout


@pytest.mark.parametrize("words", [("why", "kyoto-tea", MAIL), ("blame", "kyoto-tea")])
def test_without_git_one_line_says_so(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    (folder / ".git").rename(folder / "no-git")
    shown = run(*words, FLEET_TOKEN=TOKEN)
    assert shown.exit_code == ExitCode.DONE
    assert len(re.findall("is in no Git repository", shown.stderr)) == 1
    assert "shops/kyoto-tea.yaml" in shown.stdout


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("words", [("why", "kyoto-tea", MAIL), ("blame", "kyoto-tea")])
def test_a_backend_that_does_not_answer(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    (folder / "reconciler.yaml").write_text(
        "backend:\n  url: http://127.0.0.1:1\n  client_id: mine\n  client_secret: ref+env://FLEET_SECRET\n"
    )
    shown = run(*words, "-o", "json", FLEET_TOKEN=TOKEN, FLEET_SECRET="x")
    assert shown.exit_code == ExitCode.UNREACHABLE
    row = next(row for row in json.loads(shown.stdout)["rows"] if row["field"] == MAIL)
    assert (row["state"], row["observed"], row["command"]) == ("unread", None, "reconciler doctor")
    assert (row["author"], row["desired"]) == ("Hanako", '"amazon-pay@kyoto-tea.example"')


def test_an_unknown_shop_or_field(folder: Path, run: Run) -> None:
    for words in (("why", "kyoto-te", MAIL), ("blame", "kyoto-te")):
        unknown = run(*words)
        assert unknown.exit_code == ExitCode.ERROR
        assert "Did you mean kyoto-tea?" in unknown.stderr
    field = run("why", "kyoto-tea", "amazon.notification.emial")
    assert field.exit_code == ExitCode.ERROR
    assert f"'{MAIL}'" in field.stderr
    assert "name one of them" in run("why", "kyoto-tea", "amazon.messages").stderr
    entry = run("why", "kyoto-tea", "amazon.messages.nowhere.label", FLEET_TOKEN=TOKEN)
    assert "S305" in entry.stderr
