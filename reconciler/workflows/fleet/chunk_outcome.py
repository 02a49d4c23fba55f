"""The result of a look or an apply, as the small result of a chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.fleet.chunk_result import ChunkFailure, ChunkResult
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.runs.report import ShopOutcome

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.results.apply_result import ApplyResult
    from reconciler.core.results.command import CommandResult
    from reconciler.core.values import ShopKey

_IN_SYNC: Final = "in-sync"
_DRIFT: Final = "drift"
_UNKNOWN: Final = "unknown"
_LONGEST: Final = 500
_FINE: Final = frozenset({ShopOutcome.APPLIED, ShopOutcome.UNCHANGED, ShopOutcome.SKIPPED})


def look_outcome(result: CommandResult) -> ChunkResult:
    """A shop whose manifest is invalid counts as unknown, like one that could not be read."""
    if not isinstance(result, DriftResult):
        return ChunkResult(error=error_line(result.all_diagnostics))
    drift = result.drift
    compared = {shop.shop for shop in drift.shops}
    broken = {
        found.shop: found.code.number
        for found in drift.findings
        if found.shop is not None and found.shop not in compared and found.severity is Severity.ERROR
    }
    unread = {shop.shop: _code(shop.findings) for shop in drift.shops if shop.unknown}
    failures = [ChunkFailure(shop=shop, outcome=_UNKNOWN, code=code) for shop, code in {**broken, **unread}.items()]
    differing = sum(1 for shop in drift.shops if shop.differs and not shop.unknown)
    counts = {_DRIFT: differing, _UNKNOWN: len(failures), _IN_SYNC: len(drift.shops) - differing - len(unread)}
    fields = sum(1 for shop in drift.shops for entry in shop.entries if not entry.settled)
    return ChunkResult(counts=counts, fields=fields, failures=tuple(sorted(failures, key=lambda each: each.shop)))


def apply_outcome(result: ApplyResult, chunk: Collection[ShopKey], applied: Collection[ShopKey]) -> ChunkResult:
    """`applied` are shops that an earlier attempt at the chunk has applied: in this one nothing was left to be done there.
    Shops that are not in the chunk (left closed by others) are not part of the result.
    """
    if result.not_started is not None:
        return ChunkResult(error=error_line(result.all_diagnostics))
    counts, failures = Counter[str](), list[ChunkFailure]()
    for shop in result.report.shops:
        if shop.shop not in chunk:
            continue
        earlier = shop.outcome is ShopOutcome.UNCHANGED and shop.shop in applied
        outcome = ShopOutcome.APPLIED if earlier else shop.outcome
        counts[outcome.value] += 1
        if outcome not in _FINE:
            failures.append(ChunkFailure(shop=shop.shop, outcome=outcome.value, code=_code(shop.findings)))
    return ChunkResult(counts=counts, failures=tuple(failures), run=result.run)


def error_line(diagnostics: Iterable[Diagnostic]) -> str:
    """The first diagnostic that stops the work, in one line."""
    found = next((each for each in diagnostics if each.blocking), None)
    return error_text("" if found is None else f"{found.code.number} {found.summary}")


def error_text(words: str) -> str:
    return redact(" ".join(words.split()))[:_LONGEST] or "unknown"


def _code(findings: Iterable[Diagnostic]) -> str | None:
    return next((each.code.number for each in findings if each.blocking), None)
