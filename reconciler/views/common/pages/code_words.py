"""The words of a sentence that are in backticks: keys, commands, values. Formats with code show them as such.

In: a sentence. Out: its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

IN_BACKTICKS: Final = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def code_parts(text: str) -> Iterator[tuple[str, bool]]:
    """Each part without its backticks, and whether it was in them."""
    end = 0
    for quote in IN_BACKTICKS.finditer(text):
        yield text[end : quote.start()], False
        yield quote[1], True
        end = quote.end()
    yield text[end:], False
