"""The result of a job that ran the code of a fork, read as hostile: only what this tool knows by itself is taken from it.

In: bytes that are meant to be `validate -o json`. Out: diagnostics, each a code of ours with our own title and a place; None if
they are not such a document. No sentence of the document is taken over: a place is the only free text, and views escape it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.values import Origin
from reconciler.lib import strict_json

REPORT_BYTES: Final = 1024 * 1024
MOST_DIAGNOSTICS: Final = 200
_FORMAT: Final = "reconciler/validation"
_PATH: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")
_LARGEST: Final = 1_000_000


def read_fork_report(data: bytes) -> tuple[Diagnostic, ...] | None:
    try:
        document = strict_json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, Mapping) or document.get("format") != _FORMAT:
        return None
    listed = document.get("diagnostics")
    if not isinstance(listed, list):
        return None
    known = {code.number: code for code in codes.all_codes()}
    found = (_diagnostic(each, known) for each in listed[:MOST_DIAGNOSTICS])
    return sort_diagnostics(each for each in found if each is not None)


def _diagnostic(entry: Any, known: Mapping[str, Code]) -> Diagnostic | None:
    """None where the code is not ours."""
    if not isinstance(entry, Mapping):
        return None
    number = entry.get("code")
    code = known.get(number) if isinstance(number, str) else None
    return None if code is None else diagnostic(code, code.title, origin=_origin(entry.get("location")))


def _origin(location: Any) -> Origin | None:
    if not isinstance(location, Mapping):
        return None
    file, line, column = (location.get(name) for name in ("file", "line", "column"))
    if not isinstance(file, str) or _PATH.fullmatch(file) is None:
        return None
    return Origin(file, _position(line), _position(column))


def _position(value: object) -> int:
    known = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST
    return value if known and isinstance(value, int) else 1
