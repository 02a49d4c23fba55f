"""Reports of checked backends made by hand: with every outcome there is, with nothing wrong, and interrupted."""

from __future__ import annotations

from reconciler.core.conformance.clauses import CLAUSES
from reconciler.core.conformance.report import (
    ClauseEvidence,
    ClauseOutcome,
    ClauseResult,
    ConformanceReport,
    Measurement,
    UnrestoredValue,
)
from reconciler.core.diagnostics.messages import Message, msg

REFUSED = ClauseEvidence(
    request="POST /oauth/token",
    expected=msg("status {status}", status=401),
    found=msg("status {status}", status=200),
)
SHOP_CLIENT = msg("the client is that of a shop; this route is for operators")
MEASUREMENTS = (
    Measurement(name="read-median", title=msg("Read of a shop, median"), value=12.5, unit="ms"),
    Measurement(
        name="body-size", title=msg("Largest body that is read, of those tried"), value=1_048_576.0, unit="bytes"
    ),
    Measurement(name="read-after-write", title=msg("Time until a read shows a write"), value=None, unit="ms"),
)


def clause(
    number: str,
    outcome: ClauseOutcome,
    *,
    evidence: ClauseEvidence | None = None,
    reason: Message | None = None,
) -> ClauseResult:
    return ClauseResult(clause=CLAUSES[number], outcome=outcome, evidence=evidence, reason=reason)


def broken_report(evidence: ClauseEvidence = REFUSED) -> ConformanceReport:
    """A clause of every outcome, in three groups; one shop is not restored, another cannot be read."""
    return ConformanceReport(
        backend="https://platform.example",
        shops=("kyoto-tea", "uji-cups"),
        clauses=(
            clause("K101", ClauseOutcome.BROKEN, evidence=evidence),
            clause("K102", ClauseOutcome.KEPT),
            clause("K113", ClauseOutcome.NOT_CHECKED, reason=SHOP_CLIENT),
            clause("K114", ClauseOutcome.NOT_CHECKED),
            clause("K601", ClauseOutcome.NOT_OFFERED),
        ),
        measurements=MEASUREMENTS,
        written=("kyoto-tea", "uji-cups"),
        unrestored=(
            UnrestoredValue(shop="kyoto-tea", field="useAmazon", before="true", after="false"),
            UnrestoredValue(shop="uji-cups", field="*", before="", after=""),
        ),
    )


def kept_report() -> ConformanceReport:
    """Everything is kept and restored."""
    return ConformanceReport(
        backend="https://platform.example",
        shops=("kyoto-tea", "uji-cups"),
        clauses=(clause("K101", ClauseOutcome.KEPT), clause("K102", ClauseOutcome.KEPT)),
        written=("kyoto-tea", "uji-cups"),
    )


def interrupted_report() -> ConformanceReport:
    """A signal came before the second clause."""
    return ConformanceReport(
        backend="https://platform.example",
        shops=("kyoto-tea",),
        clauses=(clause("K101", ClauseOutcome.KEPT), clause("K102", ClauseOutcome.NOT_CHECKED)),
        interrupted=True,
    )
