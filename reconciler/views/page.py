"""Lines as one text. In: lines. Out: text without trailing spaces that ends with a line end."""

from __future__ import annotations

from collections.abc import Iterable


def page(lines: Iterable[str]) -> str:
    """The lines as one text that ends with a line end; nothing at all for no lines."""
    return "".join(f"{line.rstrip(' ')}\n" for line in lines)
