"""Applies and looks of one fleet by workers on two hosts, with clocks two hours apart. The backend's own log is the judge."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.hosts.conftest import Begin
from tests.hosts.fleet import Fleet
from tests.hosts.programs import Program
from tests.hosts.site import WORKERS, Options, Site
from tests.hosts.write_log import read_requests

pytestmark = pytest.mark.hosts

STALL = 20
SCALE = f"""\
executor: procrastinate
scale: {{apply_chunk: 25, look_chunk: 500, stall: {STALL}s, mirror: ../fleet, requests_per_second: 1000}}
"""
APPLY = ("apply", "--auto-approve", "--quiet", "--max-closed", "2")
APPLY_LARGE = ("apply", "--auto-approve", "--quiet", "--max-closed", "50", "--max-failures", "100")
LARGE = int(os.environ.get("HOSTS_SHOPS", "100000"))
HOUR = 3600.0
OTHER_VERSION = """
from reconciler.scale import job_arguments
job_arguments.VERSION += 1
from reconciler.cli import main
main()
"""
"""A worker of the next version, which gives its jobs arguments of another form."""


def options(shops: int) -> Options:
    """Leases that a busy machine renews in time."""
    return Options(more=SCALE, lease=15, in_flight=4 if shops < 1000 else 16)


def started_workers(both: Site) -> dict[str, Program]:
    workers = {host: both.start(host, "worker") for host in WORKERS}
    for worker in workers.values():
        both.wait_until(f"{worker.log.stem} is ready", lambda worker=worker: ready(worker))
    return workers


def ready(worker: Program) -> bool:
    assert worker.running, worker.output
    return "ready:" in worker.output


def writers(both: Site) -> set[str]:
    names = {host.address: name for name, host in both.hosts.items()}
    return {names[request.host] for request in read_requests(both.backend)}


def test_workers_share_an_apply_in_waves_and_a_look(site: Begin) -> None:
    both = site(Fleet(shops=100, max_closed=2), options(100))
    started_workers(both)

    applied = both.run("second", *APPLY, "--waves", "canary,100%")

    assert applied.exit_code == 0, both.story()
    both.judge()
    assert writers(both) == {"first", "second"}
    assert both.run("first", "drift", "--quiet").exit_code == 0, both.story()


def cut(both: Site, name: str, worker: Program) -> None:
    both.cut(name)
    both.wait_until("its chunk is another's", lambda: not both.chunks_of(name))
    both.restore(name)


def freeze(both: Site, name: str, worker: Program) -> None:
    both.freeze(worker)
    both.wait_until("its chunk is another's", lambda: not both.chunks_of(name))
    both.thaw(worker)


def kill(both: Site, name: str, worker: Program) -> None:
    both.kill(worker)


def lose_power(both: Site, name: str, worker: Program) -> None:
    both.lose_power(name)


def crash_database(both: Site, name: str, worker: Program) -> None:
    both.restart_database()


@pytest.mark.soak
@pytest.mark.parametrize("fault", [cut, freeze, kill, lose_power, crash_database])
def test_a_run_ends_as_planned_after_a_fault(site: Begin, fault: Callable[[Site, str, Program], None]) -> None:
    """The host that closed a shop is the one that suffers it."""
    both = site(Fleet(shops=75, max_closed=2, closings=2), options(75))
    workers = started_workers(both)
    both.start("second", *APPLY)
    both.wait_until("a shop is closed", lambda: both.closed() and closers(both))
    (name,) = closers(both)

    fault(both, name, workers[name])

    both.wait_until("the run has ended", lambda: not both.open_runs())
    assert both.closed() == [], both.story()
    assert both.run(other(name), *APPLY, "--executor", "local").exit_code == 0, both.story()
    both.judge()


@pytest.mark.soak
def test_a_worker_of_another_version_leaves_the_run_to_the_others(site: Begin) -> None:
    both = site(Fleet(shops=75, max_closed=2), options(75))
    newer = both.start("first", "worker", script=OTHER_VERSION)
    both.wait_until("the newer worker is ready", lambda: ready(newer))
    apply = both.start("second", *APPLY)
    older = both.start("second", "worker")

    both.wait_until("the older worker is ready", lambda: ready(older))

    assert apply.wait() == 0, both.story()
    both.judge()
    assert writers(both) == {"second"}


@pytest.mark.soak
def test_a_tenth_of_a_hundred_thousand_shops_changes_in_waves_while_a_worker_is_replaced(site: Begin) -> None:
    """Applied in three waves, then looked at as a whole. What the lost worker left half-written is planned again."""
    both = site(Fleet(shops=LARGE, changed=LARGE // 10, max_closed=50, closings=2), options(LARGE))
    workers = started_workers(both)
    apply = both.start("second", *APPLY_LARGE, "--waves", "canary,10%,100%")
    both.wait_until("some shops are written", lambda: both.written() > LARGE // 100, patience=HOUR)

    both.kill(workers["first"])
    both.start("first", "worker")

    assert apply.wait(HOUR) in (0, 3, 5), both.story()
    rest = both.start("second", *APPLY_LARGE)
    assert rest.wait(HOUR) == 0, both.story()
    both.judge()
    look = both.start("first", "drift", "--quiet")
    assert look.wait(HOUR) == 0, both.story()
    assert both.closed() == [], both.story()


def closers(both: Site) -> list[str]:
    """The host that closed a shop last. A request is in the log a moment after its effect."""
    names = {host.address: name for name, host in both.hosts.items()}
    return [names[request.host] for request in read_requests(both.backend) if request.resource == "storefront"][-1:]


def other(name: str) -> str:
    return next(host for host in WORKERS if host != name)
