"""The report of a fleet: what went well in a few lines, then what went wrong, then the command that continues."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.common.outcomes import outcome_word, shop_progress
from reconciler.views.markdown.report import report_markdown
from reconciler.views.text.report import render_report

FINGERPRINT = "sha256:" + "9d" * 32


def why(shop: str, code: object = codes.UNREACHABLE) -> Diagnostic:
    return diagnostic(
        code,  # type: ignore[arg-type]
        msg("no answer within {seconds} s", seconds=10),
        hint=msg("Check the connection"),
        shop=ShopKey(shop),
    )


def report() -> Report:
    """5,000 shops: 4,900 applied, 60 of them closed for it; 8 interrupted, 70 unreachable, and three of their own."""
    shops = [applied(f"shop-{number:05}", closed_ms=2000 + number if number < 60 else None) for number in range(4_900)]
    shops += [
        ShopReport(shop=ShopKey(f"shop-{number:05}"), outcome=ShopOutcome.SKIPPED, writes=2)
        for number in range(4_900, 4_919)
    ]
    shops += [
        ShopReport(shop=ShopKey(f"stopped-{number}"), outcome=ShopOutcome.PARTLY, done=1, writes=2)
        for number in range(8)
    ]
    shops += [
        ShopReport(
            shop=ShopKey(f"silent-{number:02}"),
            outcome=ShopOutcome.FAILED,
            writes=2,
            findings=(why(f"silent-{number:02}"),),
        )
        for number in range(70)
    ]
    missed = why("kyoto-tea", codes.PREDICTION_MISS)
    left = why("uji-cups", codes.LEFT_CLOSED)
    shops += [
        ShopReport(shop=ShopKey("kyoto-tea"), outcome=ShopOutcome.MISSED, done=6, writes=6, findings=(missed,)),
        ShopReport(
            shop=ShopKey("nara-ink"), outcome=ShopOutcome.UNKNOWN, done=1, writes=6, findings=(why("nara-ink"),)
        ),
        ShopReport(shop=ShopKey("uji-cups"), outcome=ShopOutcome.LEFT_CLOSED, done=2, writes=6, findings=(left,)),
    ]
    interrupted = diagnostic(codes.INTERRUPTED, msg("The run was interrupted"))
    return Report(fingerprint=FINGERPRINT, shops=tuple(shops), findings=(interrupted,), interrupted=True)


def applied(shop: str, closed_ms: int | None = None) -> ShopReport:
    return ShopReport(
        shop=ShopKey(shop), outcome=ShopOutcome.APPLIED, done=2, writes=2, verified=True, closed_ms=closed_ms
    )


@pytest.mark.parametrize("width", [80, 120])
def test_rendering(width: int, context: RenderContext, as_text) -> None:
    text = render_report(report(), replace(context, width=width), "reconciler resume")
    assert text == as_text
    assert len(text.splitlines()) < 40


def test_markdown(context: RenderContext, as_markdown) -> None:
    assert report_markdown(report(), (), context, "reconciler resume") == as_markdown


def test_expanded_each_shop_is_a_line(english: RenderContext) -> None:
    lines = render_report(report(), replace(english, expand=True)).splitlines()
    assert sum(line.startswith("applied ") for line in lines) == 4_900


@pytest.mark.parametrize(
    ("shop", "words"),
    [
        ({"outcome": ShopOutcome.APPLIED, "done": 4, "verified": True}, "applied: 4 of 6 writes, verified"),
        ({"outcome": ShopOutcome.PARTLY, "done": 2, "findings": (why("a"),)}, "partially applied: 2 of 6 writes"),
        ({"outcome": ShopOutcome.PARTLY, "done": 2}, "interrupted: 2 of 6 writes"),
        (
            {"outcome": ShopOutcome.PARTLY, "done": 6, "findings": (why("a"),)},
            "failed: after 6 of 6 writes: not verified",
        ),
        ({"outcome": ShopOutcome.MISSED, "done": 6}, "failed: after 6 of 6 writes: verification did not match"),
        ({"outcome": ShopOutcome.FAILED}, "failed: 0 of 6 writes"),
        ({"outcome": ShopOutcome.UNKNOWN}, "outcome unknown: 0 of 6 writes"),
        ({"outcome": ShopOutcome.REFUSED}, "refused: "),
        ({"outcome": ShopOutcome.SKIPPED}, "not started: "),
        ({"outcome": ShopOutcome.LEFT_CLOSED, "done": 1}, "LEFT CLOSED: 1 of 6 writes"),
        ({"outcome": ShopOutcome.LEFT_CLOSED, "closing_unknown": True}, "MAY BE CLOSED: 0 of 6 writes"),
        ({"outcome": ShopOutcome.UNKNOWN, "closing_unknown": True}, "outcome unknown: 0 of 6 writes"),
        ({"outcome": ShopOutcome.APPLIED, "done": 6, "closed_ms": 40}, "applied: 6 of 6 writes, closed for 40 ms"),
        ({"outcome": ShopOutcome.APPLIED, "done": 6, "closed_ms": 0}, "applied: 6 of 6 writes"),
        (
            {"outcome": ShopOutcome.PARTLY, "done": 6, "reopened": True, "closed_ms": 3210},
            "interrupted: 6 of 6 writes, reopened, closed for 3.2 s",
        ),
    ],
)
def test_the_words_of_an_outcome_match_its_counts(shop: dict[str, object], words: str, english: RenderContext) -> None:
    made = ShopReport(**{"shop": ShopKey("a"), "writes": 6} | shop)  # type: ignore[arg-type]
    assert f"{english.translate(outcome_word(made))}: {shop_progress(made, english)}" == words
