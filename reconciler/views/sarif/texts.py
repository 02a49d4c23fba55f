"""Texts and addresses as SARIF has them: a value in a message is neither a link nor a placeholder.

In: one line that is safe on a terminal. Out: a text within the limit that code scanning sets, or an address.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

LONGEST_TEXT: Final = 1024
"""Characters that GitHub shows of a text."""


def sarif_text(text: str) -> str:
    """Plain text of SARIF knows `[text](address)` and `{0}`: the standard says how both are written as themselves."""
    if len(text) > LONGEST_TEXT // 2:
        text = _cut(text)
    return text.replace("{", "{{").replace("}", "}}").replace("](", "\\](")


def _cut(text: str) -> str:
    """What fits when it is written with every escape."""
    room = LONGEST_TEXT - 1
    for at, character in enumerate(text):
        room -= 2 if character in "{}]" else 1
        if room < 0:
            return f"{text[:at]}…"
    return text


def address(path: str) -> str:
    """The path from the root of the repository as a relative address."""
    first, slash, rest = path.partition("/")
    safe = quote(first.encode("utf-8", "surrogateescape"), safe="")  # a colon here would make a scheme of it
    return safe + slash + quote(rest.encode("utf-8", "surrogateescape"), safe="/:")
