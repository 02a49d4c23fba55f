"""`watch` as a process: what it prints and answers, how it ends, who takes over."""

from __future__ import annotations

import json
import signal
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.error import HTTPError

import pytest

from reconciler.adapters.alerts.signature import signed_headers, signing_key
from reconciler.core.values import Secret, SecretRef
from tests.cli.service_process import ServiceProcess
from tests.cli.watch.conftest import HOOK, open_findings, recorded_looks
from tests.support.session_harness import Caller, merchant_edits
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

Start = Callable[..., ServiceProcess]
EMAIL = "merchant@kyoto-tea.example"


def test_a_change_at_the_backend_is_recorded_while_it_watches(caller: Caller, watching: Start) -> None:
    process = watching()
    wait_until(lambda: recorded_looks(caller) == [True])
    merchant_edits(caller.folder, "kyoto-tea", notificationEmail=EMAIL)
    wait_until(lambda: open_findings(caller) == {"kyoto-tea"})
    assert recorded_looks(caller)[1:] == [False]
    assert process.page("healthz") == (200, "ok\n")
    wait_until(lambda: "reconciler_watch_looked_shops_total{" in process.page("metrics")[1])
    assert "reconciler_findings{" in process.page("metrics")[1], "also what the store knows of the fleet"


def test_a_request_to_stop_ends_it_and_gives_the_lease_back(caller: Caller, watching: Start) -> None:
    first = watching()
    wait_until(lambda: first.says("watch-leads"))
    second = watching()
    wait_until(lambda: second.is_ready_as("standby"))
    assert first.end(signal.SIGTERM) == 0
    wait_until(lambda: second.says("watch-leads"))
    assert second.end(signal.SIGINT) == 0
    assert second.says("Stopping: finishing what is in progress")
    assert recorded_looks(caller) == [True], "the second one continues with the schedule of the first"


def test_one_on_standby_ends_at_once(watching: Start) -> None:
    first, second = watching(), watching()
    wait_until(lambda: first.says("watch-leads") or second.says("watch-leads"))
    waiting = second if first.says("watch-leads") else first
    wait_until(lambda: waiting.is_ready_as("standby"))
    assert waiting.end(signal.SIGTERM) == 0


def test_a_killed_one_is_followed_and_its_changes_are_found(caller: Caller, watching: Start) -> None:
    first = watching()
    wait_until(lambda: recorded_looks(caller) == [True])
    second = watching()
    wait_until(lambda: second.is_ready_as("standby"))
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    merchant_edits(caller.folder, "uji-cups", notificationEmail=EMAIL)
    wait_until(lambda: open_findings(caller) == {"uji-cups"})
    assert recorded_looks(caller) == [True, False], "nothing was looked at twice"


def test_a_signed_webhook_is_looked_at_at_once(caller: Caller, watching: Start) -> None:
    """Nothing else would ask within the hour."""
    settings = caller.folder / "reconciler.yaml"
    hooks = "watch: {poll: 1h, webhooks: {backend: ref+env://HOOK_SECRET}}"
    settings.write_text(settings.read_text().replace("watch: {poll: 1s}", hooks))
    process = watching()
    wait_until(lambda: recorded_looks(caller) == [True])
    merchant_edits(caller.folder, "kyoto-tea", notificationEmail=EMAIL)
    body = json.dumps({"data": {"shopKeys": ["kyoto-tea"]}}).encode()
    assert post(process, body, HOOK) == 204
    wait_until(lambda: open_findings(caller) == {"kyoto-tea"})
    assert post(process, body, HOOK[:-4] + "AAA=") == 401


def post(process: ServiceProcess, body: bytes, secret: str) -> int:
    key = signing_key(Secret(secret, SecretRef("ref+env://HOOK_SECRET")))
    headers = {"content-type": "application/json", **signed_headers("msg_1", body, [key], datetime.now(UTC))}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{process.url}webhooks/backend", data=body, headers=headers)
        ) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("watch: {pull: true}", "error[W102]"),
        ("watch: {webhooks: {github: ref+env://NOT_THERE}}", "error[W103]"),
        ("watch: {webhooks: {backend: ref+env://FLEET_TOKEN}}", "error[W103]"),
        ("watch: {period: 6}", "error[S201]"),
    ],
)
def test_settings_that_cannot_work_are_refused(caller: Caller, watching: Start, settings: str, words: str) -> None:
    file = caller.folder / "reconciler.yaml"
    file.write_text(file.read_text().replace("watch: {poll: 1s}", settings))
    process = watching()
    assert process.child.wait() == 1
    wait_until(lambda: process.says(words))
    assert "ready:" not in process.text


def test_a_store_that_ends_with_the_job_is_refused(
    caller: Caller, watching: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    (caller.folder / ".git").mkdir()
    monkeypatch.setenv("CI", "true")
    process = watching()
    assert process.child.wait() == 1
    wait_until(lambda: process.says("error[W101]"))


def test_once_does_what_is_due_and_ends_as_drift_does(caller: Caller, run) -> None:
    merchant_edits(caller.folder, "kyoto-tea", notificationEmail=EMAIL)
    first = run("watch", "--once", "-o", "json")
    assert first.exit_code == 2
    assert json.loads(first.stdout)["rows"] == [{"looks": 1, "shops": 2, "drifted": 1, "unread": 0, "open": 1}]
    again = run("watch", "--once", "-o", "json")
    assert (again.exit_code, json.loads(again.stdout)["rows"][0]["looks"]) == (2, 0), "the finding is still open"


def test_once_without_a_backend_ends_as_drift_does(caller: Caller, run) -> None:
    settings = caller.folder / "reconciler.yaml"
    away = 'backend: {url: "http://127.0.0.1:1", client_id: reconciler, client_secret: ref+env://FLEET_TOKEN}'
    settings.write_text(f"{settings.read_text()}{away}\n")
    result = run("watch", "--once")
    assert (result.exit_code, "W105" in result.output) == (4, True)


def test_once_says_what_is_wrong_with_a_manifest(caller: Caller, run) -> None:
    manifest = caller.folder / "shops" / "kyoto-tea.yaml"
    manifest.write_text(manifest.read_text().replace("shop: kyoto-tea", "shopp: kyoto-tea"))
    result = run("watch", "--once")
    assert result.exit_code == 1
    assert "error[M101]" in result.output
    assert "shops/kyoto-tea.yaml" in result.output


def test_once_is_refused_where_another_process_watches(caller: Caller, watching: Start, run) -> None:
    process = watching()
    wait_until(lambda: process.says("watch-leads"))
    result = run("watch", "--once")
    assert result.exit_code == 3
    assert "W104" in result.output
