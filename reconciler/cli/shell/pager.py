"""A result that is longer than the screen goes through the pager, as `git log` does.

In: a text and its terminal. Out: the pager of the environment (PAGER, else `less`) with it; none off a terminal, for a text
that fits, and with an empty PAGER or `cat`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final, TextIO

from reconciler.cli.shell.typed_secrets import hide_words, typed_secrets
from reconciler.views.common.line_wrap import visible_width

_NO_PAGER: Final = frozenset({"", "cat"})
_LESS: Final = "FRX"
"""As Git sets it: quit where one screen is enough, keep colours, leave what was shown on the screen."""


def needs_pager(text: str, stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    if stream is None or not stream.isatty() or sys.stdin is None or not sys.stdin.isatty():
        return False
    if environment.get("PAGER", "less") in _NO_PAGER or environment.get("TERM") == "dumb":
        return False
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except OSError:
        return False
    return lines > 0 and rows_on_screen(text, columns) >= lines


def rows_on_screen(text: str, columns: int) -> int:
    """The terminal folds lines that are longer than it is wide."""
    width = max(columns, 1)
    return sum(max(1, -(-visible_width(line) // width)) for line in text.splitlines())


def show_in_pager(text: str) -> None:
    """Waits until the reader quits the pager."""
    import click

    added = "LESS" not in os.environ
    if added:
        os.environ["LESS"] = _LESS
    try:
        click.echo_via_pager(hide_words(text, typed_secrets()).removesuffix("\n"), color=True)
    finally:
        if added:
            del os.environ["LESS"]
