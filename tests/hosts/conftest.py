"""Sites of three hosts. Where hosts cannot be made the tests are skipped, or fail if `TESTS_WANT_HOSTS` is set, as in CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.hosts import clocks
from tests.hosts.fleet import Fleet
from tests.hosts.network import missing
from tests.hosts.site import Options, Site, started_site
from tests.support.postgres import demand_postgresql

WANTED = "TESTS_WANT_HOSTS"
Begin = Callable[..., Site]


@pytest.fixture(scope="session")
def hosts() -> None:
    why = missing() or clocks.missing()
    if why:
        (pytest.fail if os.environ.get(WANTED) else pytest.skip)(why)
    demand_postgresql()


@pytest.fixture
def site(hosts: None, tmp_path: Path) -> Iterator[Begin]:
    """`site(fleet, options)` is a new one, which ends with the test."""
    with ExitStack() as stack:

        def begin(fleet: Fleet, options: Options | None = None) -> Site:
            return stack.enter_context(started_site(tmp_path, fleet, options or Options()))

        yield begin
