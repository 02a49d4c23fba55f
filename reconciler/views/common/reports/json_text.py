"""A JSON document as text that no terminal obeys."""

from __future__ import annotations

import json
import re
from typing import Final

from reconciler.core.diagnostics.redaction import is_visible

_UNSEEN: Final = re.compile(r"[^\x20-\x7e\n]")


def printed_json(document: object) -> str:
    """Keys in the order they were given; invisible characters escaped."""
    plain = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return _UNSEEN.sub(lambda match: _escaped(match[0]), plain) + "\n"


def _escaped(character: str) -> str:
    return character if is_visible(character) else json.dumps(character)[1:-1]
