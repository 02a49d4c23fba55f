"""State between runs: history, leases, shops that a killed run left closed; and a store that cannot be used."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import ShopStarted
from reconciler.core.values import ShopKey
from reconciler.embedded import World
from reconciler.views.common.display_width import display_width
from reconciler.wiring import store
from reconciler.wiring.schemas import schemas
from tests.adapters.store.fakes import journal as store_journal
from tests.adapters.store.fakes import tell
from tests.cli.conftest import Run, environment, write_fleet, write_shop
from tests.support.drop_root import modes_count
from tests.support.example_fleet import TOKEN
from tests.support.local_leases import LocalLeases

KILLED = """
import os, signal
from reconciler.wiring import store
from reconciler.core.runs.events import StepDone
made = store.journal
class Deadly:
    def __init__(self, inner):
        self.inner, self.record_lazily, self.record_intent = inner, inner.record_lazily, inner.record_intent
    async def record(self, event):
        await self.inner.record(event)
        if isinstance(event, StepDone) and event.step == 1:
            os.kill(os.getpid(), signal.SIGKILL)
store.journal = lambda *given: Deadly(made(*given))
from reconciler.cli import main
main()
"""

TWICE = """
import anyio
async def twice():
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    await anyio.sleep_forever()
"""
INTERRUPTED = """
import os, signal
from reconciler.wiring import store
from reconciler.core.runs.events import ShopStarted
made = store.journal
class Hurried:
    def __init__(self, inner):
        self.inner, self.record_lazily, self.record_intent = inner, inner.record_lazily, inner.record_intent
    async def record(self, event):
        await self.inner.record(event)
        if isinstance(event, ShopStarted):
            os.kill(os.getpid(), signal.SIGTERM)
store.journal = lambda *given: Hurried(made(*given))
from reconciler.cli import main
main()
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An apply that was killed within the bracket of kyoto-tea, which therefore is closed."""
    fleet = tmp_path_factory.mktemp("killed")
    write_fleet(fleet)
    write_shop(fleet, "uji-cups")
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, "apply", "kyoto-tea", "--auto-approve"],
        env=environment(), cwd=fleet, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert status(fleet) == "CLOSED"
    return fleet


@pytest.fixture
def killed(once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def status(fleet: Path, shop: str = "kyoto-tea") -> str:
    world = World.open(fleet / ".reconciler" / "embedded.db")
    try:
        return world.integration(shop)["storefront"]["value"]["status"]
    finally:
        world.close()


def document(run: Run, *words: str, schema: str | None = None, **more: str) -> dict[str, Any]:
    """As its own schema states it."""
    printed = json.loads(run(*words, "-o", "json", **more).stdout)
    jsonschema.Draft202012Validator(schemas()[schema or words[0]]()).validate(printed)
    return printed


def rows(run: Run, *words: str) -> list[dict[str, Any]]:
    return document(run, *words)["rows"]


def resumed(run: Run, **more: str) -> dict[str, Any]:
    return document(run, "resume", **more)


class TestAfterAKill:
    def test_nothing_has_to_be_unlocked(self, killed: Path, run: Run) -> None:
        assert rows(run, "leases") == []

    def test_resume_reopens_the_shop_and_says_so_and_finds_nothing_the_second_time(
        self, killed: Path, run: Run
    ) -> None:
        result = run("resume")
        assert result.exit_code == 0
        assert result.stdout == "kyoto-tea: had been left closed by an interrupted run; it is open again\n"
        assert status(killed) == "OPEN"
        again = run("resume", "-v")
        assert (again.exit_code, again.stdout, again.stderr) == (0, "Nothing to resume.\n", "")

    def test_for_machines_resume_lists_each_shop_with_outcome_and_status(self, killed: Path, run: Run) -> None:
        (cut,) = rows(run, "history")
        document = resumed(run)
        assert document["summary"] == {"shops": 1, "reopened": 1} | dict.fromkeys(
            ("intact", "left_closed", "unreadable", "locked"), 0
        )
        assert document["shops"] == [
            {
                "shop": "kyoto-tea",
                "run": cut["run"],
                "closed_by_run": True,
                "writes_without_outcome": 0,
                "outcome": "reopened",
                "storefront": "open",
                "diagnostics": [],
            }
        ]
        assert document["continued"] is None
        assert resumed(run)["shops"] == []

    def test_markdown_too(self, killed: Path, run: Run) -> None:
        assert (
            "- kyoto-tea: had been left closed by an interrupted run; it is open again"
            in run("resume", "-o", "markdown").stdout
        )
        assert run("resume", "-o", "markdown").stdout == "Nothing to resume.\n"

    def test_an_import_does_not_take_a_closing_that_is_owed_a_reopening_for_the_shops_own(
        self, killed: Path, run: Run
    ) -> None:
        """Otherwise the next apply would close it permanently."""
        result = run("import", "--into", "taken", "kyoto-tea", "uji-cups")
        assert result.exit_code == 1
        assert "error[M309]: The shop was not imported: an interrupted run" in result.stderr
        assert "--> kyoto-tea\n" in result.stderr
        assert "= help: Run reconciler resume, which reopens it; then import the shop again" in result.stderr
        assert [path.name for path in (killed / "taken").glob("*-*.yaml")] == ["uji-cups.yaml"]
        run("resume")
        assert run("import", "--into", "taken", "kyoto-tea", FLEET_TOKEN=TOKEN).exit_code == 0
        assert "status: open" in (killed / "taken" / "kyoto-tea.yaml").read_text()

    def test_an_apply_starts_with_it(self, killed: Path, run: Run) -> None:
        result = run("apply", "--auto-approve")
        assert result.exit_code == 0
        assert "had been left closed by an interrupted run; it is open again" in result.stderr
        assert status(killed) == "OPEN"
        assert run("plan").exit_code == 0

    def test_also_one_of_a_saved_plan_and_one_of_another_shop(self, killed: Path, run: Run) -> None:
        run("plan", "uji-cups", "--out", "a.json")
        assert run("apply", "a.json", "--auto-approve").exit_code == 0
        assert status(killed) == "OPEN"

    @pytest.mark.parametrize("words", [("resume",), ("apply", "uji-cups", "--auto-approve")])
    def test_a_signal_does_not_leave_closed_what_is_being_reopened(self, words: tuple[str, ...], killed: Path) -> None:
        """And nothing else starts."""
        ended = subprocess.run(
            [sys.executable, "-c", INTERRUPTED, *words],
            env=environment(), cwd=killed, capture_output=True, timeout=60, check=False, text=True,
        )  # fmt: skip
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.startswith("Interrupted: finishing the current step and reopening closed shops")
        assert "kyoto-tea: had been left closed by an interrupted run; it is open again\n" in ended.stderr
        assert ended.stderr.endswith("Interrupted.\n")
        assert status(killed) == "OPEN"

    def test_a_second_signal_does(self, killed: Path) -> None:
        """A second signal ends the wait; pending reopenings stay pending."""
        hanging = INTERRUPTED.replace(
            "if isinstance(event, ShopStarted):", "if isinstance(event, ShopStarted):\n            await twice()"
        )
        ended = subprocess.run(
            [sys.executable, "-c", TWICE + hanging, "resume"],
            env=environment(), cwd=killed, capture_output=True, timeout=60, check=False, text=True,
        )  # fmt: skip
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.endswith("Interrupted.\n")
        assert status(killed) == "CLOSED"

    def test_reading_commands_do_not(self, killed: Path, run: Run) -> None:
        for words in (("plan",), ("drift",), ("history",), ("leases",), ("show", "kyoto-tea"), ("validate",)):
            run(*words)
        assert status(killed) == "CLOSED"

    def test_while_it_cannot_be_reopened_it_is_not_written_and_not_forgotten(
        self, killed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A run that finished it, closed as it is, would settle what is owed to it."""
        with monkeypatch.context() as context:
            tear(context, killed)
            resumed = run("resume")
            assert resumed.exit_code == 5
            assert "CLOSED" in resumed.stdout
            assert "help: " in resumed.stdout
            applied = run("apply", "kyoto-tea", "--auto-approve", "-o", "json")
        (shop,) = json.loads(applied.stdout)["shops"]
        assert (shop["outcome"], [finding["slug"] for finding in shop["diagnostics"]]) == (
            "left-closed",
            ["left-closed"],
        )
        assert applied.exit_code == 5
        assert run("apply", "--auto-approve").exit_code == 0
        assert status(killed) == "OPEN"

    @pytest.mark.parametrize("of", ["a selection", "a saved plan"])
    def test_while_it_cannot_be_reopened_an_apply_of_another_shop_reports_it_as_the_loudest(
        self, of: str, killed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_shop(killed, "uji-cups")
        run("plan", "uji-cups", "--out", "a.json")
        tear(monkeypatch, killed)
        words = ("uji-cups",) if of == "a selection" else ("a.json",)
        result = run("apply", *words, "--auto-approve")
        assert result.exit_code == 5
        assert "LEFT CLOSED" in result.stdout
        assert "the storefront does not answer" in result.stdout
        document = json.loads(run("apply", *words, "--auto-approve", "-o", "json").stdout)
        assert {shop["shop"]: shop["outcome"] for shop in document["shops"]}["kyoto-tea"] == "left-closed"

    def test_nor_is_it_passed_over_where_nothing_could_be_applied(
        self, killed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tear(monkeypatch, killed)
        unconfirmed = run("apply", "-o", "json")
        (shop,) = [one for one in json.loads(unconfirmed.stdout)["shops"] if one["shop"] == "kyoto-tea"]
        assert shop["outcome"] == "left-closed"
        (killed / "shops" / "uji-cups.yaml").write_text("nonsense")
        invalid = run("apply", "--auto-approve")
        assert invalid.exit_code == 1
        assert "LEFT CLOSED" in invalid.stdout

    @pytest.mark.parametrize("command", ["plan", "drift"])
    def test_readers_see_it_with_the_command_to_run(self, command: str, killed: Path, run: Run) -> None:
        result = run(command)
        assert result.exit_code == (0 if command == "plan" else 2)
        assert "may have left the shop CLOSED" in " ".join(result.output.split())
        assert "reconciler resume" in result.output
        assert run("resume").exit_code == 0
        assert "CLOSED" not in run(command).output

    def test_the_last_line_of_a_drift_check_counts_it(self, killed: Path, run: Run) -> None:
        assert run("drift").stdout.splitlines()[-1].endswith("; 1 shop may have been left closed.")


def tear(monkeypatch: pytest.MonkeyPatch, fleet: Path) -> None:
    """No shop can be opened or closed from now on; all else answers. A reopening is tried for a second only."""
    from reconciler.adapters.backend import HttpBackend  # noqa: PLC0415
    from reconciler.core.diagnostics.messages import msg  # noqa: PLC0415
    from reconciler.ports import Unreachable  # noqa: PLC0415

    execute = HttpBackend.execute

    async def torn(self, write):
        if write.kind == "storefront_status":
            raise Unreachable(msg("the storefront does not answer"))
        return await execute(self, write)

    monkeypatch.setattr(HttpBackend, "execute", torn)
    file = fleet / "reconciler.yaml"
    file.write_text(f"{file.read_text()}limits:\n  closed_seconds: 1\n")


@pytest.mark.usefixtures("impatient")
class TestWithoutABackend:
    """A run that was killed before it closed anything, and a backend that is down."""

    @pytest.fixture
    def started(self, fleet: Path) -> Path:
        store = open_store(fleet / ".reconciler" / "journal.db")
        tell(store_journal(store, of=Plan(shops=(), fingerprint="")), [ShopStarted(shop=ShopKey("kyoto-tea"))])
        store.close()
        (fleet / "reconciler.yaml").write_text("backend: http://127.0.0.1:1/\nlimits:\n  closed_seconds: 0.1\n")
        return fleet

    @pytest.mark.parametrize("lang", ["en", "ja"])
    def test_of_a_shop_that_was_not_closed_it_is_not_said_that_it_may_be(
        self, lang: str, started: Path, run: Run
    ) -> None:
        result = run("resume", "--lang", lang, RECONCILER_BACKEND_SECRET="a secret")
        assert result.exit_code == 4
        assert "kyoto-tea: " in result.stdout
        assert {"en": "did not close it", "ja": "閉店はしていません"}[lang] in result.stdout
        assert "CLOSED" not in result.output

    def test_it_is_still_known_afterwards(self, started: Path, run: Run) -> None:
        (shop,) = resumed(run, RECONCILER_BACKEND_SECRET="a secret")["shops"]
        assert (shop["outcome"], shop["closed_by_run"], shop["storefront"]) == ("unreadable", False, None)
        assert [finding["slug"] for finding in shop["diagnostics"]] == ["unreachable"]
        (started / "reconciler.yaml").write_text("embedded:\n  seed: seed.json\n")
        assert "left unfinished by an interrupted run" in run("resume").stdout
        assert "Nothing to resume" in run("resume").stdout


class TestHistory:
    def test_nothing_yet(self, fleet: Path, run: Run) -> None:
        assert run("history").stdout == "No runs recorded.\n"
        assert rows(run, "history") == []
        assert not (fleet / ".reconciler").exists(), "looking makes no store"

    def test_a_run_is_shown_with_its_actor_and_host(self, fleet: Path, run: Run) -> None:
        report = json.loads(run("apply", "kyoto-tea", "--auto-approve", "-o", "json", RECONCILER_ACTOR="hanako").stdout)
        (row,) = rows(run, "history")
        assert row["command"] == "apply"
        assert row["actor"].startswith("hanako@")
        assert row["fingerprint"] == report["fingerprint"]
        assert (row["shops"], row["applied"], row["outcome"]) == (1, 1, "applied")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["ended"])
        for output in ("text", "markdown"):
            printed = run("history", "-o", output).stdout
            assert row["run"][:8] in printed
            assert row["fingerprint"].removeprefix("sha256:")[:7] in printed
            assert "hanako" in printed

    def test_of_one_shop_newest_first_and_limited(self, fleet: Path, run: Run) -> None:
        write_shop(fleet, "uji-cups")
        run("apply", "kyoto-tea", "--auto-approve")
        run("apply", "uji-cups", "--auto-approve")
        both = rows(run, "history")
        assert [row["run"] for row in both] == [
            *(row["run"] for shop in ("uji-cups", "kyoto-tea") for row in rows(run, "history", shop))
        ]
        assert rows(run, "history", "--limit", "1") == both[:1]
        assert rows(run, "history", "nara-brush") == []
        assert run("history", "nara-brush").stdout == "No runs found for nara-brush.\n"

    def test_what_was_done_in_a_shop_step_by_step(self, fleet: Path, run: Run) -> None:
        run("apply", "kyoto-tea", "--auto-approve")
        steps = document(run, "history", "kyoto-tea", "--steps", schema="history-steps")["rows"]
        written = [(row["step"], row["kind"]) for row in steps]
        assert written == [
            ("write", "amazon_settings"),
            ("close", "storefront_status"),
            ("write", "amazon_settings"),
            ("verify", None),
            ("reopen", "storefront_status"),
            ("verify", None),
        ]
        assert {row["outcome"] for row in steps} == {"done"}
        assert steps[2]["fields"] == ["amazon_settings.enabled"]
        named = [row["request_id"] for row in steps if row["step"] != "verify"]
        assert len(set(named)) == 4
        assert all(len(name) == 36 for name in named)
        text, whole = (run("history", "kyoto-tea", "--steps", "-o", output).stdout for output in ("text", "markdown"))
        assert all(name in text and name in whole for name in named)
        assert TOKEN not in text + whole

    def test_of_a_killed_run_the_step_that_it_was_at_is_known_as_far_as_it_was_heard(
        self, killed: Path, run: Run
    ) -> None:
        steps = document(run, "history", "kyoto-tea", "--steps", schema="history-steps")["rows"]
        assert [(row["step"], row["outcome"]) for row in steps] == [("write", "done"), ("close", "done")]
        run("resume")
        steps = document(run, "history", "kyoto-tea", "--steps", schema="history-steps")["rows"]
        assert [(row["step"], row["outcome"]) for row in steps] == [
            ("reopen", "done"),
            ("write", "done"),
            ("close", "done"),
        ]

    def test_steps_are_those_of_one_shop(self, fleet: Path, run: Run) -> None:
        assert run("history", "--steps").exit_code == 1
        assert run("history", "kyoto-tea", "--steps").stdout == "No runs found for kyoto-tea.\n"

    def test_a_killed_run_has_no_end_and_names_the_run_that_recovered_it(self, killed: Path, run: Run) -> None:
        (cut,) = rows(run, "history")
        assert (cut["ended"], cut["outcome"], cut["unfinished"], cut["resumed_by"]) == (None, "killed", 1, None)
        assert "killed, unfinished: 1" in run("history").stdout
        run("resume")
        looked, cut = rows(run, "history")
        assert (cut["ended"], cut["outcome"], cut["unfinished"]) == (None, "resumed", 0)
        assert cut["resumed_by"] == looked["run"]
        assert (looked["command"], looked["fingerprint"], looked["outcome"]) == ("resume", None, "applied")
        printed = run("history").stdout
        assert f"killed, resumed by {looked['run'][:8]}" in printed
        assert "recovered 1" in printed

    def test_runs_that_were_refused_and_runs_of_nothing_say_so(self, fleet: Path, run: Run) -> None:
        run("apply", "uji-cups", "--auto-approve")
        run("apply", "--auto-approve")
        run("apply", "kyoto-tea", "--auto-approve")
        assert [(row["outcome"], row["applied"], row["refused"]) for row in rows(run, "history")] == [
            ("nothing-to-do", 0, 0),
            ("partly-applied", 1, 1),
            ("refused", 0, 1),
        ]
        printed = run("history").stdout
        for words in ("nothing written", "applied 1 of 2", "refused 1"):
            assert words in printed

    def test_a_row_fits_a_terminal(self, killed: Path, run: Run) -> None:
        run("resume", RECONCILER_ACTOR="花子さんのとても長い名前のジョブ")
        assert max(display_width(line) for line in run("history").stdout.splitlines()) <= 80

    def test_what_is_no_shop(self, fleet: Path, run: Run) -> None:
        assert run("history", "not/a/shop").exit_code == 1


class TestLeases:
    def test_none(self, fleet: Path, run: Run) -> None:
        assert run("leases").stdout == "No shop is being written.\n"
        assert run("leases", "-o", "markdown").stdout == "No shop is being written.\n"
        assert rows(run, "leases") == []
        assert not (fleet / ".reconciler").exists(), "looking makes no store"

    @pytest.mark.parametrize("output", ["text", "json", "markdown"])
    def test_one_that_lives(self, output: str, fleet: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        from contextlib import contextmanager  # noqa: PLC0415

        import anyio  # noqa: PLC0415

        from reconciler.adapters.clock import SystemClock  # noqa: PLC0415

        leases = LocalLeases(SystemClock(), run="run-7")
        anyio.run(leases.acquire, ShopKey("kyoto-tea"))

        @contextmanager
        def held(_settings):
            yield leases.all()

        monkeypatch.setattr(store, "held_leases", held)
        printed = run("leases", "-o", output).stdout
        if output == "json":
            assert rows(run, "leases")[0]["fence"] == leases.all()[0].fence
        for word in ("kyoto-tea", "this process", "run-7"):
            assert word in printed


def spoil(store: Path) -> None:
    store.parent.mkdir(exist_ok=True)
    store.write_bytes(b"this is not a database, but it is long enough to look like a file" * 40)


class TestAStoreThatCannotBeUsed:
    @pytest.mark.parametrize(
        "words", [("apply", "--auto-approve", "-v"), ("resume", "-v"), ("history",), ("leases",)], ids=" ".join
    )
    @pytest.mark.parametrize("output", ["text", "json", "markdown"])
    def test_damaged(self, words: tuple[str, ...], output: str, fleet: Path, run: Run) -> None:
        spoil(fleet / ".reconciler" / "journal.db")
        result = run(*words, "-o", output)
        assert result.exit_code == 1
        assert "journal.db" in result.output
        assert "Traceback" not in result.output
        assert "Internal error" not in result.output
        assert not re.search(r"(PATCH|PUT|DELETE) /admin-api", result.output)

    def test_a_folder_in_its_place(self, fleet: Path, run: Run) -> None:
        (fleet / ".reconciler" / "journal.db").mkdir(parents=True)
        result = run("apply", "--auto-approve", "-v")
        assert result.exit_code == 1
        assert "journal.db" in result.output
        assert "PATCH" not in result.output

    def test_one_that_fails_in_the_middle_ends_the_run_in_order(
        self, fleet: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The shop that is closed by then is reopened, what was done is reported, and the reason is said as one."""
        from reconciler.adapters.store.db.errors import StoreError  # noqa: PLC0415
        from reconciler.adapters.store.runs.journal import StoreJournal  # noqa: PLC0415
        from reconciler.core.diagnostics.messages import msg  # noqa: PLC0415
        from reconciler.core.runs.events import StepDone  # noqa: PLC0415

        record = StoreJournal.record

        gone: list[bool] = []

        async def full(self, event):
            if gone or (isinstance(event, StepDone) and event.step >= 1):
                gone.append(True)
                raise StoreError(msg("the store journal.db: the disk is full"))
            await record(self, event)

        monkeypatch.setattr(StoreJournal, "record", full)
        result = run("apply", "kyoto-tea", "--auto-approve")
        assert result.exit_code == 5
        assert "the disk is full" in result.stdout
        assert "kyoto-tea" in result.stdout
        assert "Internal error" not in result.output
        assert status(fleet) == "OPEN"

    def test_read_only(self, fleet: Path, run: Run) -> None:
        run("history")
        (fleet / ".reconciler").mkdir(exist_ok=True)
        (fleet / ".reconciler").chmod(0o500)
        with modes_count():
            result = run("apply", "--auto-approve")
        assert result.exit_code == 1
        assert "Internal error" not in result.output


@pytest.mark.usefixtures("impatient")
def test_a_wait_for_the_backend_is_shown_with_its_end(killed: Path, run: Run) -> None:
    (killed / "reconciler.yaml").write_text(
        "backend: {url: 'http://127.0.0.1:1', client_id: c, client_secret: ref+env://FLEET_TOKEN}\n"
        "limits: {closed_seconds: 1}\n"
    )
    english = " ".join(run("resume").stderr.split())
    assert re.search(r"kyoto-tea: waiting for the backend until 2\d{3}-\d\d-\d\d \d\d:\d\d\S* at most: \S", english)
    japanese = run("resume", "--lang", "ja").stderr
    assert "kyoto-tea: バックエンドの応答を最長で" in japanese
