"""Runs the blocks of some pages one after the other."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.docs.commands.blocks import Block, Command, in_language
from tests.docs.commands.outputs import differences
from tests.docs.commands.ports import Ports
from tests.docs.commands.session import Failed, Terminal

ROOT = Path(__file__).parents[3]
SETUPS = Path(__file__).parent / "setups"
SECONDS = 900.0
"""The limit of a page. A page takes a few seconds; the rest is for a busy machine."""

GIT = """\
[user]
name = Hanako Sato
email = hanako@example.jp
[init]
defaultBranch = main
[advice]
detachedHead = false
"""


def run(
    pages: Iterable[Path],
    folder: Path,
    *,
    programs: Path = Path(sys.executable).parent,
    language: str = "en",
    cache: Path | None = None,
    show: Callable[[str], object] = lambda _: None,
) -> None:
    """Runs the pages in a new folder, as one walk. Raises Failed at the first command that differs from its page.

    programs: the folder of `reconciler` and `python`. language: that of messages; in Japanese, English pages are compared
    with what their Japanese pages show. cache: what set-ups make is kept here. show: gets each command and what it printed.
    """
    found = [block for page in pages for block in in_language(page, language)]
    ports = Ports()
    for name in ("work", "home"):
        (folder / name).mkdir(parents=True)
    (folder / "home" / ".gitconfig").write_text(GIT)
    variables = environment(folder, programs, language) | ports.variables()
    if cache:
        variables["SETUP_CACHE"] = str(cache)
    with Terminal(folder, variables, seconds=SECONDS) as terminal:
        walk = Walk(terminal, folder, ports, show)
        for block in found:
            if not block.not_run and not block.example:
                walk.block(block)


def environment(folder: Path, programs: Path, language: str) -> dict[str, str]:
    """Of a new user; nothing of the one who runs the tests."""
    return {
        "PATH": f"{programs}{os.pathsep}{os.defpath}{os.pathsep}/usr/local/bin",
        "HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "TZ": "Asia/Tokyo",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "SETUPS": str(SETUPS),
        "SOURCE": str(ROOT),
        "STANDS_FOR": str(folder / "stands-for"),
        "RECONCILER_LANG": language,
    }


class Walk:
    """The blocks that were run so far leave their words and their state for the next ones."""

    def __init__(self, terminal: Terminal, folder: Path, ports: Ports, show: Callable[[str], object]) -> None:
        self._terminal = terminal
        self._folder = folder
        self._ports = ports
        self._show = show
        self._words: dict[str, str] = {}

    def block(self, block: Block) -> None:
        for setup in block.setups:
            name, _, words = setup.partition(" ")
            self._run(f". '{SETUPS}/{name}.sh' {words}", 0, f"{block.place}: setup {setup}")
            self._words |= self._declared()
        for word, command in block.lets:
            self._words[word] = self._run(f"{{ {command}\n}} 2> /dev/null", 0, f"{block.place}: let {word}").strip()
        printed = "".join(self._command(command, block.place) for command in block.commands)
        if block.output is not None and (wrong := differences(block.output, printed)):
            raise Failed(f"{block.place}: {wrong}")

    def _command(self, command: Command, place: str) -> str:
        printed = self._run(self._typed(command.text), command.code, place)
        if command.output is not None and (wrong := differences(command.output, printed)):
            raise Failed(f"{place}: `{command.text}`: {wrong}")
        return printed

    def _run(self, command: str, wanted: int, place: str) -> str:
        self._show(f"$ {command}\n")
        code, printed = self._terminal.run(self._ports.real(command))
        printed = self._ports.shown(printed).replace(str(self._folder / "work"), "<folder>")
        self._show(printed)
        if code != wanted:
            raise Failed(f"{place}: `{command}` ended with {code}, not {wanted}:\n{printed}")
        return printed

    def _typed(self, command: str) -> str:
        """With what the words of the page stand for here."""
        for word, value in self._words.items():
            command = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", lambda _, value=value: value, command)
        return command

    def _declared(self) -> dict[str, str]:
        """By set-ups: lines of a word and what it stands for."""
        lines = self._folder / "stands-for"
        return dict(line.split("\t") for line in lines.read_text().splitlines()) if lines.exists() else {}
