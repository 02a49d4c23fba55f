"""An apply that is paused past its lease, whose output is not read, whose store hangs, or that is answered by a gateway: at
every request, journal write and lease, in a real process. In no case is a shop left closed without a report.

In `make test` some points are tried; `make soak` tries them all. Both print how many there are.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.leases import active_leases
from reconciler.adapters.store.runs.process_identity import this_process
from reconciler.embedded.actors.world import World
from tests.kill.child_process import ANSWERS, REPEATED
from tests.kill.fleet import (
    APPLY,
    OPEN,
    Points,
    Zygote,
    copy,
    is_whole_again,
    said,
    store_of,
    storefronts,
    storefronts_in,
)
from tests.support.postgres import Cluster
from tests.support.waiting import wait_until

SHORT_LEASE = "limits: {lease_seconds: 1}\n"
CLOSED_BY_MERCHANT = "leaves"
SHORT_PATIENCE = "timeouts: {store: 1}\n"


def tell(capsys: pytest.CaptureFixture[str], fault: str, points: int, tried: int) -> None:
    with capsys.disabled():
        print(f"\n{fault}: {points} points, tried here: {tried}")


# Paused past the lease; another run claims the shop; continued.


def check_pause(folder: Path, zygote: Zygote, point: int) -> None:
    with (folder / "reconciler.yaml").open("a") as settings:
        settings.write(SHORT_LEASE)
    place = f"paused at point {point}"
    assert zygote.run(folder, APPLY, point, fault="pause").ended == "stopped", f"{place}: {said(folder)}"
    wait_until(lambda: leases_are_over(folder))
    assert zygote.run(folder, ["resume"]).ended == 0, f"{place}: {said(folder)}"
    assert storefronts_in(folder) == OPEN, place
    world = World.open(folder / ".reconciler" / "embedded.db")
    world.merchant_edits(CLOSED_BY_MERCHANT, {"storefront": "CLOSED"})
    world.close()
    zygote.ask(**{"continue": True})
    assert zygote.run(folder, ["resume"]).ended == 0, f"{place}: {said(folder)}"
    world = World.open(folder / ".reconciler" / "embedded.db")
    assert storefronts(world) == {**OPEN, CLOSED_BY_MERCHANT: "CLOSED"}, f"{place}: {said(folder)}"
    world.merchant_edits(CLOSED_BY_MERCHANT, {"storefront": "OPEN"})
    world.close()
    is_whole_again(folder, zygote, place)


def leases_are_over(folder: Path) -> bool:
    if not Path(store_of(folder)).exists():
        return True
    store = open_store(store_of(folder))
    try:
        with store.reading() as connection:
            return not active_leases(connection, SystemClock(), this_process())
    finally:
        store.close()


def pause_at(tried: range, pristine: Path, zygote: Zygote, folder: Path) -> int:
    for point in tried:
        check_pause(copy(pristine, folder / str(point)), zygote, point)
        shutil.rmtree(folder / str(point))
    return len(tried)


def test_paused_past_its_lease_a_run_neither_opens_nor_closes_what_is_not_its_own(
    pristine, points: Points, zygote, tmp_path, capsys
) -> None:
    tell(capsys, "pauses", points.count, pause_at(range(11, points.count + 1, 43), pristine, zygote, tmp_path))


@pytest.mark.soak
def test_paused_past_its_lease_at_every_point(pristine, points: Points, zygote, tmp_path, capsys) -> None:
    tell(capsys, "pauses", points.count, pause_at(range(1, points.count + 1), pristine, zygote, tmp_path))


# Unread output.


def check_blocked(folder: Path, zygote: Zygote, point: int) -> None:
    place = f"output blocked from point {point}"
    assert zygote.run(folder, APPLY, point, fault="block").ended == "started"
    try:
        wait_until(lambda: run_is_recorded(folder))
    except TimeoutError:
        zygote.ask(read=True)
        pytest.fail(f"{place}: the end of the run was not recorded: {said(folder)}")
    assert storefronts_in(folder) == OPEN, place
    assert zygote.ask(read=True).ended == 0, place
    is_whole_again(folder, zygote, place)


def run_is_recorded(folder: Path) -> bool:
    """Whether the apply has recorded its end while its output is not read."""
    if not Path(store_of(folder)).exists():
        return False
    store = open_store(store_of(folder))
    try:
        runs = StoreHistory(store, SystemClock()).runs()
        return bool(runs) and runs[0].ended is not None
    finally:
        store.close()


def block_at(tried: range, pristine: Path, zygote: Zygote, folder: Path) -> int:
    for point in tried:
        check_blocked(copy(pristine, folder / str(point)), zygote, point)
        shutil.rmtree(folder / str(point))
    return len(tried)


def test_unread_output_keeps_no_shop_closed(pristine, points: Points, zygote, tmp_path, capsys) -> None:
    tried = block_at(range(1, points.count + 1, 61), pristine, zygote, tmp_path)
    tell(capsys, "blocked outputs", points.count, tried)


@pytest.mark.soak
def test_unread_output_at_every_point(pristine, points: Points, zygote, tmp_path, capsys) -> None:
    tried = block_at(range(1, points.count + 1), pristine, zygote, tmp_path)
    tell(capsys, "blocked outputs", points.count, tried)


# A store that hangs.


def check_hanging(folder: Path, zygote: Zygote, server: int, point: int) -> None:
    place = f"store hangs from point {point}"
    with (folder / "reconciler.yaml").open("a") as settings:
        settings.write(SHORT_PATIENCE)
    ended = zygote.run(folder, APPLY, point, fault="hang", server=server).ended
    assert isinstance(ended, int), place
    assert ended >= 0, f"{place}: {said(folder)}"
    assert storefronts_in(folder) == OPEN, f"{place}: {said(folder)}"
    is_whole_again(folder, zygote, place)


def hang_at(tried: range, on_a_server: Callable[[int], Path], zygote: Zygote, cluster: Cluster) -> int:
    for point in tried:
        check_hanging(on_a_server(point), zygote, cluster.pid, point)
    return len(tried)


def test_a_store_that_hangs_keeps_no_shop_closed(on_a_server, cluster, points: Points, zygote, capsys) -> None:
    tell(capsys, "hanging stores", points.count, hang_at(range(13, points.count + 1, 83), on_a_server, zygote, cluster))


@pytest.mark.soak
def test_a_store_that_hangs_at_every_point(on_a_server, cluster, points: Points, zygote, capsys) -> None:
    tell(capsys, "hanging stores", points.count, hang_at(range(1, points.count + 1), on_a_server, zygote, cluster))


# A token that is over, and a renewal that is refused once.


def renewals_at(tried: range, pristine: Path, zygote: Zygote, folder: Path) -> int:
    for point in tried:
        fleet, place = copy(pristine, folder / str(point)), f"renewal refused at request {point}"
        ended = zygote.run(fleet, APPLY, point, fault="renewal").ended
        started_at = (fleet / "acknowledged.txt").exists()  # a first grant that is refused ends a run before it writes
        assert ended == 0 or not started_at, f"{place}: {said(fleet)}"
        assert storefronts_in(fleet) == OPEN, place
        is_whole_again(fleet, zygote, place)
        shutil.rmtree(fleet)
    return len(tried)


def test_a_renewal_that_is_refused_once_does_not_end_the_run(
    pristine, points: Points, zygote, tmp_path, capsys
) -> None:
    tried = renewals_at(range(1, points.requests + 1, 11), pristine, zygote, tmp_path)
    tell(capsys, "refused renewals", points.requests, tried)


@pytest.mark.soak
def test_a_renewal_that_is_refused_once_at_every_request(pristine, points: Points, zygote, tmp_path, capsys) -> None:
    tried = renewals_at(range(1, points.requests + 1), pristine, zygote, tmp_path)
    tell(capsys, "refused renewals", points.requests, tried)


# Answers that are not the backend's.


def check_answer(folder: Path, zygote: Zygote, point: int, answer: str) -> None:
    place = f"request {point} answered {answer}"
    ended = zygote.run(folder, APPLY, point, fault="answer", answer=answer).ended
    assert isinstance(ended, int), place
    assert ended >= 0, f"{place}: {said(folder)}"
    is_whole_again(folder, zygote, place)


def answers_at(tried: list[tuple[int, str]], pristine: Path, zygote: Zygote, folder: Path) -> int:
    for point, answer in tried:
        check_answer(copy(pristine, folder / f"{point}-{answer}"), zygote, point, answer)
        shutil.rmtree(folder / f"{point}-{answer}")
    return len(tried)


def every_answer(points: Points) -> list[tuple[int, str]]:
    return [(point, answer) for point in range(1, points.requests + 1) for answer in (*ANSWERS, REPEATED)]


def test_an_answer_that_is_not_the_backends_leaves_no_shop_closed(
    pristine, points: Points, zygote, tmp_path, capsys
) -> None:
    everything = every_answer(points)
    tell(capsys, "foreign answers", len(everything), answers_at(everything[::53], pristine, zygote, tmp_path))


@pytest.mark.soak
def test_an_answer_that_is_not_the_backends_to_every_request(
    pristine, points: Points, zygote, tmp_path, capsys
) -> None:
    everything = every_answer(points)
    tell(capsys, "foreign answers", len(everything), answers_at(everything, pristine, zygote, tmp_path))
