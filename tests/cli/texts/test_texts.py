"""What each command shows, in both languages, on terminals of 80 and of 120 columns: one file per command in `expected/`."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reconciler.adapters import clock
from reconciler.cli.app import app
from reconciler.views.common.display_width import display_width
from tests.cases.night_clock import RUN, NightClock
from tests.cli.conftest import command, environment
from tests.cli.screen import Screen
from tests.cli.texts.calls import CALLS, SERVED, Calls
from tests.cli.texts.fleets import ORDER, TOKENS, charged
from tools.reference.commands import root_context

# syrupy would have the test's name in that of each file; here the command names it.
pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore:[\\s\\S]*Consider adding")]
LANGUAGES, WIDTHS = ("en", "ja"), (80, 120)
EXPECTED = Path(__file__).parent / "expected"
_PORT = re.compile(r"(?<=127\.0\.0\.1:)\d{5}")
_FOLDER = re.compile(r"(?<=/tmp/fleet-)\w{8}")
_DIGEST = re.compile(r"^(\w+ +\d+ +)[0-9a-f]{16}$", re.MULTILINE)
"""Of a table of the store: it depends on the hour."""
VERBATIM = frozenset({"completion", "onboard", "show-plan"})
"""A script, the files that are written, and lines that are copied into a file of leaves."""
IDS = tuple(str(uuid.UUID(int=number << 96 | 4 << 76 | 8 << 60)) for number in range(1, 9))
"""Of runs, in their order."""
SIDECAR = Calls(charged, ())


def test_every_command_has_its_calls() -> None:
    assert set(_commands(app, root_context(), ())) == set(CALLS) | SERVED


def _commands(group: click.Group, context: click.Context, path: tuple[str, ...]) -> Iterator[str]:
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from _commands(found, click.Context(found, parent=context), (*path, name))
        else:
            yield " ".join((*path, name))


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Calls], Path]:
    """The folder of a state, made on first use."""
    made: dict[object, Path] = {}

    def folder(calls: Calls) -> Path:
        if calls.state not in made:
            made[calls.state] = tmp_path_factory.mktemp(calls.state.__name__)
            with _inside(made[calls.state]), _the_same_each_time():
                calls.state(_called)
        return made[calls.state]

    return folder


@pytest.mark.parametrize("name", CALLS)
def test_text(name: str, states: Callable[[Calls], Path], snapshot) -> None:
    calls = CALLS[name]

    def shown(language: str, width: int) -> str:
        with _copied(states(calls)), _the_same_each_time(width):
            return "\n".join(_session(line, language) for line in calls.of)

    text = _matrix(shown)
    assert not any(token in text for token in TOKENS.values())
    assert name in VERBATIM or list(_too_wide(text)) == []
    assert text == snapshot(extension_class=_beside(name))


def test_a_line_that_is_too_wide_is_found() -> None:
    """A word that is itself too wide is no fault of ours."""
    word = "w" * 90
    heading = "═══ en, 80 columns"
    assert list(_too_wide(f"{heading}\n{'w ' * 45}\n")) == ["w " * 45]
    assert list(_too_wide(f"{heading}\n{'店' * 41}\n")) == ["店" * 41]
    assert (
        list(_too_wide(f"{heading}\n      {word}\n{'w ' * 40}\n$ {'w ' * 45}\n═══ ja, 120 columns\n{'w ' * 45}\n"))
        == []
    )


def _too_wide(text: str) -> Iterator[str]:
    """Lines that take more cells than the terminal has, and could be broken. What was typed is as long as it is."""
    width = 0
    for line in text.splitlines():
        if heading := re.match(r"═══ .*?(\d+)", line):
            width = int(heading[1])
        elif display_width(line) > width and not line.startswith("$ ") and _breakable(line):
            yield line


def _breakable(line: str) -> bool:
    """One word of narrow characters is not broken."""
    return " " in line.strip() or display_width(line) > len(line)


def test_text_of_a_served_backend(states: Callable[[Calls], Path], snapshot) -> None:
    def shown(language: str, width: int) -> str:
        with _copied(states(SIDECAR)), _served("serve backend --port 0", language, width, lines=3) as server:
            return server.session()

    text = _matrix(shown)
    assert list(_too_wide(text)) == []
    assert text == snapshot(extension_class=_beside("serve backend"))


def test_text_of_a_served_console(states: Callable[[Calls], Path], snapshot) -> None:
    def shown(language: str, width: int) -> str:
        with _copied(states(SIDECAR)), _served("serve console --port 0", language, width, lines=1) as server:
            return server.session()

    text = _matrix(shown)
    assert list(_too_wide(text)) == []
    assert text == snapshot(extension_class=_beside("serve console"))


def test_text_of_a_sidecar_and_of_what_is_simulated(states: Callable[[Calls], Path], snapshot) -> None:
    simulated: dict[tuple[str, int], str] = {}

    def shown(language: str, width: int) -> str:
        line = "serve ipn --port 0 --ops-port 0"
        with _copied(states(SIDECAR)), _served(line, language, width, lines=3) as server:
            with _the_same_each_time(width):
                call = f"ipn simulate --shop uji-cups --order {ORDER} --to http://127.0.0.1:{server.port}"
                simulated[language, width] = _steady(_session(call, language))
            return server.session()

    texts = {"serve ipn": _matrix(shown), "ipn simulate": _matrix(lambda *of: simulated[of])}
    for name, text in texts.items():
        assert list(_too_wide(text)) == []
        assert text == snapshot(extension_class=_beside(name))


@dataclass(frozen=True, slots=True)
class Server:
    """A process on a terminal, and what it announced."""

    line: str
    child: subprocess.Popen[bytes]
    screen: Screen
    announced: str

    @property
    def port(self) -> int:
        return int(_PORT.findall(self.announced)[0])

    def session(self) -> str:
        """Until it is interrupted, which it is once it answers. Without its log."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()
        self.child.send_signal(signal.SIGINT)
        assert self.child.wait(30) == 0
        ended = "".join(line for line in self.screen.text().splitlines(True) if not line.startswith("{"))
        return f"$ reconciler {self.line}\n{_steady(self.announced)}^C\n{_steady(ended)}"


@contextmanager
def _served(line: str, language: str, width: int, *, lines: int) -> Iterator[Server]:
    screen = Screen(width)
    own = environment(
        **TOKENS, RECONCILER_LANG=language, NO_COLOR="1", RECONCILER_BACKEND_SECRET="long-enough-a-secret"
    )
    del own["COLUMNS"]
    with subprocess.Popen(command(*shlex.split(line)), stderr=screen.end, stdout=screen.end, env=own) as child:
        try:
            yield Server(line, child, screen, screen.lines(lines))
        finally:
            child.kill()


def _steady(text: str) -> str:
    """With other ids, ports and folders of the same length: columns and line breaks stay as they are."""
    text = _DIGEST.sub(rf"\g<1>{'0' * 16}", text)
    return _FOLDER.sub("0" * 8, _PORT.sub("0" * 5, RUN.sub(_id, text)))


def _id(found: re.Match[str]) -> str:
    return found[0] if found[0] in IDS else str(uuid.UUID(int=0))


def _matrix(shown: Callable[[str, int], str]) -> str:
    """In each language; of a width that changes nothing it is said in the heading."""
    parts = []
    for language in LANGUAGES:
        narrow, wide = (shown(language, width) for width in WIDTHS)
        both = narrow == wide
        parts.append(f"═══ {language}, {'80 and 120' if both else '80'} columns\n\n{narrow}")
        parts.extend([] if both else [f"═══ {language}, 120 columns\n\n{wide}"])
    return "\n".join(parts)


def _session(line: str, language: str) -> str:
    code, output = _called(*shlex.split(line), RECONCILER_LANG=language)
    return f"$ reconciler {line}\n{output}(exit code {code})\n"


def _called(*words: str, **more: str) -> tuple[int, str]:
    """The tool in this process. Returns its exit code, and both streams as they follow each other on a terminal."""
    own = environment(RECONCILER_ACTOR="hanako", NO_COLOR="1", **TOKENS, **more)
    gone = dict.fromkeys(set(os.environ) - set(own))
    result = CliRunner().invoke(app, words, env=gone | own, prog_name="reconciler")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, _steady(result.output)


def _unused(ids: Iterator[str]) -> str:
    """The next id that is not that of a run of the state."""
    journal = Path(".reconciler/journal.db")
    with closing(sqlite3.connect(journal)) if journal.exists() else nullcontext() as opened:
        rows = () if opened is None else opened.execute("SELECT run FROM runs").fetchall()
    return next(each for each in ids if (each,) not in rows)


@contextmanager
def _the_same_each_time(width: int = 80) -> Iterator[None]:
    """At one time, with the same random numbers, on a terminal of this width."""
    ids = iter(IDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "SystemClock", NightClock)
        patch.setattr("reconciler.adapters.run_info.uuid", SimpleNamespace(uuid4=lambda: _unused(ids)))
        patch.setattr("reconciler.adapters.run_info.platform", SimpleNamespace(node=lambda: "build-7"))
        patch.setattr("reconciler.adapters.files.plan_key.secrets", SimpleNamespace(token_hex=lambda size: "5c" * size))
        patch.setattr("reconciler.cli.shell.terminal.width_of", lambda *_of: width)
        yield


@contextmanager
def _copied(state: Path) -> Iterator[None]:
    """In a copy of it, whose path is as long each time."""
    folder = Path(tempfile.mkdtemp(prefix="fleet-", dir="/tmp"))
    try:
        shutil.copytree(state, folder, dirs_exist_ok=True)
        with _inside(folder):
            yield
    finally:
        shutil.rmtree(folder)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _beside(name: str) -> type[SingleFileSnapshotExtension]:
    stem = name.replace(" ", "-")

    class InExpected(SingleFileSnapshotExtension):
        _write_mode = WriteMode.TEXT
        file_extension = "txt"

        @classmethod
        def dirname(cls, *, test_location) -> str:
            return str(EXPECTED)

        @classmethod
        def get_snapshot_name(cls, *, test_location, index=0) -> str:
            return stem

        @classmethod
        def get_file_basename(cls, *, test_location, index) -> str:
            return stem

    return InExpected
