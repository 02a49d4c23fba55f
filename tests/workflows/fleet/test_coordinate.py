"""Fleet runs from submission to their end: chunks go through a queue in this process, and are really done.

The queue may lose names of chunks, and deliver them twice; the backend's trail of changes says what was written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.fleet.fleet_run import FleetRunKind, FleetRunState, StopReason
from reconciler.core.fleet.scale_settings import ExecutorKind
from reconciler.core.model.selection import Selection
from reconciler.ports import SetupError
from reconciler.wiring.scale.runs import open_fleet_runs
from reconciler.wiring.session import open_session
from reconciler.workflows.apply.from_manifests import ApplyRequest
from reconciler.workflows.apply.rollout_options import RolloutOptions
from reconciler.workflows.drift.detect import DriftRequest
from reconciler.workflows.drift.look import confirm_read
from reconciler.workflows.fleet.coordinate import advance, care
from reconciler.workflows.fleet.hand_over import apply_or_hand_over, detect_or_hand_over
from reconciler.workflows.fleet.watch_run import cancel_run, watch_run
from reconciler.workflows.history import HistoryRequest
from reconciler.workflows.runs import list_all_runs, show_run
from reconciler.workflows.session import Session
from tests.support.example_fleet import TOKEN
from tests.support.fleet.chunk_fleet import ChunkFleet
from tests.support.fleet.list_queue import ListQueue
from tests.support.forge.remote import git
from tests.support.session_harness import RecordingListener

pytestmark = pytest.mark.system

WORKERS = ExecutorKind.PROCRASTINATE
SIZE = 2
"""Shops in a chunk; settings allow no chunk as small."""


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)


@dataclass
class Fleet:
    """The clock of the command: while it waits, the workers do what is in the queue. `before` is called first."""

    made: ChunkFleet
    queue: ListQueue = field(default_factory=ListQueue)
    before: Callable[[Fleet], None] = lambda _: None
    deliveries: int = 1
    waits: int = 0
    pause: float = 0.0
    listener: RecordingListener = field(default_factory=RecordingListener)
    leave: Callable[[], None] = lambda: None

    @property
    def session(self) -> Session:
        opened = open_session(self.made.settings, listener=self.listener, stop_signals=self)
        scale = replace(opened.fleet.scale, look_chunk=SIZE, apply_chunk=SIZE)
        access = replace(opened.fleet, queues=self.queue, scale=scale)
        return replace(opened, fleet=access, clock=_Waiting(opened.clock, self))

    @asynccontextmanager
    async def listening(self, on_stop: Any, on_force: Any, *, said: object = None) -> AsyncIterator[None]:
        self.leave = on_stop
        yield

    async def work(self) -> None:
        """Everything that is in the queue now, each as often as it is delivered."""
        self.waits += 1
        assert self.waits < 50, "the run does not end"
        self.before(self)
        names, self.queue.names = self.queue.names, []
        for run, number in names:
            for _ in range(self.deliveries):
                await anyio.to_thread.run_sync(self.made.run, run, number)

    def call(self, use_case: Any, *request: Any) -> Any:
        return anyio.run(use_case, self.session, *request)

    def apply(self, **words: Any) -> Any:
        return self.call(apply_or_hand_over, ApplyRequest(**words), WORKERS)

    def look(self, **words: Any) -> Any:
        return self.call(detect_or_hand_over, DriftRequest(**words), WORKERS)

    def with_store_that_fails(self) -> Session:
        """Once the run was found."""
        session = self.session
        return replace(session, fleet=replace(session.fleet, runs=_FailingRuns(session.fleet.runs)))

    def put_in_again(self) -> None:
        with open_fleet_runs(self.made.settings) as runs:
            self.queue.names = [(each.run, each.number) for each in runs.unfinished(self.made.name)]

    def care(self) -> None:
        async def once(session: Session) -> None:
            with open_fleet_runs(self.made.settings) as runs:
                await care(session, runs, self.queue)

        self.call(once)


@dataclass
class _FailingRuns:
    """Implements ports.fleet.FleetRunsAccess and FleetRuns: a run is found by its name, and after that nothing can be read."""

    real: Any

    @contextmanager
    def open(self, *, create: bool) -> Iterator[Any]:
        with self.real.open(create=create) as runs:
            yield _FailingRuns(runs)

    def run(self, run: str) -> Any:
        raise SetupError(msg("the store does not answer"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@dataclass
class _Waiting:
    """The clock of a command that lets others work while it waits."""

    clock: Any
    fleet: Fleet

    def now(self) -> Any:
        return self.clock.now()

    def monotonic(self) -> float:
        return float(self.clock.monotonic()) + self.fleet.waits * self.fleet.pause

    async def sleep(self, seconds: float) -> None:
        await self.fleet.work()


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(ChunkFleet.made(tmp_path / "fleet", ".reconciler/journal.db", 5))


def test_a_look_is_divided_and_adds_up(fleet: Fleet) -> None:
    result = fleet.look()
    assert (result.fleet_run.kind, result.fleet_run.state) == (FleetRunKind.LOOK, FleetRunState.DONE)
    assert [(chunk.first, chunk.last, chunk.shops) for chunk in result.chunks] == [
        ("shop-001", "shop-002", 2),
        ("shop-003", "shop-004", 2),
        ("shop-005", "shop-005", 1),
    ]
    assert result.counts == {"drift": 5}
    assert result.exit_code is ExitCode.DIFFERENCES
    assert fleet.made.changes() == []


def test_a_look_takes_the_selected_shops_only(fleet: Fleet) -> None:
    result = fleet.look(selection=Selection(globs=("shop-00[24]",)))
    assert [(chunk.first, chunk.last) for chunk in result.chunks] == [("shop-002", "shop-004")]
    assert result.counts == {"drift": 2}


def test_an_apply_writes_every_shop_once_also_if_all_is_delivered_twice(fleet: Fleet) -> None:
    fleet.deliveries = 2
    result = fleet.apply()
    assert (result.fleet_run.state, result.counts, result.exit_code) == (
        FleetRunState.DONE,
        {"applied": 5},
        ExitCode.DONE,
    )
    assert fleet.made.switched_on() == list(fleet.made.shops)
    assert fleet.made.written_twice() == fleet.made.left_closed() == []


def test_where_no_worker_takes_a_chunk_the_command_says_so_at_growing_intervals(fleet: Fleet) -> None:
    def nobody(now: Fleet) -> None:
        now.queue.names = []
        if now.waits == 10:
            now.put_in_again()

    fleet.before, fleet.pause = nobody, 31.0
    assert fleet.look().counts == {"drift": 5}
    waiting = [each.partition("no worker took a chunk for ")[2] for each in fleet.listener.notices]
    hint = "Check that `reconciler worker` runs and uses this store"
    assert [each for each in waiting if each] == [f"{seconds} s. {hint}" for seconds in (62, 124, 248)]


def test_of_a_chunk_that_does_not_end_the_command_names_the_log_of_the_worker(fleet: Fleet) -> None:
    def slow(now: Fleet) -> None:
        if now.waits == 1:
            with open_fleet_runs(now.made.settings) as runs:
                run, number = now.queue.names[0]
                assert runs.claim(run, number, "a worker") is not None
        now.queue.names = []
        if now.waits == 4:
            now.leave()

    fleet.before, fleet.pause = slow, 31.0
    fleet.look()
    [notice] = [each for each in fleet.listener.notices if "no chunk ended" in each]
    assert notice.endswith("no chunk ended for 62 s, 1 running. The log of `reconciler worker` says why")


def test_waves_open_one_after_the_other(fleet: Fleet) -> None:
    written: list[int] = []
    fleet.before = lambda now: written.append(len(now.made.switched_on()))
    result = fleet.apply(pacing=RolloutOptions(waves="40%,100%"))
    assert [(wave.name, wave.shops, wave.chunks, wave.ended) for wave in result.totals.waves] == [
        ("40%", 2, 1, 1),
        ("100%", 3, 2, 2),
    ]
    assert written == [0, 2]
    assert result.counts == {"applied": 5}


def test_a_wave_does_not_open_where_shops_of_the_one_before_failed(fleet: Fleet) -> None:
    def fail(now: Fleet) -> None:
        with open_fleet_runs(now.made.settings) as runs:
            (run,) = runs.runs(now.made.name)
            runs.add_outcomes(run.id, [(now.made.shops[0], "failed")])

    fleet.before = fail
    result = fleet.apply(pacing=RolloutOptions(waves="40%,100%"))
    assert (result.fleet_run.state, result.fleet_run.why) == (FleetRunState.FAILED, StopReason.FAILURE_LIMIT)
    assert [chunk.state.value for chunk in result.chunks if chunk.wave == 2] == ["cancelled", "cancelled"]
    assert len(fleet.made.switched_on()) <= 2
    assert fleet.made.left_closed() == []
    assert result.exit_code is not ExitCode.DONE


def test_what_the_queue_loses_is_put_in_again(fleet: Fleet) -> None:
    fleet.queue.lost = True

    def found_again(now: Fleet) -> None:
        now.queue.lost = False
        now.put_in_again()

    fleet.before = found_again
    assert fleet.apply().counts == {"applied": 5}


def test_a_run_is_followed_while_the_queue_does_not_answer_for_a_moment(fleet: Fleet) -> None:
    def fail_between_waves(now: Fleet) -> None:
        now.queue.down = now.waits < 3
        if not now.queue.down:
            now.put_in_again()

    fleet.before = fail_between_waves
    result = fleet.apply(pacing=RolloutOptions(waves="40%,100%"))

    assert result.counts == {"applied": 5}
    assert fleet.listener.notices.count("Waiting: the queue does not answer") == 1


def test_a_run_is_not_followed_for_ever_where_the_store_does_not_answer(fleet: Fleet) -> None:
    fleet.queue.lost = True
    fleet.pause = 60.0
    run = fleet.made.look()

    with pytest.raises(SetupError, match="the store does not answer"):
        anyio.run(watch_run, fleet.with_store_that_fails(), run)

    assert fleet.waits == 2


def test_the_care_puts_in_what_nobody_holds(fleet: Fleet) -> None:
    run = fleet.made.look(chunks=2)
    fleet.care()
    assert fleet.queue.names == [(run, 1), (run, 2)]
    fleet.queue.names = []
    fleet.made.run(run, 1)
    fleet.care()
    assert fleet.queue.names == [(run, 2)]
    fleet.made.run(run, 2)
    fleet.queue.names = []
    fleet.care()
    assert fleet.queue.names == []
    with open_fleet_runs(fleet.made.settings) as runs:
        found = runs.run(run)
    assert found is not None
    assert found.state is FleetRunState.DONE


def test_any_process_may_advance_a_run_and_each_step_counts_once(fleet: Fleet) -> None:
    run = fleet.made.look()
    fleet.made.run(run)

    async def twice(session: Session) -> list[int]:
        with open_fleet_runs(fleet.made.settings) as runs:
            return [len(await advance(session, runs, fleet.queue, run)) for _ in range(2)]

    assert fleet.call(twice) == [1, 0]


def test_who_leaves_does_not_end_the_run(fleet: Fleet) -> None:
    fleet.before = lambda now: now.leave()
    fleet.queue.lost = True
    result = fleet.look()
    assert result.fleet_run.state is FleetRunState.OPEN
    assert result.exit_code is ExitCode.ERROR
    short = result.fleet_run.id[:8]
    assert [str(each) for each in result.notices] == [
        f"Watch it: `reconciler runs watch {short}`",
        f"Stop it: `reconciler runs cancel {short}`",
    ]
    fleet.before, fleet.queue.lost = lambda _: None, False
    fleet.care()
    watched = fleet.call(watch_run, short)
    assert (watched.fleet_run.state, watched.counts) == (FleetRunState.DONE, {"drift": 5})
    assert fleet.call(watch_run, short).counts == {"drift": 5}


def test_a_cancelled_run_starts_nothing_more(fleet: Fleet) -> None:
    pacing = RolloutOptions(waves="40%,100%")
    fleet.before = _cancel_at_second_wait
    result = fleet.apply(pacing=pacing)
    assert (result.fleet_run.state, result.fleet_run.why) == (FleetRunState.CANCELLED, StopReason.CANCELLED)
    assert len(fleet.made.switched_on()) == 2
    assert fleet.made.left_closed() == []
    assert result.exit_code is ExitCode.PARTLY
    again = fleet.call(cancel_run, result.fleet_run.id)
    assert [str(each) for each in again.notices] == ["The run has already ended"]
    assert again.exit_code is ExitCode.DONE


def _cancel_at_second_wait(fleet: Fleet) -> None:
    if fleet.waits == 2:
        with open_fleet_runs(fleet.made.settings) as runs:
            (run,) = runs.runs(fleet.made.name)
            assert runs.request_stop(run.id, StopReason.CANCELLED)


def test_uncommitted_files_are_refused_by_name(fleet: Fleet) -> None:
    (fleet.made.folder / "shops" / "shop-002.yaml").write_text("shop: shop-002\n")
    (fleet.made.folder / "shops" / "new.yaml").write_text("shop: new\n")
    with pytest.raises(SetupError) as raised:
        fleet.look()
    shops = (fleet.made.folder / "shops").as_posix()
    assert str(raised.value.text) == f"Not committed: {shops}/new.yaml, {shops}/shop-002.yaml"
    assert raised.value.code.number == "S308"
    with pytest.raises(SetupError):
        fleet.apply()


def test_changed_settings_are_refused_and_other_files_are_not(fleet: Fleet) -> None:
    (fleet.made.folder / "notes.txt").write_text("anything")
    assert fleet.look().fleet_run.state is FleetRunState.DONE
    settings = fleet.made.folder / "reconciler.yaml"
    settings.write_text(settings.read_text() + "# changed\n")
    with pytest.raises(SetupError) as raised:
        fleet.look()
    assert str(raised.value.text) == "Not committed: reconciler.yaml"


def test_options_that_need_the_whole_fleet_are_refused(fleet: Fleet) -> None:
    with pytest.raises(SetupError) as raised:
        fleet.look(owner="@tea", unmanaged=True)
    assert str(raised.value.text) == "--unmanaged, --owner cannot be combined with the executor procrastinate"
    assert raised.value.code.number == "S309"
    with pytest.raises(SetupError) as raised:
        fleet.look(owner="@tea")
    assert "`reconciler findings list` with them" in str(raised.value.hint)


def test_a_look_at_what_changed_since_a_revision(fleet: Fleet) -> None:
    before = git(fleet.made.folder, "rev-parse", "HEAD").strip()
    for shop in ("shop-002", "shop-005"):
        manifest = fleet.made.folder / "shops" / f"{shop}.yaml"
        manifest.write_text(manifest.read_text() + "# reviewed\n")
    fleet.made.commit_all()

    result = fleet.look(selection=Selection(since=before))
    assert [(chunk.first, chunk.last, chunk.shops) for chunk in result.chunks] == [("shop-002", "shop-005", 2)]
    assert result.counts == {"drift": 2}
    one = fleet.look(selection=Selection(since=before, globs=("shop-00[1-3]",)))
    assert one.counts == {"drift": 1}
    nothing = fleet.look(selection=Selection(since="HEAD"))
    assert (nothing.fleet_run.state, nothing.chunks, nothing.exit_code) == (FleetRunState.DONE, (), ExitCode.DONE)


def test_a_shared_file_that_changed_concerns_every_shop(fleet: Fleet) -> None:
    before = git(fleet.made.folder, "rev-parse", "HEAD").strip()
    (fleet.made.folder / "shops" / "_defaults.yaml").write_text("apiVersion: reconciler/v1\n")
    fleet.made.commit_all()
    result = fleet.look(selection=Selection(since=before))
    assert result.counts == {"drift": 5}
    assert result.fleet_run.options.selection == Selection()


def in_two_folders(fleet: Fleet) -> None:
    """The last two of the five shops are in a folder with defaults of its own."""
    folder = fleet.made.folder
    (folder / "west").mkdir()
    (folder / "west" / "_defaults.yaml").write_text("apiVersion: reconciler/v1\nlabels: {area: west}\n")
    for shop in ("shop-004", "shop-005"):
        (folder / "shops" / f"{shop}.yaml").rename(folder / "west" / f"{shop}.yaml")
    settings = folder / "reconciler.yaml"
    settings.write_text(settings.read_text() + "manifests: [shops, west]\n")
    fleet.made.commit_all()


def test_several_folders_are_one_fleet_for_workers(fleet: Fleet) -> None:
    in_two_folders(fleet)
    assert fleet.look().counts == {"drift": 5}
    assert fleet.look(selection=Selection(labels=(("area", "west"),))).counts == {"drift": 2}
    with fleet.session.findings.open(create=False) as store:
        assert store is not None
        files = {finding.key.shop: finding.file for finding in store.findings(fleet.made.name)}
    assert (files["shop-001"], files["shop-005"]) == ("shops/shop-001.yaml", "west/shop-005.yaml")

    applied = fleet.apply()
    assert applied.counts == {"applied": 5}
    assert fleet.made.switched_on() == list(fleet.made.shops)


def test_a_change_in_the_second_folder_is_known_to_workers(fleet: Fleet) -> None:
    in_two_folders(fleet)
    before = git(fleet.made.folder, "rev-parse", "HEAD").strip()
    defaults = fleet.made.folder / "west" / "_defaults.yaml"
    defaults.write_text(defaults.read_text().replace("west}", "far-west}"))
    with pytest.raises(SetupError) as raised:
        fleet.look()
    assert str(raised.value.text) == f"Not committed: {(fleet.made.folder / 'west').as_posix()}/_defaults.yaml"
    fleet.made.commit_all()
    assert fleet.look(selection=Selection(since=before)).counts == {"drift": 2}


def test_a_shop_in_two_folders_is_in_neither(fleet: Fleet) -> None:
    in_two_folders(fleet)
    folder = fleet.made.folder
    (folder / "shops" / "shop-005.yaml").write_text((folder / "west" / "shop-005.yaml").read_text())
    fleet.made.commit_all()
    result = fleet.look()
    assert result.counts["drift"] == 4
    assert [failure.shop for failure in result.totals.failures] == ["shop-005"]


def test_a_folder_of_another_repository_is_refused(fleet: Fleet) -> None:
    other = fleet.made.folder.parent / "partners"
    other.mkdir()
    (other / "shop-009.yaml").write_text("apiVersion: reconciler/v1\nshop: shop-009\n")
    git(other, "init", "-q", "-b", "main", ".")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "partners")
    settings = fleet.made.folder / "reconciler.yaml"
    settings.write_text(settings.read_text() + "manifests: [shops, ../partners]\n")
    fleet.made.commit_all()
    with pytest.raises(SetupError) as raised:
        fleet.look()
    assert "is not in the repository of the settings" in str(raised.value.text)
    assert "`--executor local`" in str(raised.value.hint)


def test_new_findings_are_listed_once(fleet: Fleet) -> None:
    first = fleet.look(new=True)
    assert (first.rows, first.exit_code) == ((), ExitCode.DONE)
    assert str(first.notices[0]).startswith("First check with --new (open findings: ")
    confirm_read(fleet.session, first)
    assert fleet.look(new=True).rows == ()

    fleet.made.merchant_edits("shop-003", notificationEmail="other@shop-003.example")
    second = fleet.look(new=True)
    assert {row[1] for row in second.rows} == {"shop-003"}
    assert second.exit_code is ExitCode.DIFFERENCES
    assert fleet.look(new=True, selection=Selection(globs=("shop-001",))).rows == ()
    again = fleet.look(new=True)
    assert again.rows == second.rows, "it was not confirmed as shown"
    confirm_read(fleet.session, again)
    assert fleet.look(new=True).exit_code is ExitCode.DONE


def test_new_findings_of_a_run_that_was_cancelled_are_not_judged(fleet: Fleet) -> None:
    def cancel(made: Fleet) -> None:
        with open_fleet_runs(made.made.settings) as runs:
            (run,) = runs.runs(made.made.name, ended=False)
            runs.request_stop(run.id, StopReason.CANCELLED)

    fleet.before = cancel
    result = fleet.look(new=True)
    assert result.kind == "fleet-run"
    assert result.fleet_run.state is FleetRunState.CANCELLED


def test_an_apply_with_nothing_to_write_makes_no_run(fleet: Fleet) -> None:
    fleet.apply()
    again = fleet.apply()
    assert again.kind == "report"
    assert again.exit_code is ExitCode.DONE
    with open_fleet_runs(fleet.made.settings) as runs:
        assert len(runs.runs(fleet.made.name)) == 1


def test_runs_list_and_show_know_fleet_runs(fleet: Fleet) -> None:
    run = fleet.look().fleet_run.id

    async def listed(session: Session) -> Any:
        return list_all_runs(session, HistoryRequest())

    async def shown(session: Session) -> Any:
        return show_run(session, run[:8])

    (row,) = fleet.call(listed).runs
    assert (row.run, row.command, row.shops, row.status.value) == (run, "fleet look", 5, "looked")
    result = fleet.call(shown)
    assert (result.kind, result.fleet_run.id, result.exit_code) == ("fleet-run", run, ExitCode.DONE)


def test_a_store_that_is_no_postgresql_has_no_queue(fleet: Fleet) -> None:
    real = replace(fleet.session, fleet=replace(open_session(fleet.made.settings).fleet))
    with pytest.raises(SetupError, match="PostgreSQL"):
        anyio.run(detect_or_hand_over, real, DriftRequest(), WORKERS)
