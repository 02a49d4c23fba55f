"""The pieces that the documents share: a diagnostic, a place, a request, and how a document becomes text.

In: values of the core. Out: JSON values. How a scalar is written down is `core.canonical`'s matter; no key is given to
it here, so of a secret it writes its reference at most.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, StaleField
from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.values import Origin

Request = tuple[str, str, int | None]
"""Method, path, and the status of the answer if there was one."""

_UNSEEN: Final = re.compile(r"[^\x20-\x7e\n]")


def document_text(document: Json) -> str:
    """Keys in the order they were given; characters that do not show themselves escaped, so that no terminal obeys them."""
    plain = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return _UNSEEN.sub(lambda match: _escaped(match[0]), plain) + "\n"


def document_head(name: str) -> dict[str, Json]:
    return {"format": f"reconciler/{name}", "version": 1}


def diagnostics_json(of: Iterable[Diagnostic]) -> Json:
    return [_finding(finding) for finding in of]


def origin_json(origin: Origin | None) -> Json:
    return None if origin is None else {"file": origin.file, "line": origin.line, "column": origin.column}


def request_log(of: Iterable[Request] | None) -> dict[str, Json]:
    """The request log, where it was asked for; it differs from run to run, so it is not there otherwise."""
    if of is None:
        return {}
    return {"requests": [{"method": method, "path": path, "status": status} for method, path, status in of]}


def _moved(field: StaleField | None) -> dict[str, Json]:
    """Only where a field moved."""
    if field is None:
        return {}
    return {"moved": {name: to_canonical(getattr(field, name)) for name in ("planned", "now", "wanted")}}


def _finding(finding: Diagnostic) -> Json:
    return {
        "code": finding.code.number,
        "slug": finding.code.slug,
        "severity": finding.severity.name_lower,
        "summary": str(finding.summary),
        "expected": None if finding.expected is None else str(finding.expected),
        "way_on": None if finding.hint is None else str(finding.hint),
        "shop": finding.shop,
        "subject": finding.subject,
        "place": origin_json(finding.origin),
        **_moved(finding.stale_field),
    }


def _escaped(character: str) -> str:
    return character if character.isprintable() or character == "\u3000" else json.dumps(character)[1:-1]
