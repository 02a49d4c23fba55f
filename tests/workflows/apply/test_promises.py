"""The guarantees of an apply for every caller of the workflows: the command line is not part of these tests.

Each class tests one guarantee.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.selection import Selection
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.command import CommandResult
from reconciler.core.runs.recovery import RecoveryOutcome
from reconciler.ports import Rejected, WriteRequest
from reconciler.workflows.apply.from_file import SavedPlanRequest, apply_saved_plan
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.apply.resume import resume_runs
from reconciler.workflows.apply.rollout_options import RolloutOptions
from reconciler.workflows.apply.saved_rollout import drop_rollout, supersedes_rollout
from reconciler.workflows.execution.steps import STATUS
from reconciler.workflows.plan import PlanRequest, plan_changes
from tests.support import session_harness
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import (
    Caller,
    command_line_imports,
    email,
    merchant_edits,
    open_caller,
    restore_release,
    rewrite,
    storefront,
    with_world,
    write_fleet,
)

CANARY, LATE = session_harness.SHOPS
WAVES = RolloutOptions(waves="canary,100%")
ALL = ApplyRequest()
Apply = Callable[[Caller], ApplyResult]


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the manifests refer to. Each folder has a plan key of its own."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    monkeypatch.setenv("CORPUS_TOKEN", TOKEN)
    monkeypatch.delenv("RECONCILER_PLAN_KEY", raising=False)


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return write_fleet(tmp_path / "fleet")


@pytest.fixture
def applied(fleet: Path) -> Path:
    """A fleet whose manifests were applied."""
    assert open_caller(fleet).run(apply_manifests, ALL).exit_code is ExitCode.DONE
    return fleet


@pytest.fixture
def halted(fleet: Path) -> Path:
    """A fleet with a rollout that halted in its first wave, before any write succeeded."""
    caller = open_caller(fleet, before_write=reject)
    assert caller.run(apply_manifests, ApplyRequest(pacing=WAVES)).exit_code is not ExitCode.DONE
    assert caller.written_shops == {CANARY}
    assert caller.session.plans.load_rollout() is not None
    return fleet


def reject(_write: WriteRequest) -> None:
    raise Rejected(msg("not today"), reason="NOT_TODAY")


def save_plan(folder: Path, *shops: str) -> Path:
    file = folder / "saved.plan.json"
    open_caller(folder).run(plan_changes, PlanRequest(selection=Selection(globs=shops), out=file))
    assert file.exists()
    return file


def from_manifests(caller: Caller) -> ApplyResult:
    return caller.run(apply_manifests, ALL)


def in_waves(caller: Caller) -> ApplyResult:
    return caller.run(apply_manifests, ApplyRequest(pacing=WAVES))


def from_saved_plan(caller: Caller) -> ApplyResult:
    return caller.run(apply_saved_plan, SavedPlanRequest(file=save_plan(caller.folder)))


every_apply = pytest.mark.parametrize("apply", [from_manifests, in_waves, from_saved_plan])


def slugs(result: CommandResult) -> list[str]:
    return [each.code.slug for each in result.all_diagnostics]


class TestBothMoved:
    """What both Git and the backend changed since the last apply waits for a person."""

    @pytest.fixture
    def moved(self, applied: Path) -> Path:
        rewrite(applied, CANARY, "amazon-pay@", "git@")
        merchant_edits(applied, CANARY, notificationEmail="merchant@kyoto-tea.example")
        return applied

    def test_a_plan_holds_it(self, moved: Path) -> None:
        result = open_caller(moved).run(plan_changes, PlanRequest())
        assert result.outcomes == {CANARY: "blocked", LATE: "unchanged"}
        assert slugs(result) == [codes.BOTH_MOVED.slug]

    @every_apply
    def test_an_apply_writes_nothing_of_it(self, apply: Apply, moved: Path) -> None:
        caller = open_caller(moved)
        result = apply(caller)
        assert (result.exit_code, result.outcomes[CANARY]) == (ExitCode.REFUSED, "refused")
        assert codes.BOTH_MOVED.slug in slugs(result)
        assert caller.writes == []
        assert email(moved, CANARY) == "merchant@kyoto-tea.example"

    def test_a_plan_that_was_saved_before_the_store_knew_it_is_held_too(self, applied: Path) -> None:
        """The plan was made where no journal was: whether both sides moved is decided when it is applied."""
        merchant_edits(applied, CANARY, notificationEmail="merchant@kyoto-tea.example")
        rewrite(applied, CANARY, "amazon-pay@", "git@")
        store = applied / ".reconciler" / "journal.db"
        store.rename(applied / "elsewhere.db")
        file = save_plan(applied)
        assert codes.BOTH_MOVED.slug not in file.read_text()
        (applied / "elsewhere.db").rename(store)
        caller = open_caller(applied)
        result = caller.run(apply_saved_plan, SavedPlanRequest(file=file))
        assert codes.BOTH_MOVED.slug in slugs(result)
        assert caller.writes == []

    def test_what_a_person_allows_is_written(self, moved: Path) -> None:
        allowed = ((codes.BOTH_MOVED.slug, CANARY),)
        result = open_caller(moved).run(apply_manifests, ApplyRequest(allowed=allowed))
        assert result.outcomes == {CANARY: "applied", LATE: "unchanged"}
        assert email(moved, CANARY) == "git@kyoto-tea.example"

    def test_what_only_git_changed_is_written(self, applied: Path) -> None:
        rewrite(applied, CANARY, "amazon-pay@", "git@")
        assert from_saved_plan(open_caller(applied)).outcomes == {CANARY: "applied", LATE: "unchanged"}


class HurriedClock(SystemClock):
    """The system's, ten times as fast: a reopening is tried for a minute."""

    def monotonic(self) -> float:
        return 10 * super().monotonic()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 10)


class TestRecovery:
    """Every apply first reopens the shops that a killed run closed."""

    @pytest.fixture
    def killed(self, tmp_path: Path) -> Path:
        """Its run was killed while `leaves` was closed."""
        folder = restore_release("killed", tmp_path / "killed")
        assert storefront(folder, "leaves") == "CLOSED"
        return folder

    @pytest.mark.parametrize("shop", ["leaves", "stays"])
    def test_the_shop_is_open_before_the_manifests_are_planned(self, shop: str, killed: Path) -> None:
        seen: list[str] = []
        caller = open_caller(killed, look=lambda: seen.append(storefront(killed, "leaves")))
        request = ApplyRequest(selection=Selection(globs=(shop,)), allowed=(("turning-off", "*"),))
        result = caller.run(apply_manifests, request)
        assert seen == ["OPEN"]
        self.check_recovered(caller)
        assert result.outcomes == {shop: "applied"}
        assert storefront(killed, "leaves") == "OPEN"

    def test_and_before_a_saved_plan_is_compared(self, killed: Path) -> None:
        seen: list[str] = []
        file = save_plan(killed, "stays")
        caller = open_caller(killed, look=lambda: seen.append(storefront(killed, "leaves")))
        result = caller.run(apply_saved_plan, SavedPlanRequest(file=file))
        assert seen == ["OPEN"]
        self.check_recovered(caller)
        assert result.outcomes == {"stays": "applied"}

    @staticmethod
    def check_recovered(caller: Caller) -> None:
        """It is the first write, and the caller hears of it."""
        first = caller.writes[0]
        assert (first.shop, first.kind, len(first.values)) == ("leaves", STATUS.kind, 1)
        assert [(one.shop, one.outcome) for one in caller.listener.recovered] == [("leaves", RecoveryOutcome.REOPENED)]

    def test_nothing_is_written_to_a_shop_that_cannot_be_reopened(self, killed: Path) -> None:
        caller = open_caller(killed, before_write=reject)
        caller = replace(caller, session=replace(caller.session, clock=HurriedClock()))
        result = caller.run(apply_manifests, ApplyRequest(selection=Selection(globs=("leaves",))))
        assert {write.kind for write in caller.writes} == {STATUS.kind}
        assert result.exit_code is ExitCode.PARTLY
        assert codes.LEFT_CLOSED.slug in slugs(result)
        again = open_caller(killed)
        again.run(resume_runs)
        assert storefront(killed, "leaves") == "OPEN"

    def test_without_a_killed_run_no_backend_is_read(self, applied: Path) -> None:
        caller = open_caller(applied)
        from_manifests(caller)
        assert (caller.writes, caller.listener.recovered) == ([], [])


class TestUndoPlan:
    """The plan that takes a run back is on disk before the first write is sent."""

    @staticmethod
    def undo_files(folder: Path) -> set[Path]:
        return set((folder / ".reconciler" / "undo").glob("*.json"))

    def watch(self, folder: Path, seen: list[set[Path]]) -> Caller:
        """What is on disk when a write is about to be sent."""
        before = self.undo_files(folder)
        return open_caller(folder, before_write=lambda _write: seen.append(self.undo_files(folder) - before))

    @every_apply
    def test_it_is_there_before_the_first_write(self, apply: Apply, fleet: Path) -> None:
        seen: list[set[Path]] = []
        caller = self.watch(fleet, seen)
        self.check(caller, apply(caller), seen, {CANARY, LATE})

    def test_also_of_a_rollout_that_continues(self, halted: Path) -> None:
        seen: list[set[Path]] = []
        caller = self.watch(halted, seen)
        self.check(caller, caller.run(resume_runs).continued, seen, {CANARY, LATE})

    @staticmethod
    def check(caller: Caller, result: ApplyResult, seen: list[set[Path]], shops: set[str]) -> None:
        assert result.exit_code is ExitCode.DONE
        assert result.undo_file is not None
        file = Path(result.undo_file)
        assert seen[0] == {file}
        assert file.stem == result.run
        undo = caller.session.plans.load(file).plan
        assert {shop.shop for shop in undo.changed} == shops == caller.written_shops

    def test_it_takes_the_run_back(self, applied: Path) -> None:
        rewrite(applied, CANARY, "amazon-pay@", "git@")
        result = from_manifests(open_caller(applied))
        assert email(applied, CANARY) == "git@kyoto-tea.example"
        assert result.undo_file is not None
        undone = open_caller(applied).run(apply_saved_plan, SavedPlanRequest(file=Path(result.undo_file)))
        assert undone.outcomes[CANARY] == "applied"
        assert email(applied, CANARY) == "amazon-pay@kyoto-tea.example"

    def test_where_nothing_is_written_there_is_none(self, applied: Path) -> None:
        before = self.undo_files(applied)
        assert from_manifests(open_caller(applied)).undo_file is None
        assert self.undo_files(applied) == before


class TestAnotherPlan:
    """A plan with another fingerprint, or one for another fleet, sends nothing."""

    @pytest.fixture(autouse=True)
    def shared_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The seal of a plan is valid in every folder, so that it is not the seal that refuses the plan."""
        monkeypatch.setenv("RECONCILER_PLAN_KEY", "one key for all machines")

    @staticmethod
    def check_refused(caller: Caller, request: SavedPlanRequest) -> None:
        result = caller.run(apply_saved_plan, request)
        assert result.exit_code is ExitCode.REFUSED
        assert slugs(result) == [codes.NOT_EXPECTED.slug]
        assert (result.run, result.undo_file, result.requests) == (None, None, ())
        assert (caller.listener.requests, caller.writes) == ([], [])

    def test_another_fingerprint(self, fleet: Path) -> None:
        file = save_plan(fleet)
        self.check_refused(open_caller(fleet), SavedPlanRequest(file=file, expect="sha256:" + "0" * 64))

    def test_another_fleet_of_the_same_backend(self, fleet: Path, tmp_path: Path) -> None:
        other = write_fleet(tmp_path / "other")
        file = save_plan(fleet)
        self.check_refused(open_caller(other), SavedPlanRequest(file=file))
        assert email(other, CANARY) is None

    @pytest.mark.parametrize("setting", ["environment: sandbox\n", "backend: http://127.0.0.1:1/\n"])
    def test_another_environment_or_backend(self, setting: str, fleet: Path) -> None:
        file = save_plan(fleet)
        settings = fleet / "reconciler.yaml"
        settings.write_text(settings.read_text() + setting)
        self.check_refused(open_caller(fleet), SavedPlanRequest(file=file))

    def test_the_plan_that_was_approved_is_applied(self, fleet: Path) -> None:
        file = save_plan(fleet)
        approved = json.loads(file.read_text())["plan"]["fingerprint"]
        result = open_caller(fleet).run(apply_saved_plan, SavedPlanRequest(file=file, expect=approved))
        assert result.exit_code is ExitCode.DONE


class TestInvalidSelection:
    """Nothing is sent while a selected manifest is invalid, or a named shop does not exist."""

    @pytest.mark.parametrize("pacing", [None, WAVES], ids=["at once", "in waves"])
    def test_an_invalid_manifest(self, pacing: RolloutOptions | None, fleet: Path) -> None:
        rewrite(fleet, LATE, "enabled: true", "enabled: perhaps")
        self.check_not_sent(open_caller(fleet), ApplyRequest(pacing=pacing))

    @pytest.mark.parametrize("selection", [{"globs": (CANARY, "no-such-shop")}, {"labels": (("wave", "lates"),)}])
    def test_a_selection_that_names_what_is_not_there(self, selection: dict, fleet: Path) -> None:
        caller = open_caller(fleet)
        self.check_not_sent(caller, ApplyRequest(selection=Selection(**selection)))

    @staticmethod
    def check_not_sent(caller: Caller, request: ApplyRequest) -> None:
        result = caller.run(apply_manifests, request)
        assert result.exit_code is ExitCode.ERROR
        assert (result.run, result.undo_file, caller.writes, caller.listener.plans) == (None, None, [], [])
        assert any("Nothing was sent" in notice for notice in caller.listener.notices)
        assert caller.session.plans.load_rollout() is None

    @pytest.mark.parametrize("shops", [(), (CANARY, "no-such-shop")])
    def test_no_plan_of_it_is_saved(self, shops: tuple[str, ...], fleet: Path) -> None:
        if not shops:
            rewrite(fleet, LATE, "enabled: true", "enabled: perhaps")
        request = PlanRequest(selection=Selection(globs=shops), out=fleet / "saved.plan.json")
        assert open_caller(fleet).run(plan_changes, request).exit_code is ExitCode.ERROR
        assert not (fleet / "saved.plan.json").exists()

    def test_a_rollout_does_not_continue_over_it(self, halted: Path) -> None:
        rewrite(halted, LATE, "enabled: true", "enabled: perhaps")
        caller = open_caller(halted)
        assert codes.OVERTAKEN.slug in slugs(caller.run(resume_runs))
        assert caller.writes == []

    def test_an_invalid_manifest_outside_the_selection_is_no_obstacle(self, fleet: Path) -> None:
        rewrite(fleet, LATE, "enabled: true", "enabled: perhaps")
        caller = open_caller(fleet)
        result = caller.run(apply_manifests, ApplyRequest(selection=Selection(globs=(CANARY,))))
        assert (result.exit_code, caller.written_shops) == (ExitCode.DONE, {CANARY})


class TestSupersededRollout:
    """A rollout is not continued after another run was at work on its shops."""

    @staticmethod
    def late_from_manifests(folder: Path) -> None:
        request = ApplyRequest(selection=Selection(globs=(LATE,)))
        assert open_caller(folder).run(apply_manifests, request).exit_code is ExitCode.DONE

    @staticmethod
    def late_from_saved_plan(folder: Path) -> None:
        file = save_plan(folder, LATE)
        assert open_caller(folder).run(apply_saved_plan, SavedPlanRequest(file=file)).exit_code is ExitCode.DONE

    other_apply = pytest.mark.parametrize("apply", [late_from_manifests, late_from_saved_plan])

    def test_it_continues_where_no_other_run_was(self, halted: Path) -> None:
        caller = open_caller(halted)
        result = caller.run(resume_runs)
        assert result.continued.outcomes == {CANARY: "applied", LATE: "applied"}
        assert caller.session.plans.load_rollout() is None

    @other_apply
    def test_an_apply_of_its_shops_sets_it_aside(self, apply: Callable[[Path], None], halted: Path) -> None:
        apply(halted)
        caller = open_caller(halted)
        assert caller.session.plans.load_rollout() is None
        assert caller.run(resume_runs).continued is None
        assert caller.writes == []

    @other_apply
    def test_one_from_another_machine_is_known_from_the_store(
        self, apply: Callable[[Path], None], halted: Path
    ) -> None:
        """The saved rollout is on the machine that started it; the other run is only in the store."""
        with kept_rollout(halted):
            apply(halted)
        caller = open_caller(halted)
        assert caller.session.plans.load_rollout() is not None
        result = caller.run(resume_runs)
        assert result.exit_code is ExitCode.REFUSED
        assert slugs(result.continued) == [codes.OVERTAKEN.slug]
        assert caller.writes == []
        assert caller.session.plans.load_rollout() is None

    def test_one_of_other_shops_leaves_it(self, halted: Path) -> None:
        with_world(halted, lambda world: world.seed({"shops": [{"shopKey": "another"}]}))
        (halted / "shops" / "another.yaml").write_text(
            "apiVersion: reconciler/v1\nshop: another\namazon: {notification: {email: pay@another.example}}\n"
        )
        caller = open_caller(halted)
        result = caller.run(apply_manifests, ApplyRequest(selection=Selection(globs=("another",))))
        assert result.outcomes == {"another": "applied"}
        assert open_caller(halted).run(resume_runs).continued.exit_code is ExitCode.DONE

    def test_the_plan_of_a_run_decides_whether_the_rollout_is_discarded(self, halted: Path) -> None:
        caller = open_caller(halted)
        plan = caller.run(plan_changes, PlanRequest()).plan
        assert not supersedes_rollout(caller.session, replace(plan, shops=()))
        assert supersedes_rollout(caller.session, plan)
        drop_rollout(caller.session)
        assert not supersedes_rollout(caller.session, plan)


@contextmanager
def kept_rollout(folder: Path) -> Iterator[None]:
    """As on a machine that holds the saved rollout, while another machine works on the same store."""
    files = {file: file.read_bytes() for file in (folder / ".reconciler" / "waves").iterdir()}
    yield
    for file, content in files.items():
        file.write_bytes(content)


class TestWithoutACommandLine:
    def test_neither_these_tests_nor_their_harness_import_it(self) -> None:
        for file in (Path(__file__), Path(session_harness.__file__)):
            assert command_line_imports(file) == []

    def test_no_workflow_loads_it(self, fleet: Path) -> None:
        """In a process of its own, since other tests of this one load it."""
        child = subprocess.run(
            [sys.executable, "-c", CHILD, str(fleet)],
            cwd=Path(__file__).parents[3],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (child.returncode, child.stdout.split()) == (0, ["DONE", "[]"]), child.stderr


CHILD = """
import sys
from pathlib import Path
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from tests.support.session_harness import open_caller
result = open_caller(Path(sys.argv[1])).run(apply_manifests, ApplyRequest())
loaded = [name for name in sys.modules if name.partition(".")[0] == "click" or name.startswith("reconciler.cli")]
print(result.exit_code.name, loaded)
"""
