"""A page as blocks of commands, with the comments before them and the output after them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

LANGUAGES = ("sh", "bash", "console")
KINDS = ("forge", "cluster", "container runtime", "cloud", "root", "mail server", "installation", "checks")
"""Why a block is not run."""

_EXAMPLE = re.compile(r"<!-- (?:example|session): ")
_COMMENT = re.compile(r"<!-- (setup|exit|let|not run): (.*?) -->", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """As a reader types it, the code it ends with, and what it prints where the page shows that."""

    text: str
    code: int = 0
    output: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`output` is what all its commands print. `not_run` is empty where it is run.

    example: the block is written by `tools.codegen` from what the commands print; `tests/cases` and `make check` run it.
    """

    page: Path
    line: int
    commands: tuple[Command, ...]
    output: str | None = None
    setups: tuple[str, ...] = ()
    lets: tuple[tuple[str, str], ...] = ()
    not_run: str = ""
    example: bool = False

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(slots=True, kw_only=True)
class _Remarks:
    """The comments since the last block."""

    setups: list[str] = field(default_factory=list)
    lets: list[tuple[str, str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    not_run: str = ""
    example: bool = False

    def add(self, html: str) -> None:
        self.example = self.example or _EXAMPLE.search(html) is not None
        for name, value in _COMMENT.findall(html):
            if name == "setup":
                self.setups.append(value)
            elif name == "exit":
                self.codes = [int(code) for code in value.split()]
            elif name == "let":
                word, _, command = value.partition("=")
                self.lets.append((word.strip(), command.strip()))
            else:
                self.not_run = value


def blocks(page: Path) -> list[Block]:
    """All blocks of commands of a page, those that are not run too. Raises ValueError for a comment that belongs to no block."""
    return list(_blocks(page, MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))))


def in_language(page: Path, language: str) -> list[Block]:
    """The blocks of a page with what they print in a language: that of the Japanese page, which has the same blocks."""
    found = blocks(page)
    translation = japanese(page)
    if language != "ja" or translation is None:
        return found
    return [_printing(block, other) for block, other in zip(found, blocks(translation), strict=True)]


def japanese(page: Path) -> Path | None:
    """The Japanese page of an English one; None where there is none, or where the page itself is Japanese."""
    beside = page.with_suffix(".ja.md")
    folders = [folder for folder in page.absolute().parents if folder.name == "docs"]
    mirror = folders[0] / "ja" / page.absolute().relative_to(folders[0]) if folders else beside
    return next((path for path in (beside, mirror) if path.exists()), None)


def _printing(block: Block, other: Block) -> Block:
    commands = zip(block.commands, other.commands, strict=True)
    return replace(
        block,
        commands=tuple(replace(command, output=shown.output) for command, shown in commands),
        output=other.output,
    )


def _blocks(page: Path, tokens: list[Token]) -> Iterator[Block]:
    remarks = _Remarks()
    for number, token in enumerate(tokens):
        if token.type == "html_block":
            remarks.add(token.content)
        elif token.type == "fence" and token.info in LANGUAGES:
            yield _block(page, token, tokens[number + 1 : number + 2], remarks)
            remarks = _Remarks()
        elif token.type in ("inline", "fence") and remarks != _Remarks():
            raise ValueError(f"{page}:{(token.map or [0])[0]}: a comment that belongs to no block of commands")


def _block(page: Path, token: Token, after: list[Token], remarks: _Remarks) -> Block:
    line = (token.map or [0])[0] + 1
    commands = _commands(token.content, prompted=token.info == "console")
    codes = _codes(remarks.codes, len(commands), f"{page}:{line}")
    shown = after[0].content if after and after[0].type == "fence" and after[0].info == "text" else None
    return Block(
        page=page,
        line=line,
        commands=tuple(
            Command(text=text, code=code, output=output) for (text, output), code in zip(commands, codes, strict=True)
        ),
        output=shown,
        setups=tuple(remarks.setups),
        lets=tuple(remarks.lets),
        not_run=remarks.not_run,
        example=remarks.example,
    )


def _codes(given: list[int], commands: int, place: str) -> list[int]:
    """One for each command. A single number is that of the last one."""
    codes = [0] * (commands - 1) + given if len(given) <= 1 else given
    codes = codes if given else [0] * commands
    if len(codes) != commands:
        raise ValueError(f"{place}: `exit` has {len(given)} numbers for {commands} commands")
    return codes


def _commands(content: str, *, prompted: bool) -> list[tuple[str, str | None]]:
    """Each command, and the lines after it that are no command."""
    found: list[tuple[str, list[str]]] = []
    open_command = ""
    for line in content.splitlines():
        if open_command:
            open_command += f"\n{line}"
        elif prompted and not line.startswith("$ "):
            if not found:
                raise ValueError("a `console` block starts with `$ `")
            found[-1][1].append(line)
        elif line.strip() and not line.startswith("#"):
            open_command = line.removeprefix("$ ") if prompted else line
        if open_command and is_complete(open_command):
            found.append((open_command, []))
            open_command = ""
    if open_command:
        raise ValueError(f"not a complete command: {open_command}")
    return [(text, "\n".join(lines) + "\n" if lines else None) for text, lines in found]


def is_complete(command: str) -> bool:
    """Whether bash would run it now, and not wait for a further line."""
    if command.endswith("\\"):
        return False
    words = ["bash", "-n"]  # as in the reader's terminal
    checked = subprocess.run(words, input=command + "\n", capture_output=True, text=True, check=False)
    return checked.returncode == 0 and not checked.stderr
