r"""What a CI system obeys in the log of a job: no text of ours may be taken for it, wherever its words come from.

GitHub obeys a line that starts with `::` after spaces, and `##[` anywhere in a line; others have `##vso[` and `##teamcity[`. Such
a place is written with an escape of the format, which shows what was there: `\x3a:` and `#\x23[` in lines, a character reference
in XML, an escape of a string in JSON. Readers of documents get the same value.

In: a whole text. Out: the text, with nothing to obey in it. What is meant as a command is written by one format only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

_COLOUR: Final = r"\x1b\[[0-9;]*m"
_LINE_START: Final = re.compile(rf"^((?:[^\S\n]|{_COLOUR})*):(?=:)", re.MULTILINE)
_ANYWHERE: Final = re.compile(r"##(?=[\w-]*\[)")


def harmless_lines(text: str) -> str:
    return _written(text, r"\x3a", r"\x23")


def harmless_json(text: str) -> str:
    """In JSON the signs occur in strings only, and no line starts within a string."""
    return _ANYWHERE.sub(r"#\\u0023", text) if "##" in text else text


def harmless_xml(text: str) -> str:
    return _written(text, "&#58;", "&#35;")


def without_log_marks(text: str, number: str = r"\x23") -> str:
    """Without what is obeyed anywhere in a line."""
    return _ANYWHERE.sub(lambda _found: f"#{number}", text)


def _written(text: str, colon: str, number: str) -> str:
    if "##" in text:
        text = without_log_marks(text, number)
    return _LINE_START.sub(lambda found: f"{found[1]}{colon}", text) if "::" in text else text


DISARM: Final[Mapping[str, Callable[[str], str]]] = {
    "lines": harmless_lines,
    "json": harmless_json,
    "xml": harmless_xml,
    "commands": lambda text: text,
}
"""For each way in which a format is written."""
