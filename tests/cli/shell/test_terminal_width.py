"""The tool on a terminal: lines are wrapped at its width, and nowhere else."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from reconciler.cli.shell.terminal import width_of
from reconciler.views.common.display_width import display_width
from tests.cli.conftest import command, environment, process
from tests.cli.screen import Screen

pytestmark = pytest.mark.system


def on_a_terminal(*words: str, columns: int, **more: str) -> str:
    """Both streams of it, as they follow each other there."""
    own = {name: value for name, value in environment(**more).items() if name != "COLUMNS" or name in more}
    screen = Screen(columns)
    subprocess.run(
        command(*words), stdin=subprocess.DEVNULL, stdout=screen.end, stderr=screen.end, env=own, check=False
    )
    return screen.text()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("words", [("plan",), ("drift",), ("apply",)])
def test_lines_keep_to_the_terminal(words: tuple[str, ...], language: str, fleet: Path) -> None:
    text = on_a_terminal(*words, "--lang", language, columns=70)
    assert "shops/uji-cups.yaml:5:12" in text
    too_long = [line for line in text.splitlines() if display_width(line) > 70]
    assert {re.sub(r"[0-9a-f]{32,}", "", line.split()[-1]) for line in too_long} <= {
        "sha256:",
        '"amzn1.application-oa2-client."',
    }


def test_elsewhere_they_are_as_long_as_they_are(fleet: Path) -> None:
    piped = process("plan", env=environment(COLUMNS="70"))
    assert max(display_width(line) for line in piped.stdout.splitlines()) > 100
    wide = on_a_terminal("plan", columns=400)
    assert wide == piped.stderr + piped.stdout


def test_what_is_said_of_a_broken_manifest_is_wrapped_too(fleet: Path) -> None:
    (fleet / "shops" / "uji-cups.yaml").write_text(
        "apiVersion: reconciler/v1\nshop: uji-cups\namazone: {enabled: true}\n"
    )
    text = on_a_terminal("validate", columns=60).splitlines()
    assert max(map(display_width, text)) <= 60
    assert text[0].startswith("error[M101]: ")
    assert "  --> shops/uji-cups.yaml:3:1" in text
    assert " 3 | amazone: {enabled: true}" in text


def test_columns_that_are_set_come_first(fleet: Path) -> None:
    assert on_a_terminal("plan", columns=60, COLUMNS="400") == on_a_terminal("plan", columns=400)


@pytest.mark.parametrize(
    ("columns", "variable", "width"),
    [(72, None, 72), (72, "100", 100), (72, "0", 72), (72, "", 72), (72, "wide", 72), (72, "²", 72), (0, None, None)],
)
def test_how_wide_a_terminal_is(columns: int, variable: str | None, width: int | None) -> None:
    screen = Screen(columns)
    with os.fdopen(screen.end, "w", closefd=False) as stream:
        assert width_of(stream, {} if variable is None else {"COLUMNS": variable}) == width
    assert screen.text() == ""


def test_what_is_no_terminal_has_no_width(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        assert width_of(file, {"COLUMNS": "80"}) is None
    assert width_of(None, {}) is None
