"""Marks texts for the catalogue of the pages, where they are constants. In: a text. Out: the same text."""


def N_(text: str, /) -> str:  # noqa: N802 - gettext's name for it
    """`_` of the pages translates it where it is shown."""
    return text
