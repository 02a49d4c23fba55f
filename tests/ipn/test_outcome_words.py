"""The words of the sidecar for people: each stored word has one. Filters take what English shows; machines read the word."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import pytest

from reconciler.core.results.table_result import NamedCell
from reconciler.core.values import ShopKey
from reconciler.ipn.outcome_words import captures_cell, mail_cell, reason_cell, refusal_cell, status_cell
from reconciler.ipn.verify.reasons import ProcessingOutcome, RejectReason
from reconciler.ports.inbox import MailState, MessageStatus
from reconciler.ports.payments import CaptureState, Source
from reconciler.views.i18n import language

MakeCell = Callable[[str], NamedCell | None]
CLOSED: list[tuple[MakeCell, type[StrEnum]]] = [
    (status_cell, MessageStatus),
    (mail_cell, MailState),
    (reason_cell, ProcessingOutcome),
    (refusal_cell, RejectReason),
]


@pytest.mark.parametrize(("make", "words"), CLOSED, ids=lambda each: getattr(each, "__name__", ""))
def test_every_word_is_shown_as_it_is_typed_and_in_japanese_as_words(make: MakeCell, words: type[StrEnum]) -> None:
    cells = [make(str(word)) for word in words]
    japanese = [language("ja").translate(cell.title) for cell in cells if cell is not None]
    assert [cell and (cell.key, str(cell.title)) for cell in cells] == [(str(word), str(word)) for word in words]
    assert [text for text in japanese if text.isascii()] == []
    assert len(set(japanese)) == len(words)


def test_a_reason_is_shown_with_the_word_that_a_filter_takes() -> None:
    cell = reason_cell("unknown-order")
    assert cell is not None
    assert language("ja").translate(cell.title) == "該当する受注なし (unknown-order)"


@pytest.mark.parametrize("make", [make for make, _ in CLOSED])
def test_a_word_of_another_version_is_shown_as_it_is(make: MakeCell) -> None:
    cell = make("later-word")
    assert cell is not None
    assert (cell.key, language("ja").translate(cell.title)) == ("later-word", "later-word")


def test_captures_are_one_line() -> None:
    assert captures_cell(()) is None
    fact = CaptureState(
        shop=ShopKey("kyoto-tea"),
        capture="P03-1-2-C000001",
        reference="P03-1-2",
        state="Closed",
        updated=datetime(2026, 11, 24, tzinfo=UTC),
        amount=Decimal(1200),
        currency="JPY",
        completed=True,
        source=Source.POLL,
    )
    cell = captures_cell((fact, fact))
    assert cell is not None
    once = "P03-1-2-C000001 Closed, once Completed 1200 JPY (poll)"
    assert cell.key == f"{once}; {once}"
    assert language("ja").translate(cell.title).startswith("P03-1-2-C000001 Closed (以前は Completed) 1200 JPY (照合)")
