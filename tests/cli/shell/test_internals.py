"""Parts of the shell that are easier to test directly."""

from __future__ import annotations

import io
import os
import signal

import anyio
import anyio.lowlevel
import pytest

from reconciler.cli import main
from reconciler.cli.app import _show_internal_error
from reconciler.cli.shell.run_command import handle_errors
from reconciler.cli.shell.signals import TerminalSignals
from reconciler.cli.shell.terminal import Terminal, colour_wanted
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.validation_result import failure
from reconciler.ports import Unreachable
from reconciler.views.common.display_width import display_width
from reconciler.views.common.line_wrap import wrap
from reconciler.workflows.execution.cancellation import StopToken

TERMINAL = Terminal(output="text", language="en")


async def stoppable(work) -> StopToken:
    """The work, while a terminal listens for signals."""
    stop = StopToken()
    async with TerminalSignals(TERMINAL).listening(stop.request, stop.request):
        await work(stop)
    return stop


def test_work_that_ends_normally() -> None:
    async def work(_stop: StopToken) -> None:
        await anyio.lowlevel.checkpoint()

    assert not anyio.run(stoppable, work).requested


@pytest.mark.parametrize("times", [1, 3])
def test_interrupted_work_ends_and_is_reported_once(times: int, capsys) -> None:
    async def work(stop: StopToken) -> None:
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
        while not stop.requested:
            await anyio.lowlevel.checkpoint()

    assert anyio.run(stoppable, work).signalled
    assert capsys.readouterr().err.count("Interrupted: ") == 1


def test_the_outer_of_two_listeners_hears_signals_once_the_inner_has_ended(capsys) -> None:
    async def story() -> tuple[bool, bool]:
        signals, outer, inner = TerminalSignals(TERMINAL), StopToken(), StopToken()
        async with signals.listening(outer.request, outer.request):
            async with signals.listening(inner.request, inner.request):
                await anyio.lowlevel.checkpoint()
            os.kill(os.getpid(), signal.SIGINT)
            while not outer.requested:
                await anyio.lowlevel.checkpoint()
        return outer.signalled, inner.signalled

    assert anyio.run(story) == (True, False)


def test_the_inner_of_two_listeners_hears_a_signal_alone(capsys) -> None:
    async def story() -> tuple[bool, bool]:
        signals, outer, inner = TerminalSignals(TERMINAL), StopToken(), StopToken()
        async with signals.listening(outer.request, outer.request), signals.listening(inner.request, inner.request):
            os.kill(os.getpid(), signal.SIGTERM)
            while not inner.requested:
                await anyio.lowlevel.checkpoint()
        return outer.signalled, inner.signalled

    assert anyio.run(story) == (False, True)


@pytest.mark.parametrize("raised", [Unreachable(msg("no answer in time")), KeyboardInterrupt()])
def test_what_is_raised_while_a_terminal_listens_is_raised_as_it_is(raised: BaseException) -> None:
    async def work(_stop: StopToken) -> None:
        raise raised

    with pytest.raises(type(raised)) as found:
        anyio.run(stoppable, work)
    assert found.value is raised


def test_an_internal_error_within_groups_is_named(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECONCILER_DEBUG", raising=False)
    _show_internal_error(ExceptionGroup("outer", [ExceptionGroup("inner", [_zero_division()])]))
    assert "Internal error: ZeroDivisionError at test_internals.py:" in capsys.readouterr().err


def _zero_division() -> Exception:
    try:
        1 / 0  # noqa: B018  # for its traceback
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def test_an_error_within_groups_is_that_error(capsys) -> None:
    def story() -> ExitCode:
        raise BaseExceptionGroup("outer", [ExceptionGroup("inner", [Unreachable(msg("no answer in time"))])])

    assert handle_errors(TERMINAL, story) is ExitCode.UNREACHABLE
    assert "no answer in time" in capsys.readouterr().err


def test_several_errors_are_not_ours_to_judge() -> None:
    def story() -> ExitCode:
        raise ExceptionGroup("two", [Unreachable(msg("x")), ValueError()])

    with pytest.raises(ExceptionGroup):
        handle_errors(TERMINAL, story)


def test_failing_in_every_format(capsys) -> None:
    for output in ("text", "json", "markdown"):
        assert Terminal(output=output, language="en").show(failure()) is ExitCode.DONE
    assert "reconciler/failure" in capsys.readouterr().out


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "no_color", "coloured"),
    [
        (io.StringIO(), {}, False, False),
        (Screen(), {}, False, True),
        (Screen(), {}, True, False),
        (Screen(), {"NO_COLOR": "1"}, False, False),
        (Screen(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        (Screen(), {"TERM": "dumb"}, False, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, False, True),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_gets_colours(stream: io.StringIO, environment: dict[str, str], no_color: bool, coloured: bool) -> None:
    assert colour_wanted(stream, environment, no_color=no_color) is coloured


@pytest.mark.parametrize("room", [10, 20, 34])
def test_wrapping_keeps_every_character_and_the_room(room: int) -> None:
    text = (
        "指定した店舗 (省略時はすべて) のマニフェストを「稼働中」のバックエンドと比べ、適用で何が変わるかを表示する。"
    )
    lines = list(wrap(text, room))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(display_width, lines)) <= room + 2  # what must not start a line may hang over
    assert not [line for line in lines if line[0] in "、。ー」" or line[-1] == "「"]


def test_the_entry_point(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["reconciler", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("reconciler ")
