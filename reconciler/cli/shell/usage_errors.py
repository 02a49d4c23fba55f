"""What is wrong with a command line, as text: click's own message, with punctuation of the reader's language.

In: the error and the language. Out: text. Nothing is written here.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import Final

import click

_FULL_STOP: Final = re.compile(r"(?<=['\"」)）])[.]+(?=\s|$)")
_SPACE: Final = re.compile(r"(?<=[。、]) +")


def usage_error_text(error: click.ClickException, language: str) -> str:
    shown = StringIO()
    error.show(shown)
    return printable_lines(punctuated(shown.getvalue(), language))


def printable_lines(text: str) -> str:
    """Words of the command line may be the name of a branch or of a file, which anybody chose."""
    from reconciler.views.common.display_width import escape_unprintable
    from reconciler.views.common.log_commands import harmless_lines

    return harmless_lines("\n".join(escape_unprintable(line) for line in text.split("\n")))


def punctuated(text: str, language: str) -> str:
    """Click ends some messages with a full stop and joins sentences with a space, also in Japanese."""
    if language != "ja":
        return text
    return _SPACE.sub("", _FULL_STOP.sub("。", text))
