"""How long the server takes for each page, beside an answer of the same server that reads nothing.

Over a socket, one at a time, from another process: what a person waits for. The pages are those of `tests/browser`; the world
has a fleet of shops and the orders of a busy one.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.page_server import ORDERS, PASSWORD, SHOPS
from bench.timing import Figure, compare
from tests.browser.places import PLACES, Place, Who
from tests.embedded.harness import OSAKA
from tests.embedded.pages.browsing import Person

RUNS = 11
SLOWEST = 5
NOTHING = "/favicon.ico"


def measure(folder: Path) -> list[Figure]:
    with _served(folder) as address:
        figures = [_of_page(place, person) for place, person in _people(address)]
    slowest = sorted(figures, key=lambda each: -statistics.median(each.subject_seconds))
    for each in slowest[:SLOWEST]:
        print(f"{statistics.median(each.subject_seconds) * 1000:9.1f} ms  {each.name}", flush=True)
    return [_sum(figures), slowest[0]]


def _of_page(place: Place, person: Person) -> Figure:
    path = place.address(OSAKA)

    def look() -> None:
        answer = person.client.get(path)
        if answer.status_code >= 500:
            raise RuntimeError(f"{path}: {answer.status_code}")

    return compare(f"page {place.name}", look, "an empty answer", lambda: person.client.get(NOTHING), RUNS)


def _sum(figures: list[Figure]) -> Figure:
    return Figure(
        name=f"{len(figures)} pages, {SHOPS:,} shops, {ORDERS:,} orders: mean of a page",
        floor="an empty answer",
        subject_seconds=_means([each.subject_seconds for each in figures]),
        floor_seconds=_means([each.floor_seconds for each in figures]),
    )


def _means(runs: list[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(statistics.mean(of_run) for of_run in zip(*runs, strict=True))


def _people(address: str) -> Iterator[tuple[Place, Person]]:
    for who in dict.fromkeys(place.who for place in PLACES):
        with httpx.Client(base_url=address, follow_redirects=True) as client:
            person = Person(client)
            _arrive(person, who)
            yield from ((place, person) for place in PLACES if place.who == who)


def _arrive(person: Person, who: Who) -> None:
    if who != "stranger":
        of_shop = who != "operator"
        person.signs_in(OSAKA if of_shop else "", "hanako" if of_shop else "operator", PASSWORD)
    if who == "preview":
        person.sends("/preview")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.page_server", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
