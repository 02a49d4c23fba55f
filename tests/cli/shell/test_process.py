"""The tool as a process: streams, terminals, pipes, signals, faults."""

from __future__ import annotations

import http.client
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run, command, environment, process
from tests.support.example_fleet import TOKEN

pytestmark = pytest.mark.system

ESC = "\x1b["


def test_data_and_all_else_are_apart(fleet: Path) -> None:
    ended = process("apply", "kyoto-tea", "--auto-approve", "-v")
    assert ended.returncode == 0
    assert "applied  kyoto-tea" in ended.stdout
    assert "POST /oauth/token 200" in ended.stderr
    assert TOKEN not in ended.stdout + ended.stderr


def test_as_a_module(fleet: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "reconciler", "validate"], env=environment(), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "No problems. 2 manifests checked.\n")


def test_without_a_standard_input(fleet: Path) -> None:
    assert process("apply", "kyoto-tea", stdin=subprocess.DEVNULL).returncode == 3


@pytest.mark.parametrize(
    ("words", "more", "coloured"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--no-color",), {"FORCE_COLOR": "1"}, False),
        (("-o", "json"), {"FORCE_COLOR": "1"}, False),
        (("-o", "markdown"), {"FORCE_COLOR": "1"}, False),
        ((), {"NO_COLOR": ""}, False),
    ],
)
def test_colour(words: tuple[str, ...], more: dict[str, str], coloured: bool, fleet: Path, run: Run) -> None:
    assert (ESC in run("validate", *words, **more).stdout) is coloured


@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colour_on_a_terminal(more: dict[str, str], coloured: bool, fleet: Path) -> None:
    text, code = at_a_terminal("validate", "plan", more=more)
    assert code == 1  # no shop is called plan
    assert (ESC in text) is coloured


def test_the_plan_needs_an_approval(fleet: Path) -> None:
    text, code = at_a_terminal("apply", "kyoto-tea", answer="yes\n")
    assert code == 0
    assert text.index("Plan: 4 to add") < text.index("Type `yes` to apply it:") < text.index("Report: 1 applied")


def test_waves_are_in_the_prompt_and_drawn_as_rows(fleet: Path) -> None:
    text, code = at_a_terminal("apply", "kyoto-tea", "--waves", "canary,100%", answer="yes\n", more={"COLUMNS": "120"})
    assert code == 0
    assert text.index("to be written: 1") < text.index("Type `yes` to apply it:") < text.index("Wave 1 of 2 (canary)")
    assert "1/1" in text
    assert "passed" in text


@pytest.mark.parametrize("answer", ["y\n", "\x04"])
def test_anything_but_yes_is_no(answer: str, fleet: Path) -> None:
    text, code = at_a_terminal("apply", "kyoto-tea", "-v", answer=answer)
    assert code == 3
    assert "Not applied: the answer was not `yes`" in text
    assert "GET /admin-api/v1/" in text
    assert "PATCH" not in text


def test_interrupted_while_being_asked(fleet: Path) -> None:
    text, code = at_a_terminal("apply", "kyoto-tea", answer="\x03")
    assert code == 1
    assert "Interrupted." in text


def test_output_is_not_read(fleet: Path) -> None:
    """The verdict stays, and nothing is said about it."""
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        command("plan"), env=environment(), stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (3, "")


def test_a_stream_that_cannot_show_japanese(fleet: Path) -> None:
    ended = process("plan", "--lang", "ja", env=environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0"))
    assert ended.returncode == 3
    assert "amazon.enabled" in ended.stdout
    assert "\\u5229\\u7528" in ended.stdout


def test_a_fault_of_our_own_shows_no_value(fleet: Path) -> None:
    ended = faulty(fleet)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Internal error: ZeroDivisionError at ")
    assert len(ended.stderr.splitlines()) == 1
    assert "Traceback" in faulty(fleet, RECONCILER_DEBUG="1").stderr


def faulty(fleet: Path, **more: str) -> subprocess.CompletedProcess[str]:
    code = """
from reconciler.wiring import store, session
def manifests(settings):
    secret = "hunter2"
    return 1 / 0
session.manifests = manifests
from reconciler.cli import main
main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", code, "validate"],
        env=environment(**more), cwd=fleet, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "hunter2" not in ended.stderr.replace('secret = "hunter2"', "")
    return ended


def test_a_file_that_cannot_be_used(fleet: Path) -> None:
    (fleet / ".reconciler").write_text("in the way")
    ended = process("plan")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ".reconciler" in ended.stderr


@pytest.mark.parametrize(
    ("words", "offered"),
    [("reconciler pl", "plan"), ("reconciler plan --allow fl", "fleet-share"), ("reconciler plan --outp", "--output")],
)
def test_completion_of_words(words: str, offered: str) -> None:
    count = str(len(words.split()) - 1)
    ended = process(env=environment(_RECONCILER_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=count))
    assert offered in ended.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_an_apply_that_is_interrupted_reports_and_is_5(number: signal.Signals, fleet: Path, run: Run) -> None:
    """The signal comes while the shop is closed: its present step is done, nothing more is written, and it is reopened."""
    code = f"""
import os
import anyio
from reconciler.wiring import store, session
from reconciler.core.runs.events import StepDone
class Signalling:
    async def record(self, event):
        if isinstance(event, StepDone) and event.step == 1:
            os.kill(os.getpid(), {int(number)})
            for _ in range(100):  # the loop gets round to the signal
                await anyio.lowlevel.checkpoint()
    async def record_intent(self, event, lease):
        await self.record(event)
store.journal = lambda *_: Signalling()
from reconciler.cli import main
main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", code, "apply", "kyoto-tea", "--auto-approve"],
        env=environment(), cwd=fleet, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 5, ended.stderr
    assert "Interrupted: finishing the current step" in ended.stderr
    assert "The run was interrupted" in ended.stdout
    assert "店舗の状態  storefront.status  open" in run("show", "kyoto-tea").stdout


def test_the_backend_is_served_until_interrupted(fleet: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (fleet / "reconciler.yaml").write_text(
        f"backend:\n  kind: embedded\n  url: http://127.0.0.1:{port}/\n  client_id: c\n"
        "  client_secret: ref+env://FLEET_SECRET\nembedded:\n  seed: seed.json\n"
    )
    served = subprocess.Popen(
        command("serve", "backend", "--port", str(port)),
        env=environment(FLEET_SECRET="s" * 40), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert status(port) == 401
    served.send_signal(signal.SIGINT)
    out, aside = served.communicate(timeout=60)
    assert (served.returncode, out) == (0, "")
    assert aside == (
        f"ready: backend http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
        "client id: c; client secret: ref+env://FLEET_SECRET; shops: 2\n"
        f"screens: http://127.0.0.1:{port}/admin/ (sign in with the client id and the client secret)\n"
    )


def status(port: int) -> int:
    """Of an answer to a question without credentials, once there is one."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            asked.request("GET", "/admin-api/v1/integrations")
            return asked.getresponse().status
        except ConnectionError:
            continue
        finally:
            asked.close()
    raise AssertionError("nobody answered")


def at_a_terminal(*words: str, answer: str = "", more: dict[str, str] | None = None) -> tuple[str, int]:
    """The tool with a terminal on all three streams; `answer` is typed once it asks."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command()[0], command(*words), environment(TERM="xterm") | (more or {}))
    seen, deadline = b"", time.monotonic() + 60
    output = select.poll()
    output.register(terminal)
    while output.poll(max(deadline - time.monotonic(), 0) * 1000):
        try:
            got = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            break
        if not got:
            break
        seen += got
        if answer and b"to apply it:" in seen:
            os.write(terminal, answer.encode())
            answer = ""
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        pytest.fail(f"still running after a minute; shown: {seen.decode()}")
    os.close(terminal)
    _pid, status = os.waitpid(pid, 0)
    return seen.decode(), os.waitstatus_to_exitcode(status)
