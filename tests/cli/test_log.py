"""`--log`: what a command does as lines on stderr, from real processes at a real backend."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reconciler.embedded import World
from tests.cli.conftest import Run, environment, process, without_run, write_shop
from tests.cli.served_shops import Gate, applying
from tests.cli.texts.alerted_fleet import receiver
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import merchant_edits, storefront, write_fleet

pytestmark = pytest.mark.system

Line = dict[str, Any]
URL_TOKEN = "hook-token-5b1f3c9e7d2a"
KEY = "canary-key-that-seals-the-plans"
SECRETS = (TOKEN, URL_TOKEN, KEY)
BASE = {"event", "level", "timestamp"}


def logged(*words: str, code: int, **more: str) -> list[Line]:
    """All of stderr: every line of it is JSON."""
    done = process(*words, env=environment(RECONCILER_PLAN_KEY=KEY, **more))
    assert done.returncode == code, done.stdout + done.stderr
    return parsed(done.stderr)


def parsed(stderr: str) -> list[Line]:
    for secret in (*SECRETS, "Bearer", "client_credentials"):
        assert secret not in stderr
    lines = [json.loads(line) for line in stderr.splitlines()]
    assert all(line.keys() > BASE for line in lines)
    started = named(lines, "command-started")
    assert {line.get("fleet") for line in lines[lines.index(started[0]) :]} <= {
        "production-embedded",
        "production-tests",
    }
    return lines


def named(lines: list[Line], event: str) -> list[Line]:
    return [line for line in lines if line["event"] == event]


def events_of(lines: list[Line], shop: str) -> list[str]:
    return [line["event"] for line in lines if line.get("shop") == shop and line["event"] != "request"]


class Refusing:
    """The backend, which refuses all writes to a closed shop."""

    DETAIL = "buyer-hanako@kyoto.example"

    def __init__(self, gate: Gate, app) -> None:
        self.gate = gate
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        written = scope["path"] if scope["type"] == "http" and scope["method"] == "PATCH" else ""
        if "/shop-b/" not in written or "shop-b" not in self.gate.closed:
            await self.app(scope, receive, send)
        else:
            body = json.dumps({"title": self.DETAIL, "detail": self.DETAIL, "status": 403}).encode()
            headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": body})


APPLIED = ["shop-planned", "lease-taken", "shop-closed", "shop-reopened", "shop-applied"]


def test_an_apply_says_what_happens_in_each_shop(fleet: Path) -> None:
    lines = logged("apply", "--auto-approve", "--log", "json", "kyoto-tea", code=0)
    assert events_of(lines, "kyoto-tea") == APPLIED
    assert (lines[0]["event"], lines[0]["command"]) == ("command-started", "apply")
    (end,) = named(lines, "command-ended")
    assert (end, end["exit_code"]) == (lines[-1], 0)
    assert 0 < end["seconds"] < 60
    runs = {line.get("run") for line in lines[lines.index(named(lines, "run-started")[0]) :]}
    assert len(runs) == 1
    listed = json.loads(process("runs", "list", "-o", "json").stdout)
    assert runs == {row["run"] for row in listed["rows"]}
    assert named(lines, "shop-reopened")[0]["closed_ms"] > 0
    assert storefront(fleet, "kyoto-tea") == "OPEN"


def test_a_shop_that_fails_has_its_outcome_and_code(shops: tuple[World, Gate]) -> None:
    _, gate = shops
    gate.app = Refusing(gate, gate.app)
    with applying("--log", "json", "shop-a", "shop-b", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 5
    assert Refusing.DETAIL not in stderr
    lines = parsed(stderr)
    assert events_of(lines, "shop-a") == APPLIED
    assert events_of(lines, "shop-b") == [*APPLIED[:3], "step-failed", "shop-reopened", "shop-failed"]
    (failed,) = named(lines, "shop-failed")
    assert (failed["outcome"], failed["level"]) == ("unknown", "error")
    assert re.fullmatch(r"[A-Z][0-9]{3}", failed["code"])
    assert named(lines, "step-failed")[0]["code"] == failed["code"]
    assert all("run" in line for line in lines if line.get("shop") and line["event"] != "shop-planned")
    assert lines[-1]["level"] == "error"


def test_a_drift_check_says_what_it_could_not_read_and_what_it_alerted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = write_fleet(tmp_path / "fleet")
    monkeypatch.chdir(fleet)
    assert logged("apply", "--auto-approve", "--log", "json", code=0)
    write_shop(fleet, "osaka-knives")
    (fleet / "alerts.yaml").write_text(
        "apiVersion: reconciler/v1\nchannels:\n"
        '  ops-chat: {kind: slack, url: "ref+env://CHAT"}\n  oncall: {kind: slack, url: "ref+env://ONCALL"}\n'
        "rules:\n  - {}\n"
    )
    with receiver() as port:
        hooks = {
            "CHAT": f"http://127.0.0.1:{port}/hook/{URL_TOKEN}",
            "ONCALL": f"http://127.0.0.1:{port}/gone/{URL_TOKEN}",
        }
        first = logged("drift", "--log", "json", code=1, **hooks)
        merchant_edits(fleet, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
        second = logged("drift", "--log", "json", code=1, **hooks)
    (unread,) = named(first, "read-failed")
    assert (unread["shop"], unread["level"], unread["run"]) == ("osaka-knives", "warning", "1")
    assert re.fullmatch(r"[A-Z][0-9]{3}", unread["code"])
    (ended,) = named(second, "look-ended")
    assert (ended["run"], ended["compared"], ended["unread"], ended["events"]) == ("2", 2, 1, 1)
    assert {(line["channel"], line["alerts"]) for line in named(second, "alerts-queued")} == {
        ("ops-chat", 1),
        ("oncall", 1),
    }
    (sent,), (failed,) = named(second, "alert-sent"), named(second, "alert-failed")
    assert (sent["channel"], failed["channel"], failed["problem"], failed["status"]) == (
        "ops-chat", "oncall", "refused", 410,
    )  # fmt: skip
    assert sent["id"] != failed["id"]
    assert {line["run"] for line in (sent, failed, second[-1])} == {"2"}
    assert "merchant@" not in json.dumps(second)


def test_a_killed_run_is_recovered(shops: tuple[World, Gate]) -> None:
    _, gate = shops
    gate.let_through.clear()
    with applying("shop-a", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        assert gate.reached.wait(60)
        child.kill()
        child.wait()
        gate.let_through.set()
    done = process("resume", env=environment(SECRET="secret", RECONCILER_LOG="json"))
    lines = parsed(done.stderr)
    recovered = named(lines, "shop-recovered")
    assert [(line["shop"], line["outcome"]) for line in recovered] == [("shop-a", "reopened")]
    assert recovered[0]["left_by"] != recovered[0]["run"] == lines[-1]["run"]


def test_requests_are_events_with_their_shop(fleet: Path) -> None:
    lines = logged("drift", "-v", "--log", "json", code=2)
    reads = [line for line in named(lines, "request") if line["path"].endswith("/integration")]
    assert {(line["shop"], line["method"], line["status"]) for line in reads} == {
        ("kyoto-tea", "GET", 200),
        ("uji-cups", "GET", 200),
    }
    assert named(logged("drift", "--log", "json", code=2), "request") == []


def test_text_is_for_eyes(fleet: Path) -> None:
    done = process("apply", "--auto-approve", "kyoto-tea", "--log", "text", "-q", env=environment())
    assert done.returncode == 0
    lines = [line for line in done.stderr.splitlines() if re.match(r"\d\d:\d\d:\d\dZ (info|warning|error) ", line)]
    assert max(map(len, lines[1:-1])) <= 80
    words = [line[10:].split() for line in lines]
    assert [word[1] for word in words if word[2:3] == ["kyoto-tea"]] == APPLIED
    assert words[0] == ["info", "command-started", "command=apply", "fleet=production-embedded"]
    assert TOKEN not in done.stderr


def test_what_people_would_read_is_an_event_too(fleet: Path) -> None:
    lines = logged("plan", "--log", "json", code=1, RECONCILER_LABEL="wave=nowhere")
    assert "RECONCILER_LABEL" in lines[0]["text"]
    (fleet / "reconciler.yaml").write_text("nonsense: true\n")
    done = process("plan", "--log", "json", "-o", "json")
    assert done.returncode == json.loads(done.stderr.splitlines()[-1])["exit_code"] == 1
    assert json.loads(done.stdout)["diagnostics"]


def test_the_exit_code_is_that_of_the_process(fleet: Path) -> None:
    assert logged("drift", "--exit-zero", "--log", "json", code=0)[-1]["exit_code"] == 0


def test_an_internal_error_ends_the_log(fleet: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.workflows.plan.make_plan", None)
    done = run("plan", "--log", "json")
    end = json.loads(done.stderr.splitlines()[-2])
    assert (end["event"], end["exit_code"], end["error"], end["level"]) == ("command-ended", 1, "TypeError", "error")
    assert done.stderr.splitlines()[-1].startswith("Internal error: TypeError at ")


def test_without_the_option_stdout_and_stderr_are_as_ever(fleet: Path) -> None:
    plain = process("plan", "-o", "json")
    with_log = process("plan", "-o", "json", "--log", "json")
    assert without_run(plain.stdout) == without_run(with_log.stdout)
    assert (plain.stderr, len(with_log.stderr.splitlines())) == ("", 4)
