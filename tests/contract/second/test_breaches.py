"""The conformance kit finds the second backend to keep the contract, and each planted breach under the clauses that it breaks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.conformance.client import CheckedBackend
from reconciler.conformance.run import ConformanceRequest, check_clauses
from reconciler.core.conformance.clauses import CLAUSES
from reconciler.core.conformance.report import ClauseOutcome, ConformanceReport
from reconciler.core.values import Secret, SecretRef
from tests.conformance.shops import NAMED, SECRET, SEED, TOKEN
from tests.second_backend.breaches import BREACHES, CLAUSES_OF_BREACHES
from tests.second_backend.serving import second_backend, serve_second
from tests.second_backend.state import OFFERS

pytestmark = [pytest.mark.system, pytest.mark.anyio]
IN_A_LONG_TRAIL = {"trail-oldest-first": {"K601"}}
"""Clauses that break only if the other groups have filled the first page of the trail."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class NoSignals:
    @asynccontextmanager
    async def listening(self, _on_stop, _on_force, *, said=None) -> AsyncIterator[None]:
        yield


async def checked(
    *,
    breaches: Iterable[str] = (),
    offers: Iterable[str] = OFFERS,
    only: Iterable[str] = CLAUSES,
    journal: Path | None = None,
) -> ConformanceReport:
    """The clauses and groups of `only`, without measurements."""
    second = second_backend(journal, SEED, breaches=breaches, offers=offers)
    for client in SEED["clients"]:
        second.world.ensure_client(client["clientId"], client["secret"]["value"], client.get("shopKey"))
    with serve_second(second) as url:
        request = ConformanceRequest(
            backend=CheckedBackend(
                url=url, client_id="operator", client_secret=Secret(SECRET, SecretRef("ref+test://s"))
            ),
            shops=NAMED,
            token=Secret(TOKEN, SecretRef("ref+test://t")),
            only=frozenset(only),
        )
        return await check_clauses(request, SystemClock(), NoSignals())


def broken(report: ConformanceReport) -> set[str]:
    return {each.clause.id for each in report.clauses if each.outcome is ClauseOutcome.BROKEN}


async def test_it_keeps_all_clauses(tmp_path: Path) -> None:
    report = await checked(journal=tmp_path / "world.jsonl")

    assert broken(report) == set()
    assert {each for each, outcome in report.outcomes.items() if outcome != "kept"} == {"K407"}, (
        "nothing was answered with 429"
    )
    assert report.unrestored == ()


async def test_what_it_does_not_offer_is_said_and_nothing_else_breaks() -> None:
    report = await checked(offers=())

    assert broken(report) == set()
    left_out = {each for each, outcome in report.outcomes.items() if outcome == "not-offered"}
    assert left_out >= {each.id for each in CLAUSES.values() if each.capability is not None}


@pytest.mark.parametrize("breach", BREACHES)
async def test_a_breach_is_found_under_its_clauses(breach: str) -> None:
    """Of the groups of these clauses; the long test has all groups."""
    expected = CLAUSES_OF_BREACHES[breach] - IN_A_LONG_TRAIL.get(breach, set())
    report = await checked(breaches=[breach], only={CLAUSES[each].group.value for each in expected})

    assert broken(report) == expected


@pytest.mark.soak
@pytest.mark.parametrize("breach", BREACHES)
async def test_a_breach_is_found_under_no_other_clause(breach: str) -> None:
    assert broken(await checked(breaches=[breach])) == CLAUSES_OF_BREACHES[breach]


@pytest.mark.parametrize(("breaches", "code", "words"), [((), 0, "K301"), (("cascade-missing",), 1, "K301")])
def test_the_command_says_so(breaches: tuple[str, ...], code: int, words: str, tmp_path: Path) -> None:
    second = second_backend(None, SEED, breaches=breaches)
    second.world.ensure_client("operator", SECRET)
    with serve_second(second) as url:
        command = [sys.executable, "-m", "reconciler", "backend", "check", url, "--shop", NAMED[0], "--only", "K301"]
        command += ["--client-id", "operator", "--client-secret", "ref+env://OPERATOR_SECRET", "-o", "json"]
        environment = os.environ | {"OPERATOR_SECRET": SECRET, "LANG": "C.UTF-8"}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stdout
