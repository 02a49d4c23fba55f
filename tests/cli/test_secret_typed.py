"""A token that is typed in a wrong place is not printed back, in any format, by any command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.example_fleet import TOKEN

WORDS = (
    ("plan", TOKEN), ("plan", "-l", f"x={TOKEN}"), ("plan", "--group", TOKEN), ("plan", "-c", TOKEN), ("plan", "-o", TOKEN),
    ("plan", "--changed-since", TOKEN), ("plan", f"--{TOKEN}"), ("plan", "--out", f"{TOKEN}/x"), ("apply", f"./{TOKEN}"),
    ("apply", "--allow", TOKEN), ("apply", "--waves", TOKEN), ("apply", "--expect", TOKEN), ("apply", "--soak", TOKEN),
    ("apply", f"{TOKEN}.yaml"), ("show-plan", TOKEN), ("show", TOKEN), ("explain", TOKEN), ("history", TOKEN),
    ("import", "--from", TOKEN), ("import", TOKEN), ("onboard", TOKEN), ("new", TOKEN), ("schema", TOKEN), ("fmt", TOKEN),
    ("validate", TOKEN), ("drift", TOKEN), ("leases", TOKEN), ("resume", TOKEN), (TOKEN,), ("serve", TOKEN),
    ("completion", TOKEN), ("ipn", "show", TOKEN),
)  # fmt: skip


@pytest.mark.parametrize("words", WORDS, ids=lambda words: " ".join(words).replace(TOKEN, "TOKEN"))
@pytest.mark.parametrize("output", ["text", "json"])
def test_a_token_among_the_words_is_not_printed_back(
    words: tuple[str, ...], output: str, fleet: Path, run: Run
) -> None:
    """`run` looks for the token in all that is written."""
    more = () if words[0] in ("explain", "schema", "completion", "serve", TOKEN) else ("-o", output)
    assert run(*words, *more).output


@pytest.mark.parametrize("name", ["RECONCILER_GROUP", "RECONCILER_LABEL", "RECONCILER_PLAN_OUT", "LOGNAME"])
def test_nor_one_in_the_environment(name: str, fleet: Path, run: Run) -> None:
    assert run("plan", **{name: TOKEN}).output


def test_the_history_does_not_name_a_token_as_who_ran_it(fleet: Path, run: Run) -> None:
    assert run("apply", "kyoto-tea", "--auto-approve", LOGNAME=TOKEN).exit_code == 0
    document = json.loads(run("history", "-o", "json").stdout)
    assert document
    assert TOKEN not in (fleet / ".reconciler" / "journal.db").read_bytes().decode("latin-1")
