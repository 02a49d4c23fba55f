"""Applies of one fleet on two hosts, over one store, with clocks two hours apart. Each story ends with the backend's own log."""

from __future__ import annotations

import pytest

from tests.hosts.conftest import Begin
from tests.hosts.fleet import Fleet
from tests.hosts.programs import Program
from tests.hosts.site import Site

pytestmark = pytest.mark.hosts

APPLY = ("apply", "--auto-approve", "--max-closed", "2", "--quiet")
FLEET = Fleet(shops=40, max_closed=2, closings=2)
"""A shop may be closed twice: by a run that dies then, and by the one that does the rest."""


def test_two_applies_at_once_share_the_fleet(site: Begin) -> None:
    both = site(Fleet(shops=40, max_closed=4, closings=1))

    programs = [both.start(name, *APPLY) for name in ("first", "second")]

    ended = [program.wait() for program in programs]
    assert set(ended) <= {0, 5}, both.story()
    settled(both, "second")


def test_a_host_whose_cable_is_cut_keeps_no_shop_closed(site: Begin) -> None:
    """The other one waits for its leases, reopens its shops and applies the rest; then the cable is whole again."""
    both = site(FLEET)
    first = applying_with_a_shop_closed(both)

    both.cut("first")
    settle_on_the_second(both)
    both.restore("first")

    first.wait()
    settled(both, "second")


def test_a_host_that_loses_its_power_keeps_no_shop_closed(site: Begin) -> None:
    both = site(FLEET)
    applying_with_a_shop_closed(both)

    both.lose_power("first")

    settle_on_the_second(both)
    settled(both, "second")


def test_a_frozen_apply_writes_nothing_once_its_leases_were_taken(site: Begin) -> None:
    both = site(FLEET)
    first = applying_with_a_shop_closed(both)

    both.freeze(first)
    settle_on_the_second(both)
    written = both.written()
    both.thaw(first)

    first.wait()
    assert both.written() == written, both.story()
    settled(both, "second")


def test_a_database_that_crashes_leaves_no_shop_closed(site: Begin) -> None:
    both = site(FLEET)
    first = applying_with_a_shop_closed(both)

    both.restart_database()

    first.wait()
    settle_on_the_second(both)
    settled(both, "second")


def applying_with_a_shop_closed(both: Site) -> Program:
    first = both.start("first", *APPLY)
    both.wait_until("a shop is closed", both.closed)
    return first


def settle_on_the_second(both: Site) -> None:
    """As soon as no run holds a shop: until then a dead run looks like one that works."""
    both.wait_until("no shop is leased", lambda: not both.leases())
    assert both.run("second", "resume").exit_code == 0, both.story()
    assert both.closed() == [], both.story()
    assert both.run("second", *APPLY).exit_code == 0, both.story()


def settled(both: Site, host: str) -> None:
    """Nothing remains to be done, and all that was done was right."""
    both.judge()
    assert both.run(host, "plan", "--quiet").exit_code == 0, both.story()
