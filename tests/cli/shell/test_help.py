"""Help pages in both languages; they are fast."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reconciler.cli.app import COMMANDS, app
from reconciler.cli.shell.click_strings import WORDS
from reconciler.cli.shell.exit_code_table import exit_codes_of
from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS
from reconciler.core.diagnostics.messages import Message
from reconciler.views.common.display_width import display_width
from reconciler.views.formats.registry import FORMATS
from reconciler.views.i18n import language
from tests.cli.conftest import Run, environment, process
from tools.catalogue import extracted
from tools.reference.commands import root_context

_OF_IPN = ("list", "show", "replay", "park", "stats", "refused", "poll", "simulate")
PAGES = [
    (),
    *((name,) for name in COMMANDS),
    ("serve", "backend"),
    ("serve", "ipn"),
    *(("ipn", name) for name in _OF_IPN),
    ("ipn", "mails"),
    *(("ipn", "mails", name) for name in ("list", "show", "resend")),
    *(("key", name) for name in ("create", "rotate", "list")),
    *(("runs", name) for name in ("list", "show")),
    ("config", "show"),
]
HEAVY = {
    "aiohttp",
    "anyio",
    "fastapi",
    "httpx",
    "jsonschema",
    "pydantic",
    "rich",
    "sqlalchemy",
    "structlog",
    "uvicorn",
    "yaml",
}


HelpPage = Callable[..., str]


class TextFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def help_page(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> HelpPage:
    """As on a terminal of this width; click's own test runner always has 80 columns."""

    def page(width: int, *words: str) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        with pytest.raises(SystemExit) as ended:
            app.main([*words, "--help"], prog_name="reconciler")
        shown = capsys.readouterr()
        assert (ended.value.code, shown.err) == (0, "")
        return shown.out

    return page


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("words", PAGES, ids=lambda words: "-".join(words) or "reconciler")
def test_page(words: tuple[str, ...], language: str, width: int, help_page: HelpPage, snapshot) -> None:
    assert help_page(width, *words, "--lang", language) == snapshot(extension_class=TextFile)


@pytest.mark.parametrize("words", PAGES, ids=lambda words: "-".join(words) or "reconciler")
def test_its_exit_codes_are_listed_and_no_others(words: tuple[str, ...], run: Run) -> None:
    """That a command ends with no other is held wherever a test runs one (conftest)."""
    page = run(*words, "-h").stdout
    reported = re.findall(r"^  (\d)  +\S", page.partition("Exit codes")[2], re.MULTILINE)
    assert reported == [str(code.value) for code in exit_codes_of(" ".join(words))]
    for code, meaning in exit_codes_of(" ".join(words)).items():
        assert f"{code.value} {meaning}" in " ".join(page.split())


def test_every_command_says_with_what_it_ends() -> None:
    groups = (
        (),
        ("ci",),
        ("serve",),
        ("ipn",),
        ("ipn", "mails"),
        ("secrets",),
        ("key",),
        ("runs",),
        ("config",),
        ("deferred",),
        ("findings",),
        ("alerts",),
        ("store",),
        ("backend",),
    )
    compares_and_writes = (("heal",), ("watch",))
    own = (words for words in PAGES if words not in (*groups, *compares_and_writes))
    assert [words for words in own if exit_codes_of(" ".join(words)) == EXIT_CODE_MEANINGS] == []
    assert [words for words in groups if exit_codes_of(" ".join(words)) != EXIT_CODE_MEANINGS] == []


@pytest.mark.parametrize("width", ["40", "60", "80"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_keep_to_the_width(width: str, language: str) -> None:
    page = process("plan", "--help", "--lang", language, env=environment(COLUMNS=width)).stdout
    assert max(display_width(line) for line in page.splitlines()) <= max(
        int(width), 70
    )  # the longest word, a variable, is not broken


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("command", ["plan", "apply", "import", "ipn simulate"])
def test_a_variable_stays_on_the_line_of_its_label(command: str, language: str) -> None:
    page = process(*command.split(), "--help", "--lang", language, env=environment(COLUMNS="100")).stdout
    labelled = {"en": "[env: RECONCILER_", "ja": "[環境変数: RECONCILER_"}[language]
    assert page.count(labelled) == len(re.findall(r"RECONCILER_\w+\]", page)) > 0


def test_a_wide_terminal_is_used_up_to_100_columns(help_page: HelpPage) -> None:
    page = help_page(200, "import")
    assert 90 < max(display_width(line) for line in page.splitlines()) <= 100
    assert page == help_page(100, "import")


def test_japanese_texts_call_an_argument_as_its_placeholder_does(run: Run) -> None:
    japanese = language("ja")
    for words, found in every_command(app):
        page = re.sub(r"`[^`]*`|RECONCILER_\w+", "", run(*words, "--help", RECONCILER_LANG="ja").output)
        page = page.partition("\n\n")[2]  # the usage has the placeholders themselves
        names = {name for each in found.params for name in re.findall(r"[A-Z][A-Z-]+", each.metavar or "")}
        renamed = {name for name in names if japanese.translate(Message(name)) != name}
        assert {name for name in renamed if re.search(rf"(?<![\w{{/-]){name}(?![A-Za-z-])", page)} == set(), words


def every_command(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        assert found is not None
        yield (*above, name), found
        if isinstance(found, click.Group):
            yield from every_command(found, (*above, name))


def test_japanese_pages_hold_no_english_sentence(run: Run) -> None:
    """A text that was not marked would stay English: every line that is not names and codes has Japanese in it."""
    english = {line.strip() for words in PAGES for line in run(*words, "--help").stdout.splitlines()}
    for words in PAGES:
        lines = [line.strip() for line in run(*words, "--help", RECONCILER_LANG="ja").stdout.splitlines()]
        same = [line for line in lines if line in english and " " in line and not line.startswith("-")]
        assert [line for line in same if not set(line.replace(",", " ").split()) <= set(FORMATS)] == []


@pytest.mark.parametrize("words", [("--help",), ("plan", "--help"), ("--version",), ("completion", "bash")])
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    code = f"""
import sys
from reconciler.cli.app import app
try:
    app.main({list(words)!r}, prog_name="reconciler")
except SystemExit:
    pass
print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)
"""
    reported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert reported.stderr == "[]\n"


def test_the_words_we_translate_are_click_s() -> None:
    """An upgrade of click that says something else is seen here."""
    folder = Path(click.__file__).parent
    said = {text for file in folder.glob("*.py") for text in extracted(file.read_text(encoding="utf-8"))}
    said.add("required")  # it is looked up by a name, beside each option that must be given
    source = Path(sys.modules["reconciler.cli.shell.click_strings"].__file__ or "").read_text(encoding="utf-8")
    assert set(extracted(source)) - said == set()
    assert len(WORDS) == len(set(extracted(source)))


def test_commands_are_named_for_their_modules() -> None:
    context = root_context()
    assert [app.get_command(context, name).name for name in COMMANDS] == list(COMMANDS)
