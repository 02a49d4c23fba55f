"""How many requests to the forge `ci plan` takes, for a small fleet and a large one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.ci.conftest import ForgeSite, forge_site
from tests.cli.ci.fleets import change_emails, fleet_files
from tests.cli.ci.in_process import here
from tests.support.forge.remote import Remote

pytestmark = pytest.mark.system


@pytest.fixture(scope="session", params=[3, 2000])
def fleet_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Remote]:
    count = request.param
    shops = [f"shop-{number:04}" for number in range(count)]
    remote = Remote(tmp_path_factory.mktemp(f"fleet-{count}"))
    remote.commit("main", fleet_files(shops))
    change_emails(remote, "feature", shops)
    return count, remote


@pytest.fixture(params=["github", "gitlab"])
def large_site(
    request: pytest.FixtureRequest, fleet_of: tuple[int, Remote], tmp_path: Path
) -> Iterator[tuple[int, ForgeSite]]:
    for site in forge_site(request.param, fleet_of[1], tmp_path):
        yield fleet_of[0], site


def test_a_plan_takes_at_most_eight_calls_whatever_the_fleet(large_site: tuple[int, ForgeSite]) -> None:
    count, site = large_site
    done = here(site.job(), "ci", "plan")
    assert done.returncode == 0, done.stderr
    assert f" shops={count} " in site.record.text
    assert len(site.server.requests) == 5, site.server.requests
    assert len(site.comments[0]) <= 65_536
