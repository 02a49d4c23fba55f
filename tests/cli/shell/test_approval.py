"""The prompt, on a pseudo terminal, and cases without a prompt."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator

import anyio
import pytest

from reconciler.cli.shell.approval import TerminalApprover
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.diagnostic import Diagnostic
from tests.views import samples

TERMINAL = Terminal(output="text", language="en")


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Text written here is typed at the terminal."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
    os.close(ours)


def asked(*, auto_approve: bool = False) -> Diagnostic | None:
    return anyio.run(TerminalApprover(TERMINAL, auto_approve=auto_approve).approve, samples.plan(), ())


@pytest.mark.parametrize(
    ("typed", "approved"), [("yes", True), (" yes ", True), ("y", False), ("YES", False), ("", False)]
)
def test_only_yes_applies_a_plan(keyboard: int, typed: str, approved: bool, capsys: pytest.CaptureFixture[str]) -> None:
    os.write(keyboard, f"{typed}\n".encode())
    refusal = asked()
    assert (refusal is None) is approved
    assert refusal is None or refusal.code.slug == "not-confirmed"
    shown = capsys.readouterr().err
    assert samples.plan().fingerprint in shown
    assert "Type `yes` to apply it" in shown


def test_there_is_no_prompt_for_an_approved_plan(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(auto_approve=True) is None
    shown = capsys.readouterr().err
    assert samples.plan().fingerprint in shown
    assert "Type `yes`" not in shown


def test_without_a_terminal_nothing_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    refusal = asked()
    assert refusal is not None
    assert "not a terminal" in str(refusal.summary)
