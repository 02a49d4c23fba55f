"""The file that the job of a fork hands to the second stage, which has the rights to write.

The author of the pull request decides what is in it. It holds numbers, commits, codes, shop keys and places, and no texts: all
words are our own. Reading it is bounded, and what does not have the exact form is refused as a whole.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.results.pull_request_result import ArtifactFinding, PullRequestResult, ReviewState
from reconciler.core.results.validation_result import ValidationResult
from reconciler.core.values import Origin
from reconciler.lib import strict_json
from reconciler.ports import SetupError

MOST_BYTES: Final = 1024 * 1024
_VERSION: Final = "reconciler/validated/v1"
_MOST_ENTRIES: Final = 1000
_MOST_NUMBER: Final = 10**9
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FILE: Final = re.compile(r"[A-Za-z0-9._-]{1,80}(?:/[A-Za-z0-9._-]{1,80}){0,8}")
_KEYS: Final = frozenset({"version", "number", "head", "base", "valid", "broken", "diagnostics"})
_FINDING_KEYS: Final = frozenset({"code", "file", "line", "column"})


def artifact_text(number: int, head: str, base: str, result: ValidationResult) -> str:
    """As JSON. A shop or file whose name has another form is omitted: it could not be shown."""
    document = {
        "version": _VERSION,
        "number": number,
        "head": head,
        "base": base,
        "valid": min(len(result.valid), _MOST_NUMBER),
        "broken": [name for name in result.broken if SHOP_KEY.accepts(name)][:_MOST_ENTRIES],
        "diagnostics": [_entry(each) for each in result.diagnostics[:_MOST_ENTRIES]],
    }
    return f"{json.dumps(document, indent=1, sort_keys=True)}\n"


def _entry(finding: Diagnostic) -> dict[str, Any]:
    place = finding.origin
    shown = place is not None and _FILE.fullmatch(place.file) is not None
    return {
        "code": finding.code.number,
        "file": place.file if place is not None and shown else None,
        "line": place.line if place is not None and shown else 0,
        "column": place.column if place is not None and shown else 0,
    }


def read_artifact(content: bytes, name: str) -> PullRequestResult:
    """Raises SetupError."""
    if len(content) > MOST_BYTES:
        raise _refused(name, msg("it is larger than {limit} bytes", limit=MOST_BYTES))
    try:
        document = strict_json.loads(content)
    except (ValueError, RecursionError):
        raise _refused(name, msg("it is not JSON")) from None
    result = _read(document)
    if result is None:
        raise _refused(name, msg("it does not have the form of version {version}", version=_VERSION))
    return result


def _read(document: Any) -> PullRequestResult | None:
    if not isinstance(document, dict) or set(document) != _KEYS or document["version"] != _VERSION:
        return None
    number, valid = _number(document["number"], least=1), _number(document["valid"])
    head, base = _commit(document["head"]), _commit(document["base"])
    broken, findings = document["broken"], document["diagnostics"]
    if not (isinstance(broken, list) and isinstance(findings, list)) or number is None or valid is None:
        return None
    read = [_finding(each) for each in findings[: _MOST_ENTRIES + 1]]
    shops_fit = all(isinstance(each, str) and SHOP_KEY.accepts(each) for each in broken)
    if len(broken) > _MOST_ENTRIES or len(read) > _MOST_ENTRIES or not shops_fit or head is None or base is None:
        return None
    if any(each is None for each in read):
        return None
    return PullRequestResult(
        state=ReviewState.VALIDATED,
        number=number,
        head=head,
        base=base,
        valid=valid,
        broken=tuple(broken),
        findings=tuple(each for each in read if each is not None),
    )


def _finding(entry: Any) -> ArtifactFinding | None:
    if not isinstance(entry, dict) or set(entry) != _FINDING_KEYS:
        return None
    code, file = _known(entry["code"]), entry["file"]
    line, column = _number(entry["line"]), _number(entry["column"])
    if code is None or line is None or column is None:
        return None
    if file is None:
        return ArtifactFinding(code=code, origin=None)
    if not isinstance(file, str) or _FILE.fullmatch(file) is None:
        return None
    return ArtifactFinding(code=code, origin=Origin(file, line, column))


def _known(number: Any) -> Code | None:
    return next((code for code in all_codes() if code.number == number), None)


def _number(value: Any, *, least: int = 0) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= _MOST_NUMBER
    return value if fits else None


def _commit(value: Any) -> str | None:
    return value if isinstance(value, str) and _COMMIT.fullmatch(value) else None


def _refused(name: str, reason: Message) -> SetupError:
    return SetupError(
        msg("The artifact {file} cannot be used: {reason}", file=name, reason=reason),
        code=codes.BAD_ARTIFACT,
        hint=msg("Use the file that `ci plan --artifact` of the same version wrote for this commit"),
    )
