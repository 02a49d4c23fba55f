"""`alerts` and what `drift` does with a file of channels, over a real receiver on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Copy, Run
from tests.cli.texts.alerted_fleet import receiver
from tests.support.session_harness import merchant_edits, write_fleet

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
ALERTS = """\
apiVersion: reconciler/v1
channels:
  ops-chat: {kind: slack, url: "ref+file://ops-chat.txt"}
  oncall: {kind: slack, url: "ref+file://oncall.txt"}
rules:
  - {}
"""


@pytest.fixture
def folder(copy_of: Copy, monkeypatch: pytest.MonkeyPatch, run: Run) -> Iterator[Path]:
    """Two channels that have started: one takes everything, the other one is gone."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)

    def started(made: Path) -> None:
        write_fleet(made)
        (made / "alerts.yaml").write_text(ALERTS)
        write_addresses(made, port)
        first = run("drift")
        assert "Alerts to ops-chat, oncall start now (open findings: 10)" in first.stderr
        merchant_edits(made, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")

    with receiver() as port:
        folder = copy_of(started)
        write_addresses(folder, port)
        yield folder


def write_addresses(folder: Path, port: int) -> None:
    (folder / "ops-chat.txt").write_text(f"http://127.0.0.1:{port}/hook")
    (folder / "oncall.txt").write_text(f"http://127.0.0.1:{port}/gone")


def rows(run: Run, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("alerts", *words, "-o", "json").stdout)["rows"]
    return found


def test_a_change_is_sent_and_listed(folder: Path, run: Run) -> None:
    found = run("drift")
    assert found.exit_code == ExitCode.DIFFERENCES
    assert "F202" in found.stderr
    failed, sent = rows(run, "list")
    assert (sent["channel"], sent["state"], sent["event"], sent["shop"]) == ("ops-chat", "sent", "changed", "kyoto-tea")
    assert (failed["state"], failed["problem"], failed["status"], failed["count"]) == ("failed", "refused", 410, 1)
    assert rows(run, "list", "--state", "failed", "--channel", "oncall") == [failed]
    assert rows(run, "list", "--before", str(failed["id"])[:8]) == [sent]


def test_what_was_given_up_is_sent_once_its_channel_is_fixed(folder: Path, run: Run) -> None:
    run("drift")
    (folder / "oncall.txt").write_text((folder / "ops-chat.txt").read_text())
    (resent,) = rows(run, "resend", "--failed")
    assert rows(run, "send") == [{"channel": "oncall", "sent": 1, "delayed": 0, "failed": 0}]
    assert {each["state"] for each in rows(run, "list")} == {"sent"}
    (again,) = rows(run, "resend", str(resent["id"])[:8])
    assert (again["id"], again["state"]) == (resent["id"], "queued")
    assert rows(run, "send") == [{"channel": "oncall", "sent": 1, "delayed": 0, "failed": 0}]
    assert rows(run, "send") == []


def test_a_test_alert_shows_the_answer(folder: Path, run: Run) -> None:
    (row,) = rows(run, "test", "ops-chat")
    assert (row["channel"], row["answer"]) == ("ops-chat", "HTTP 200")
    failed = run("alerts", "test", "oncall")
    assert failed.exit_code == ExitCode.ERROR
    assert "refused (410)" in failed.stderr
    assert "127.0.0.1" not in failed.stderr


def test_a_check_by_hand_sends_nothing(folder: Path, run: Run) -> None:
    assert run("drift", "--no-alerts").exit_code == ExitCode.DIFFERENCES
    assert rows(run, "list") == []
    run("drift")
    assert len(rows(run, "list")) == 2


def test_for_cron_nothing_new_is_no_output(folder: Path, run: Run) -> None:
    run("drift", "--new")
    again = run("drift", "--new")
    assert (again.exit_code, again.output) == (ExitCode.DONE, "")


def test_a_channel_that_fails_is_said_beside_an_empty_output(folder: Path, run: Run) -> None:
    run("drift", "--new", "--no-alerts")
    found = run("drift", "--new")
    assert (found.exit_code, found.stdout) == (ExitCode.DONE, "")
    assert "Alerts to oncall were given up (1): refused (410)" in found.stderr


def test_a_fault_in_the_file_stops_the_check(folder: Path, run: Run) -> None:
    (folder / "alerts.yaml").write_text(ALERTS + "  - {channels: [ops-caht]}\n")
    for words in (("drift",), ("alerts", "send"), ("alerts", "test", "ops-chat")):
        stopped = run(*words)
        assert stopped.exit_code == ExitCode.ERROR
        assert "alerts.yaml:7" in stopped.stderr
        assert stopped.stdout == ""
    assert run("drift", "--no-alerts").exit_code == ExitCode.DIFFERENCES


def test_alerts_to_resend_are_named_in_one_way(folder: Path, run: Run) -> None:
    for words in ((), ("--failed", "00ff")):
        wrong = run("alerts", "resend", *words)
        assert wrong.exit_code == ExitCode.ERROR
        assert "ids, or --failed" in wrong.stderr
