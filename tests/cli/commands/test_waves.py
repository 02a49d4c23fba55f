"""apply --waves on the command line: what is shown, what halts it, what a killed or halted run leaves, and how it continues."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.embedded import World
from tests.cli.conftest import Copy, Run, environment, turn_off, write_shop

SHOPS = tuple(f"shop-{letter}" for letter in "abcdef")
WAVES = ("apply", "--waves", "canary,50%,100%", "--auto-approve")
SETTINGS = "embedded:\n  seed: seed.json\nlimits:\n  fleet_share: 100%\npace:\n  requests_per_second: 1000\n"
KILLED = """
import os, signal
from reconciler.core.runs.events import StepDone, WaveStarted
from reconciler.wiring import store
made = store.journal
class Deadly:
    wave = 0
    def __init__(self, inner):
        self.inner, self.record_lazily, self.record_intent = inner, inner.record_lazily, inner.record_intent
    async def record(self, event):
        await self.inner.record(event)
        if isinstance(event, WaveStarted): self.wave = event.wave
        if self.wave == 2 and isinstance(event, StepDone) and event.step == 1:
            os.kill(os.getpid(), signal.SIGKILL)
store.journal = lambda *given: Deadly(made(*given))
from reconciler.cli import main
main()
"""


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six open shops that have not heard of Amazon; the first is the canary."""
    write_fleet(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_fleet(folder: Path) -> None:
    (folder / "shops").mkdir()
    for shop in SHOPS:
        write_shop(folder, shop, wave="canary" if shop == SHOPS[0] else "late")
    shops = [{"shopKey": name, "entitlements": {"commerceCreator": "RUNNING"}} for name in SHOPS]
    (folder / "seed.json").write_text(json.dumps({"shops": shops}))
    (folder / "reconciler.yaml").write_text(SETTINGS)


def live(fleet: Path) -> set[str]:
    """The shops in which Amazon is on; none may be closed."""
    world = World.open(fleet / ".reconciler" / "embedded.db")
    try:
        stand = {shop: world.integration(shop) for shop in SHOPS}
    finally:
        world.close()
    assert {one["storefront"]["value"]["status"] for one in stand.values()} == {"OPEN"}
    return {shop for shop, one in stand.items() if one["amazonSettings"]["value"]["useAmazon"]}


def edited(fleet: Path, shop: str, **changes: object) -> None:
    """By the merchant."""
    with_world(fleet, lambda world: world.merchant_edits(shop, changes))


def with_world(fleet: Path, act: Callable[[World], object]) -> None:
    world = World.open(fleet / ".reconciler" / "embedded.db")
    act(world)
    world.close()


def rewrite(fleet: Path, shop: str, old: str, new: str) -> None:
    path = fleet / "shops" / f"{shop}.yaml"
    path.write_text(path.read_text().replace(old, new))


def lines_of_waves(result) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith("Wave ")]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch):
    """Whether writes to the canary are refused."""
    from reconciler.adapters.backend import HttpBackend  # noqa: PLC0415
    from reconciler.core.diagnostics.messages import msg  # noqa: PLC0415
    from reconciler.ports import Rejected  # noqa: PLC0415

    execute, state = HttpBackend.execute, {"refusing": True}

    async def picky(self, write):
        if state["refusing"] and write.shop == SHOPS[0]:
            raise Rejected(msg("not today"), reason="NOT_TODAY")
        return await execute(self, write)

    monkeypatch.setattr(HttpBackend, "execute", picky)
    return state


def test_the_plan_in_the_prompt_is_shown_with_its_waves(fleet: Path, run: Run) -> None:
    result = run("apply", "--waves", "canary,50%,100%")
    assert result.exit_code == 3
    shown = " ".join(result.stderr.split())
    assert (
        "Waves: 1. canary 1 shop to be written: 1 2. 50% 2 shops to be written: 2 3. 100% 3 shops to be written: 3"
        in shown
    )
    assert not (fleet / ".reconciler" / "waves").exists()


def test_one_line_per_wave_and_the_report_has_them(fleet: Path, run: Run) -> None:
    result = run(*WAVES, "-o", "json")
    assert result.exit_code == 0
    assert lines_of_waves(result) == [
        "Wave 1 of 3 (canary): 1 shop, passed",
        "Wave 2 of 3 (50%): 2 shops, passed",
        "Wave 3 of 3 (100%): 3 shops, passed",
    ]
    report = json.loads(result.stdout)
    assert [(wave["name"], wave["shops"], wave["passed"]) for wave in report["waves"]] == [
        ("canary", 1, True),
        ("50%", 2, True),
        ("100%", 3, True),
    ]
    assert live(fleet) == set(SHOPS)


def test_the_fingerprint_is_of_the_whole_plan_and_not_of_the_waves(fleet: Path, run: Run) -> None:
    planned = json.loads(run("plan", "-o", "json").stdout)["fingerprint"]
    assert json.loads(run(*WAVES, "-o", "json").stdout)["fingerprint"] == planned


def test_guards_count_the_whole_plan_and_not_a_wave(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text(SETTINGS.replace("100%", "30%\n  fleet_share_from: 3"))
    result = run(*WAVES, "-o", "json")
    assert result.exit_code == 3
    assert [finding["slug"] for finding in json.loads(result.stdout)["diagnostics"]] == ["fleet-share"]


class TestHalted:
    def test_it_says_why_what_was_done_and_how_to_go_on(self, fleet: Path, run: Run, refusing: dict) -> None:
        result = run(*WAVES)
        assert result.exit_code == 5
        assert lines_of_waves(result) == ["Wave 1 of 3 (canary): 1 shop, halted, 1 failed"]
        assert "shop-a" not in result.stderr.split("Wave 1")[1]
        assert "[A113]: The run halted. Shops started: 1; failed: 1" in result.stdout
        assert "the run halted.\n" in result.stdout
        assert result.stdout.endswith("To continue: reconciler resume\n")
        assert live(fleet) == set()

    def test_resume_asks_before_it_goes_on(self, fleet: Path, run: Run, refusing: dict) -> None:
        run(*WAVES)
        refusing["refusing"] = False
        result = run("resume")
        assert result.exit_code == 3
        assert "Waves:" in result.stderr
        assert live(fleet) == set()
        continued = run("resume", "--auto-approve")
        assert continued.exit_code == 0
        assert continued.stdout.startswith("Plan sha256:")
        assert live(fleet) == set(SHOPS)
        assert run("resume").stdout == "Nothing to resume.\n"

    def test_so_does_the_same_command_again(self, fleet: Path, run: Run, refusing: dict) -> None:
        run(*WAVES)
        refusing["refusing"] = False
        assert run(*WAVES).exit_code == 0
        assert live(fleet) == set(SHOPS)
        assert run("resume").stdout == "Nothing to resume.\n"

    def test_a_shop_that_was_moved_in_the_meantime_is_refused(self, fleet: Path, run: Run, refusing: dict) -> None:
        run(*WAVES)
        refusing["refusing"] = False
        edited(fleet, SHOPS[5], notificationEmail="elsewhere@merchant.example")
        report = json.loads(run("resume", "--auto-approve", "-o", "json").stdout)["continued"]
        outcomes = {shop["shop"]: shop["outcome"] for shop in report["shops"]}
        assert outcomes == dict.fromkeys(SHOPS[:5], "applied") | {SHOPS[5]: "refused"}


class TestOvertaken:
    """A halted run is continued only while its approved changes are still desired."""

    @pytest.fixture
    def fleet(self, copy_of: Copy, run: Run, refusing: dict) -> Path:
        """As a run left it that halted in its first wave. Nothing is refused any more."""

        def halted(made: Path) -> None:
            write_fleet(made)
            assert run(*WAVES).exit_code == 5

        folder = copy_of(halted)
        refusing["refusing"] = False
        return folder

    def test_a_change_that_was_taken_back_in_git_is_not_applied(self, fleet: Path, run: Run) -> None:
        for shop in SHOPS:
            rewrite(fleet, shop, "enabled: true", "enabled: false")
        for _ in range(2):
            result = run("resume", "--auto-approve")
            assert result.exit_code == 3
            output = " ".join(result.stdout.split())
            assert "refused[A114]: The manifests changed after the rollout was approved" in output
            assert f"Shops (6): {', '.join(SHOPS[:5])}, ..." in output
            assert "apply again: reconciler apply --waves canary,50%,100%" in output
            assert live(fleet) == set()

    def test_so_it_is_if_git_declares_more_of_one_shop(self, fleet: Path, run: Run) -> None:
        rewrite(fleet, SHOPS[4], "amazon-pay@", "elsewhere@")
        result = run("resume", "--auto-approve")
        assert result.exit_code == 3
        assert f"Shops (1): {SHOPS[4]}" in " ".join(result.stdout.split())
        assert live(fleet) == set()

    def test_and_where_a_manifest_is_gone(self, fleet: Path, run: Run) -> None:
        (fleet / "shops" / f"{SHOPS[4]}.yaml").unlink()
        assert run("resume", "--auto-approve").exit_code == 3
        assert live(fleet) == set()

    def test_once_git_is_as_it_was_it_goes_on(self, fleet: Path, run: Run) -> None:
        rewrite(fleet, SHOPS[4], "amazon-pay@", "elsewhere@")
        run("resume", "--auto-approve")
        rewrite(fleet, SHOPS[4], "elsewhere@", "amazon-pay@")
        assert run("resume", "--auto-approve").exit_code == 0
        assert live(fleet) == set(SHOPS)

    def test_what_is_never_written_may_move_in_git(self, fleet: Path, run: Run) -> None:
        rewrite(fleet, SHOPS[0], "wave: canary", "wave: late")
        assert run("resume", "--auto-approve").exit_code == 0
        assert live(fleet) == set(SHOPS)

    def test_a_later_apply_of_one_of_its_shops_sets_it_aside(self, fleet: Path, run: Run) -> None:
        result = run("apply", SHOPS[5], "--auto-approve")
        assert "The unfinished rollout is discarded: this run includes" in result.stderr
        assert run("resume", "--auto-approve").exit_code == 0
        assert live(fleet) == {SHOPS[5]}

    def test_so_does_one_that_finds_nothing_to_do_in_it(self, fleet: Path, run: Run) -> None:
        rewrite(fleet, SHOPS[5], "enabled: true", "enabled: false")
        kept = (fleet / "shops" / f"{SHOPS[5]}.yaml").read_text()
        (fleet / "shops" / f"{SHOPS[5]}.yaml").write_text(kept.split("amazon:")[0])
        assert "The unfinished rollout is discarded: this run" in run("apply", SHOPS[5], "--auto-approve").stderr
        assert not (fleet / ".reconciler" / "waves" / "order.json").exists()

    def test_one_of_other_shops_leaves_it(self, fleet: Path, run: Run) -> None:
        write_shop(fleet, "another")
        with_world(fleet, lambda world: world.seed({"shops": [{"shopKey": "another"}]}))
        assert "The unfinished rollout is discarded: this run" not in run("apply", "another", "--auto-approve").stderr
        assert run("resume", "--auto-approve").exit_code == 0
        assert live(fleet) == set(SHOPS)

    def test_a_run_from_another_machine_overtakes_it_by_the_journal(self, fleet: Path, run: Run) -> None:
        order = {file.name: file.read_bytes() for file in (fleet / ".reconciler" / "waves").iterdir()}
        run("apply", SHOPS[5], "--auto-approve", RECONCILER_ACTOR="hanako")
        for name, content in order.items():
            (fleet / ".reconciler" / "waves" / name).write_bytes(content)
        result = run("resume", "--auto-approve")
        assert result.exit_code == 3
        assert "by hanako" in result.stdout
        assert "has since written shops of the rollout" in " ".join(result.stdout.split())
        assert live(fleet) == {SHOPS[5]}
        assert run("resume", "--auto-approve").exit_code == 0
        assert live(fleet) == {SHOPS[5]}

    @pytest.mark.parametrize("age", [6, 8])
    def test_it_says_how_old_it_is_and_ends_after_a_week(
        self, age: int, fleet: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Later(SystemClock):
            def now(self):
                return super().now() + timedelta(days=age, minutes=1)

        monkeypatch.setattr("reconciler.adapters.clock.SystemClock", Later)
        result = run("resume", "--auto-approve")
        assert f"An unfinished rollout stopped {age} d ago" in " ".join(result.stderr.split())
        assert result.exit_code == (0 if age < 7 else 3)
        assert live(fleet) == (set(SHOPS) if age < 7 else set())
        assert run("resume").exit_code == 0


def test_killed_in_the_second_wave_the_others_go_on_from_there(fleet: Path, run: Run) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, *WAVES],
        env=environment(), cwd=fleet, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    result = run("resume", "--auto-approve")
    assert result.exit_code == 0
    assert "had been left closed by an interrupted run; it is open again" in result.stdout
    waves = lines_of_waves(result)
    assert [line.partition(":")[0] for line in waves] == ["Wave 2 of 3 (50%)", "Wave 3 of 3 (100%)"]
    assert live(fleet) == set(SHOPS)
    assert run("plan").exit_code == 0


def test_a_rollout_that_is_continued_records_what_was_allowed_and_why(
    fleet: Path, run: Run, refusing: dict[str, bool]
) -> None:
    refusing["refusing"] = False
    assert run("apply", "--auto-approve").exit_code == 0
    for shop in SHOPS[:2]:
        turn_off(fleet, shop)
    refusing["refusing"] = True
    assert run(*WAVES, "--allow", "turning-off:shop-*", "--reason", "ticket 4711").exit_code == 5
    refusing["refusing"] = False
    assert run("resume", "--auto-approve").exit_code == 0
    continued, first = json.loads(run("history", "-o", "json").stdout)["rows"][:2]
    assert continued["run"] != first["run"]
    assert continued["overrides"] == first["overrides"]
    assert (first["overrides"]["given"], first["overrides"]["reason"]) == (["turning-off:shop-*"], "ticket 4711")
    assert [each["shop"] for each in first["overrides"]["overridden"]] == list(SHOPS[:2])


def test_if_the_journal_fails_in_the_second_wave_the_rollout_is_kept_and_continued(
    fleet: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context:
        fail_in_the_second_wave(context)
        broken = run(*WAVES)
    assert broken.exit_code == 5
    assert "the disk is full" in broken.stdout
    assert broken.stdout.endswith("To continue: reconciler resume\n")
    done = live(fleet)
    assert set() < done < set(SHOPS)
    asked = run("resume").stderr.partition("Plan sha256:")[2]
    assert {shop for shop in SHOPS if f"{shop}  shops/{shop}.yaml" in asked} == set(SHOPS) - done
    assert run("resume", "--auto-approve").exit_code == 0
    assert live(fleet) == set(SHOPS)


def fail_in_the_second_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    """From there on the journal has no room."""
    from reconciler.adapters.store.db.errors import StoreError  # noqa: PLC0415
    from reconciler.adapters.store.runs.journal import StoreJournal  # noqa: PLC0415
    from reconciler.core.diagnostics.messages import msg  # noqa: PLC0415
    from reconciler.core.runs.events import WaveStarted  # noqa: PLC0415

    record = StoreJournal.record
    full: list[bool] = []

    async def until_full(self, event):
        if full or (isinstance(event, WaveStarted) and event.wave == 2):
            full.append(True)
            raise StoreError(msg("the store journal.db: the disk is full"))
        await record(self, event)

    monkeypatch.setattr(StoreJournal, "record", until_full)


@contextmanager
def soaking(fleet: Path) -> Iterator[subprocess.Popen[str]]:
    """A rollout in a process of its own, in the wait after its first wave."""
    child = subprocess.Popen(
        [sys.executable, "-m", "reconciler", *WAVES, "--soak", "1h"],
        env=environment(), cwd=fleet, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert child.stderr is not None
        for line in child.stderr:
            if "the next wave starts in" in line:
                break
        yield child
    finally:
        child.kill()
        child.communicate()


def test_a_signal_ends_the_wait_between_waves_and_what_is_left_goes_on_later(fleet: Path, run: Run) -> None:
    with soaking(fleet) as child:
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
        assert (child.returncode, time.monotonic() - began < 20) == (5, True)
    assert live(fleet) == {SHOPS[0]}
    assert run(*WAVES).exit_code == 0
    assert live(fleet) == set(SHOPS)


def test_between_two_waves_a_rollout_is_left_to_its_run(fleet: Path, run: Run) -> None:
    with soaking(fleet):
        resumed = run("resume", "--auto-approve")
        assert (resumed.exit_code, resumed.stdout) == (0, "Nothing to resume while a run is in progress.\n")
        assert "warning[A110]" in resumed.stderr
        assert live(fleet) == {SHOPS[0]}
        assert re.search(r"runs in progress +1 ", run("status").stdout)


def test_beside_a_rollout_no_other_one_starts_and_its_plan_is_kept(fleet: Path, run: Run) -> None:
    with soaking(fleet) as child:
        second = run("apply", "--waves", "100%", "--auto-approve", SHOPS[5])
        assert second.exit_code == 3
        assert "A rollout of this fleet is in progress" in second.stdout + second.stderr
        assert live(fleet) == {SHOPS[0]}
        assert run("apply", "--auto-approve", SHOPS[5]).exit_code == 0
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
    assert live(fleet) == {SHOPS[0], SHOPS[5]}
    assert (fleet / ".reconciler" / "waves" / "plan.json").exists()


def test_what_held_a_shop_of_a_saved_plan_that_hour_does_not_hold_it_when_the_run_goes_on(
    fleet: Path, run: Run, refusing: dict
) -> None:
    def by_the_merchant(mail: str) -> None:
        world = World.open(fleet / ".reconciler" / "embedded.db")
        world.merchant_edits(SHOPS[5], {"notificationEmail": mail})
        world.close()

    run("plan")
    by_the_merchant("first@shop-f.example")
    run("plan", "--out", "plan.json")
    by_the_merchant("second@shop-f.example")
    assert run("apply", "plan.json", *WAVES[1:]).exit_code == 5
    by_the_merchant("first@shop-f.example")
    refusing["refusing"] = False
    assert run("resume", "--auto-approve").exit_code == 0
    assert live(fleet) == set(SHOPS)


def test_a_saved_plan_goes_in_waves_by_label_too(fleet: Path, run: Run) -> None:
    run("plan", "--out", "plan.json")
    result = run("apply", "plan.json", *WAVES[1:])
    assert result.exit_code == 0
    assert lines_of_waves(result)[0] == "Wave 1 of 3 (canary): 1 shop, passed"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--waves", "canary"), "the last wave must be 100%"),
        (("--waves", "100%", "--soak", "10"), "invalid duration '10' (examples: 90s, 10m, 1h; maximum: 7 days)"),
        (("--waves", "100%", "--soak", "8760h"), "invalid duration"),
        (("--soak", "10m"), "--soak needs --waves"),
        (("--max-failures", "few"), "invalid number of shops"),
        (("--max-failures", "101%"), "invalid number of shops"),
        (("--max-closed", "0"), "0 is not in the range 1 or more."),
    ],
)
def test_words_that_cannot_be_meant_are_refused(fleet: Path, run: Run, words: tuple[str, ...], why: str) -> None:
    result = run("apply", *words)
    assert result.exit_code == 1
    assert why in " ".join(result.stderr.split())


def test_an_unreadable_rollout_is_reported(fleet: Path, run: Run, refusing: dict) -> None:
    run(*WAVES)
    (fleet / ".reconciler" / "waves" / "order.json").write_text("{}")
    result = run("resume", "--auto-approve")
    assert result.exit_code == 1
    assert "Delete the folder" in result.stderr


def test_an_edited_pacing_is_refused(fleet: Path, run: Run, refusing: dict) -> None:
    run(*WAVES)
    file = fleet / ".reconciler" / "waves" / "order.json"
    order = json.loads(file.read_text())
    file.write_text(json.dumps({**order, "pacing": {**order["pacing"], "max_failures": "100%"}}))
    before = live(fleet)
    result = run("resume", "--auto-approve")
    assert result.exit_code == 1
    assert "it or its plan was edited" in " ".join(result.stderr.split())
    assert live(fleet) == before


def test_without_waves_more_failures_than_allowed_end_the_run(fleet: Path, run: Run, refusing: dict) -> None:
    (fleet / "reconciler.yaml").write_text(SETTINGS + "  in_flight: 1\n")
    result = run("apply", "--auto-approve", "--max-failures", "0", "-o", "json")
    assert result.exit_code == 5
    assert json.loads(result.stdout)["halted"] is True
    assert live(fleet) == set()
