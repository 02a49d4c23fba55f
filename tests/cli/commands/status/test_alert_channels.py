"""Alerts from a change of a merchant to a receiver that verifies them: `drift`, `alerts test`, `doctor alerts`, a wrong file."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Copy, Run
from tests.support.alerts.webhook_receiver import WebhookReceiver, receiving
from tests.support.session_harness import merchant_edits, write_fleet
from tests.support.smtp_server import PostOffice, in_a_thread

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
CHANNELS = """\
apiVersion: reconciler/v1
channels:
  oncall: {kind: webhook, url: ref+env://HOOK_URL, secret: ref+env://HOOK_SECRET}
rules:
  - {severity: medium}
"""


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with receiving(WebhookReceiver(SECRET)) as made:
        yield made


@pytest.fixture
def folder(copy_of: Copy, monkeypatch: pytest.MonkeyPatch, run: Run, receiver: WebhookReceiver) -> Path:
    """A fleet that was applied, and checked once with its channel."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    monkeypatch.setenv("HOOK_URL", receiver.url)
    monkeypatch.setenv("HOOK_SECRET", SECRET)

    def started(made: Path) -> None:
        write_fleet(made)
        assert run("apply", "--auto-approve").exit_code == ExitCode.DONE
        (made / "alerts.yaml").write_text(CHANNELS)
        assert "Alerts to oncall start now" in run("drift").stderr
        assert receiver.events == []

    return copy_of(started)


def set_mail(folder: Path, mail: str, shop: str = "kyoto-tea") -> None:
    merchant_edits(folder, shop, notificationEmail=mail)


def test_a_change_arrives_once(folder: Path, run: Run, receiver: WebhookReceiver) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    assert run("drift").exit_code == ExitCode.DIFFERENCES
    assert run("drift").exit_code == ExitCode.DIFFERENCES
    (event,) = receiver.events
    assert (event["type"], event["subject"]) == ("jp.reconciler.finding.opened", "kyoto-tea/amazon.notification.email")
    (found,) = event["data"]["findings"]
    assert found["finding"]["observed"] == '"merchant@kyoto-tea.example"'
    assert receiver.refused == 0


def test_a_finding_in_an_event_is_the_row_of_findings_show(folder: Path, run: Run, receiver: WebhookReceiver) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    run("drift")
    row = receiver.events[0]["data"]["findings"][0]["finding"]
    shown = json.loads(run("findings", "show", row["id"], "-o", "json").stdout)["rows"]
    assert shown == [row]


def test_what_was_refused_is_kept_and_no_output_holds_a_secret(
    folder: Path, run: Run, receiver: WebhookReceiver
) -> None:
    receiver.status = 500
    set_mail(folder, "merchant@kyoto-tea.example")
    found = run("drift")
    assert found.exit_code == ExitCode.DIFFERENCES
    assert "Alerts to oncall could not be sent: not accepted for now (500)" in " ".join(found.stderr.split())
    listed = run("alerts", "list", "-o", "json").stdout
    for text in (found.output, listed):
        for part in (SECRET[6:20], "/hook", "v1,"):
            assert part not in text
    store = (folder / ".reconciler" / "journal.db").read_bytes()
    for part in (SECRET[6:20], receiver.url, "v1,"):
        assert part.encode() not in store


def test_a_test_alert_arrives(folder: Path, run: Run, receiver: WebhookReceiver) -> None:
    sent = run("alerts", "test", "oncall", "-o", "json")
    assert sent.exit_code == ExitCode.DONE
    (row,) = json.loads(sent.stdout)["rows"]
    (event,) = receiver.events
    assert (row["answer"], row["id"], event["type"]) == ("HTTP 204", event["id"], "jp.reconciler.test")


EVERY_KIND = """\
apiVersion: reconciler/v1
mail: {{host: 127.0.0.1, port: {smtp}, security: none, sender: alerts@example.jp}}
channels:
  chat: {{kind: slack, url: ref+env://CHAT_URL, language: ja}}
  payments: {{kind: mail, to: [payments@example.jp], language: ja}}
  pager: {{kind: apprise, url: ref+file://pager.txt}}
rules:
  - {{}}
"""


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_each_kind_of_channel_can_be_tried(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(WebhookReceiver(None, status=200)) as chat, in_a_thread(PostOffice()) as office:
        monkeypatch.setenv("CHAT_URL", chat.url)
        (folder / "pager.txt").write_text(f"json://127.0.0.1:{chat.port}/hook\n")
        (folder / "alerts.yaml").write_text(EVERY_KIND.format(smtp=office.port))
        assert checks(run) == [
            ("ok", f"The channel {name} can be used; no alert was sent") for name in ("chat", "payments", "pager")
        ]
        assert (chat.events, office.taken) == ([], [])
        for name in ("chat", "payments", "pager"):
            assert run("alerts", "test", name).exit_code == ExitCode.DONE
    assert chat.events[0]["blocks"][0]["text"]["text"] == "チャンネル chat のテスト"
    assert chat.events[1]["title"] == "[reconciler] Test of the channel pager"
    assert office.taken[0]["Subject"] == "[reconciler] チャンネル payments のテスト"


@pytest.mark.parametrize("command", [("drift",), ("alerts", "send"), ("alerts", "test", "oncall")])
def test_an_invalid_file_stops_before_anything_is_sent(
    folder: Path, run: Run, receiver: WebhookReceiver, command: tuple[str, ...]
) -> None:
    set_mail(folder, "merchant@kyoto-tea.example")
    (folder / "alerts.yaml").write_text(CHANNELS.replace("severity: medium", "channels: [onkall]"))
    before = (folder / ".reconciler" / "journal.db").read_bytes()
    found = run(*command)
    assert found.exit_code == ExitCode.ERROR
    assert "F108" in found.output
    assert "alerts.yaml:5:" in found.output
    assert "Did you mean `oncall`?" in found.output
    assert receiver.events == []
    assert (folder / ".reconciler" / "journal.db").read_bytes() == before


def checks(run: Run) -> list[tuple[str, str]]:
    document = json.loads(run("doctor", "alerts", "-o", "json").stdout)
    return [(row["status"], row["check"]) for row in document["rows"]]


def test_doctor_checks_a_channel_without_sending(folder: Path, run: Run, receiver: WebhookReceiver) -> None:
    assert checks(run) == [("ok", "The channel oncall can be used; no alert was sent")]
    assert receiver.events == []


def test_doctor_names_what_is_missing(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK_SECRET")
    ((status, text),) = checks(run)
    assert status == "problem"
    assert "The environment variable HOOK_SECRET is not set" in text
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("HOOK_URL", "http://127.0.0.1:1/tiny-s3cret")
    ((_, text),) = checks(run)
    assert text == "The channel oncall cannot be used: no connection"


def test_doctor_shows_a_fault_with_its_line(folder: Path, run: Run) -> None:
    (folder / "alerts.yaml").write_text(CHANNELS.replace("kind: webhook", "kind: pager"))
    ((status, text),) = checks(run)
    assert status == "problem"
    assert text.startswith("alerts.yaml:3:")


def test_doctor_says_nothing_of_alerts_without_the_file(folder: Path, run: Run) -> None:
    (folder / "alerts.yaml").unlink()
    assert checks(run) == []


def test_an_unused_channel_is_a_warning_of_doctor(folder: Path, run: Run) -> None:
    (folder / "alerts.yaml").write_text(CHANNELS.replace("severity: medium", "when: never"))
    assert [status for status, _ in checks(run)] == ["problem", "ok"]
