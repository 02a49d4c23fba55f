"""`findings`: the list, one finding, its history, and accepting one, over a real store and a ledger in the folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Copy, Run
from tests.support.session_harness import merchant_edits, write_fleet

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
MAIL = "amazon.notification.email"
LEDGER = """\
apiVersion: reconciler/v1
accepted:
  - shop: kyoto-tea
    field: amazon.notification.email
    value: merchant@kyoto-tea.example
    until: "{until}"
    owner: tanaka
    reason: campaign
"""


@pytest.fixture
def folder(copy_of: Copy, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Two shops that were applied, and a merchant who then changed the mail address of one; a check recorded it."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)

    def checked(made: Path) -> None:
        write_fleet(made)
        assert run("apply", "--auto-approve").exit_code == ExitCode.DONE
        merchant_edits(made, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
        assert run("drift").exit_code == ExitCode.DIFFERENCES

    return copy_of(checked)


def accept(run: Run, *words: str, field: str = MAIL, until: str = "2026-12-31") -> Any:
    return run("findings", "accept", "kyoto-tea", field, "--until", until, "--reason", "campaign", *words)


def rows(run: Run, *words: str) -> list[dict[str, Any]]:
    return json.loads(run("findings", *words, "-o", "json").stdout)["rows"]


def test_the_list(folder: Path, run: Run) -> None:
    (row,) = rows(run, "list")
    assert (row["shop"], row["field"], row["severity"], row["state"]) == ("kyoto-tea", MAIL, "medium", "open")
    assert row["actor"] == "merchant"
    assert rows(run, "list", "kyoto-*", "--severity", "medium") == [row]
    assert rows(run, "list", "--severity", "high") == []
    assert rows(run, "list", "uji-*") == []
    assert rows(run, "list", "--owner", "@pay") == []
    assert rows(run, "list", "--older-than", "1d") == []
    assert run("findings", "list", "uji-*").stdout == "No finding matches.\n"


def test_a_misspelled_shop_is_named(folder: Path, run: Run) -> None:
    """Not only an empty list: that would be good news."""
    assert "No manifest matches kyoto-te. Did you mean kyoto-tea?" in run("findings", "list", "kyoto-te").stderr
    assert "No manifest matches nara-*." in run("findings", "list", "kyoto-te*", "nara-*", "--severity", "high").stderr
    assert "No manifest matches" not in run("findings", "list", "uji-*").stderr
    run("apply", "--auto-approve")
    run("drift")
    misspelled = run("findings", "list", "kyoto-te")
    assert misspelled.stdout == "No findings are open.\n"
    assert "No manifest matches kyoto-te." in misspelled.stderr


def test_one_finding_and_its_history(folder: Path, run: Run) -> None:
    (row,) = rows(run, "list")
    (whole,) = rows(run, "show", row["id"][:6])
    assert whole["desired"] == '"amazon-pay@kyoto-tea.example"'
    assert whole["observed"] == '"merchant@kyoto-tea.example"'
    assert whole["command"] == "reconciler apply kyoto-tea"
    assert whole["file"] == "shops/kyoto-tea.yaml"
    run("apply", "--auto-approve")
    run("drift")
    history = rows(run, "timeline", row["id"])
    assert [(each["event"], each["resolved_by"]) for each in history] == [("opened", None), ("resolved", "apply")]
    assert rows(run, "list") == []
    assert len(rows(run, "list", "--resolved")) == 1
    assert run("findings", "list").stdout == "No findings are open.\n"


@pytest.mark.parametrize("name", ["ffffffffffffffff", "%", ""])
def test_an_id_that_means_no_finding_or_several(folder: Path, run: Run, name: str) -> None:
    merchant_edits(folder, "uji-cups", notificationEmail="merchant@uji-cups.example")
    run("drift")
    for command in ("show", "timeline"):
        found = run("findings", command, name)
        assert found.exit_code == ExitCode.ERROR
        assert "F105" in found.stderr


def test_without_a_store_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.chdir(write_fleet(tmp_path / "fleet"))
    assert run("findings", "list").stdout == "No findings are recorded.\n"
    assert run("findings", "show", "00").exit_code == ExitCode.ERROR
    assert not Path(".reconciler/journal.db").exists()


def test_an_accepted_difference_is_shown_and_counts_no_more(folder: Path, run: Run) -> None:
    done = accept(run)
    assert done.exit_code == ExitCode.DONE
    assert "Commit accepted-drift.yaml" in done.stderr
    shown = run("drift")
    assert shown.exit_code == ExitCode.DONE
    assert "accepted until 2026-12-31" in shown.stdout
    assert "No drift in 2 shops; 1 accepted field." in shown.stdout
    (row,) = rows(run, "list")
    assert row["state"] == "accepted"
    entry = json.loads(run("drift", "-o", "json").stdout)["shops"][0]["entries"][0]
    assert (entry["accepted_until"], entry["severity"]) == ("2026-12-31", None)


def test_another_value_than_the_accepted_one_is_reported(folder: Path, run: Run) -> None:
    run("drift", "--new")
    accept(run)
    assert run("drift", "--new").output == ""
    merchant_edits(folder, "kyoto-tea", notificationEmail="other@kyoto-tea.example")
    found = run("drift", "--new")
    assert found.exit_code == ExitCode.DIFFERENCES
    assert "other@kyoto-tea.example" in found.stdout


def test_an_expired_entry_is_open_again(folder: Path, run: Run) -> None:
    (folder / "accepted-drift.yaml").write_text(LEDGER.format(until="2026-01-31"))
    assert run("drift").exit_code == ExitCode.DIFFERENCES


def test_accepting_again_replaces_the_entry(folder: Path, run: Run) -> None:
    accept(run)
    merchant_edits(folder, "kyoto-tea", notificationEmail="other@kyoto-tea.example")
    accept(run, "--owner", "hanako")
    text = (folder / "accepted-drift.yaml").read_text()
    assert text.count("- shop:") == 1
    assert 'value: "other@kyoto-tea.example"' in text
    assert 'owner: "hanako"' in text


@pytest.mark.parametrize(
    ("field", "until", "why"),
    [
        ("amazon.api.mws_auth_token", "2026-12-31", "is a secret"),
        ("amazon.notification.mail", "2026-12-31", "unknown field"),
        ("amazon.messages", "2026-12-31", "holds several texts"),
        ("amazon.messages.order_area.label", "2026-12-31", "the manifest does not declare"),
        ("amazon_settings.merchant_site_url", "2026-12-31", "issued by the platform"),
        ("amazon.enabled", "2026-12-31", "has the value that Git declares"),
        (MAIL, "2027-12-31", "not within the next 90 days"),
        (MAIL, "2020-12-31", "not within the next 90 days"),
        (MAIL, "2026-02-31", "not a day of the calendar"),
        (MAIL, "tomorrow", "not a day of the calendar"),
        (MAIL, "20261231", "not a day of the calendar"),
        (MAIL, "2026-W53-4", "not a day of the calendar"),
    ],
)
def test_what_cannot_be_accepted(folder: Path, run: Run, field: str, until: str, why: str) -> None:
    refused = accept(run, field=field, until=until)
    assert refused.exit_code == ExitCode.REFUSED
    assert "F104" in refused.stderr
    assert why in refused.stderr
    assert not (folder / "accepted-drift.yaml").exists()


@pytest.mark.parametrize("option", ["--reason", "--owner"])
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("token amzn.mws.01234567-89ab-cdef-0123-456789abcdef", "looks like an MWSAuthToken"),
        ("  ", "is empty"),
        ("agreed\u202e", "contains a control character"),
        ("x" * 501, "has 501 characters"),
    ],
)
def test_what_must_not_be_in_git_is_refused_and_not_quoted(
    folder: Path, run: Run, option: str, text: str, why: str
) -> None:
    refused = accept(run, option, text)
    assert refused.exit_code == ExitCode.REFUSED
    assert why in refused.stderr
    assert "456789abcdef" not in refused.output
    assert not (folder / "accepted-drift.yaml").exists()


def test_the_longest_reason_is_read_back(folder: Path, run: Run) -> None:
    assert accept(run, "--reason", "x" * 500).exit_code == 0
    assert "F103" not in run("drift").output


def test_a_shop_without_a_manifest_has_nothing_to_accept(folder: Path, run: Run) -> None:
    refused = run("findings", "accept", "nara-ink", MAIL, "--until", "2026-12-31", "--reason", "x")
    assert refused.exit_code == ExitCode.REFUSED


@pytest.mark.parametrize(
    ("wrong", "right", "place"),
    [
        ('until: "{until}"', 'until: "2026-02-31"', ":3:"),
        ('until: "{until}"', 'until: "2029-12-31"', ":3:"),
        ('until: "{until}"', "until: 2026-12-31", ":6:"),
        ("    reason: campaign\n", "", ":3:"),
        ("owner: tanaka", "owner: tanaka\n    actor: x", ":8:"),
        ("field: amazon.notification.email", "field: amazon.api.mws_auth_token", ":3:"),
        ("field: amazon.notification.email", "field: amazon.nothing", ":3:"),
        ("value: merchant@kyoto-tea.example", "value: amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4", ":5:"),
        ("shop: kyoto-tea", "shop: Kyoto Tea", ":3:"),
        ("accepted:", "accepted: none", ""),
    ],
)
def test_a_bad_ledger_stops_the_check_with_its_line(folder: Path, run: Run, wrong: str, right: str, place: str) -> None:
    text = LEDGER.replace(wrong, right).replace("{until}", "2026-12-31")
    (folder / "accepted-drift.yaml").write_text(text)
    before = rows(run, "list")
    for words in (("drift",), ("drift", "--new")):
        stopped = run(*words)
        assert stopped.exit_code == ExitCode.ERROR
        assert "F103" in stopped.stderr
        assert f"accepted-drift.yaml{place}" in stopped.stderr
        assert TOKEN not in stopped.output
    assert accept(run).exit_code == ExitCode.ERROR
    assert (folder / "accepted-drift.yaml").read_text() == text
    assert rows(run, "list") == before
