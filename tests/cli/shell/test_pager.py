"""Output that is longer than the screen goes through the pager, on a terminal only."""

from __future__ import annotations

import fcntl
import io
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli.shell.pager import needs_pager, rows_on_screen, show_in_pager
from tests.cli.conftest import command, environment
from tests.cli.screen import Screen

LONG = "line\n" * 30


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.TextIOWrapper]:
    """A terminal of 24 lines of 80 columns, which is standard input as well."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with os.fdopen(theirs, "w") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield stream
    os.close(ours)


@pytest.mark.parametrize(("text", "paged"), [(LONG, True), ("line\n" * 23, False), ("x" * 80 * 24 + "\n", True)])
def test_what_does_not_fit_is_paged(text: str, paged: bool, screen: io.TextIOWrapper) -> None:
    assert needs_pager(text, screen, {}) is paged


@pytest.mark.parametrize("environment", [{"PAGER": ""}, {"PAGER": "cat"}, {"TERM": "dumb"}])
def test_the_environment_can_turn_it_off(environment: dict[str, str], screen: io.TextIOWrapper) -> None:
    assert not needs_pager(LONG, screen, environment)


def test_never_off_a_terminal(screen: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not needs_pager(LONG, io.StringIO(), {})
    assert not needs_pager(LONG, None, {})
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert not needs_pager(LONG, screen, {})


def test_colours_take_no_room() -> None:
    assert rows_on_screen("\x1b[1mabc\x1b[0m\n\n", 3) == 2


@pytest.mark.parametrize(("options", "paged"), [((), True), (("--no-pager",), False)])
def test_a_long_plan_is_read_in_the_pager_and_summed_up_next_to_the_prompt(
    options: tuple[str, ...], paged: bool, fleet: Path
) -> None:
    pager = fleet / "pager.sh"
    pager.write_text(f"#!/bin/sh\nexec cat > {fleet}/paged.txt\n")
    pager.chmod(0o755)
    screen = Screen(80)
    screen.type("no\n")
    own = environment(PAGER=str(pager), TERM="xterm")
    ended = subprocess.run(
        command("apply", *options), stdin=screen.end, stdout=screen.end, stderr=screen.end, env=own, check=False
    )
    text = screen.text()
    assert ended.returncode == 3
    shown, _, rest = text.partition("Apply this plan?")
    assert rest
    assert "Plan: 8 to add, 2 to change in 2 shops" in shown.replace("\n      ", " ")
    assert "\nPlan sha256:" in f"\n{shown}"
    assert ("seller_id" in shown) is not paged
    assert (fleet / "paged.txt").exists() is paged
    if paged:
        assert "seller_id" in (fleet / "paged.txt").read_text()


def test_without_a_terminal_the_pager_of_click_writes_it_through(capsys: pytest.CaptureFixture[str]) -> None:
    show_in_pager("a text\n")
    assert capsys.readouterr().out == "a text\n"
    assert "LESS" not in os.environ or os.environ["LESS"] != "FRX"
