"""A reason that does not exist is a usage error: an empty list would pass for good news."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("words", [("list",), ("replay", "--check")])
def test_a_reason_of_notifications(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    result = run("ipn", *words, "--reason", "unknown-orders")
    assert result.exit_code == 1
    assert "unknown reason 'unknown-orders'" in result.output
    assert "Did you mean one of: 'unknown-order'" in " ".join(result.output.split())


@pytest.mark.parametrize("command", ["refused", "readmit"])
def test_a_reason_of_refused_messages(command: str, fleet: Path, run: Run) -> None:
    result = run("ipn", command, "--reason", "unknown-order")
    assert result.exit_code == 1
    assert "unknown reason 'unknown-order'" in result.output
    assert "unknown-topic" in result.output


def test_an_unrelated_word_lists_the_reasons(fleet: Path, run: Run) -> None:
    said = " ".join(run("ipn", "refused", "--reason", "zzz").output.split())
    assert "Available: raw-delivery," in said
    assert "clock" not in said, "a message that Amazon sends again is not kept"


@pytest.mark.parametrize("reason", ["AmazonRejected", "SellerClosed", "poison"])
def test_reasons_of_amazon_are_an_open_list(reason: str, fleet: Path, run: Run) -> None:
    assert run("ipn", "list", "--reason", reason).exit_code == 0
