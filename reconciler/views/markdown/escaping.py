"""Text and values as Markdown that shows them as they are: nothing in them is markup, HTML, a link or a mention.

In: strings, which may be hostile. Out: GitHub-flavoured Markdown, or the HTML of a summary, that also reads well as it is.

What a forge finds in rendered text (mentions, issue numbers, addresses, emoji, formulas) it does not look for in code: such words
become code spans. Pipes are escaped in `parts.table`: only in a cell they need a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.log_commands import harmless_lines
from reconciler.views.common.pages.code_words import code_parts

_WORD: Final = r"[!-_a-~]"
_EMOJI: Final = r":(?:100|1234|[\w+-]*[A-Za-z][\w+-]*):"
_CALLS: Final = rf"@\w|#\d|GH-\d|://|www\.|{_EMOJI}|\$"
_LOOKED_FOR: Final = re.compile(rf"{_WORD}*(?:{_CALLS}){_WORD}*", re.ASCII)
_AROUND: Final = re.compile(r"^([(\[]*)(.*?)([)\],.;:]*)$")
_LIVE: Final = re.compile(r"[\\*<~`]|\](?=[(\[:]|$)|^\[(?=.\])|(?<= )#|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_BLOCK: Final = re.compile(r"^(?=[-+=#>]|::)|^(\d+)(?=[.)])")


def escaped(text: str) -> str:
    """A sentence. What it quotes in backticks becomes a code span."""
    return _BLOCK.sub(_block, _woven(escape_unprintable(text).strip(), _plain, code_span))


def code_span(text: str) -> str:
    """A value, character for character; nothing for none."""
    shown = escape_unprintable(text)
    if not shown:
        return ""
    fence = _fence(shown, 1)
    padded = shown.strip(" ") and (shown[0] == shown[-1] == " " or "`" in (shown[0], shown[-1]))
    return f"{fence} {shown} {fence}" if padded else f"{fence}{shown}{fence}"


def html_text(text: str) -> str:
    """A sentence as HTML, for the summary of a fold, in which Markdown means nothing."""
    return _woven(escape_unprintable(text), _plain_html, html_code)


def html_code(text: str) -> str:
    return f"<code>{_plain_html(escape_unprintable(text))}</code>"


def fenced(lines: Iterable[str], language: str) -> Iterator[str]:
    """Lines as a block of code, which none of them can end."""
    shown = [harmless_lines(escape_unprintable(line)) for line in lines]
    fence = _fence("\n".join(shown), 3)
    yield from (f"{fence}{language}", *shown, fence)


def _woven(text: str, plain: Callable[[str], str], code: Callable[[str], str]) -> str:
    """What is in backticks, and what would be found in plain text, as code."""
    parts: list[str] = []
    for part, quoted in code_parts(text):
        parts += (code(part),) if quoted else _without_calls(part, plain, code)
    return "".join(parts)


def _without_calls(text: str, plain: Callable[[str], str], code: Callable[[str], str]) -> Iterator[str]:
    end = 0
    for found in _LOOKED_FOR.finditer(text):
        yield plain(text[end : found.start()])
        around = _AROUND.match(found[0])
        assert around is not None
        yield f"{plain(around[1])}{code(around[2])}{plain(around[3])}"
        end = found.end()
    yield plain(text[end:])


def _plain(text: str) -> str:
    return _LIVE.sub(lambda match: f"\\{match[0]}", text)


def _plain_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _block(match: re.Match[str]) -> str:
    """A backslash before what starts a list, a heading or a quotation."""
    return f"{match[1] or ''}\\"


def _fence(text: str, least: int) -> str:
    """A run of backticks that the text does not have."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)
