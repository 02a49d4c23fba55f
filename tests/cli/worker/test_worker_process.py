"""`reconciler worker` as a process: what it says, answers and refuses, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run, environment
from tests.cli.worker.conftest import SETTINGS, Start
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_ready_answers_and_ends_in_order(start: Start, number: signal.Signals) -> None:
    worker = start()
    wait_until(worker.listens)
    wait_until(worker.is_ready)
    status, metrics = worker.page("metrics")

    assert worker.page("healthz") == (200, "ok\n")
    assert status == 200
    assert 'reconciler_worker_connected{fleet="production-embedded",part="chunks"} 1.0' in metrics
    assert 'reconciler_worker_chunks_total{end="done",fleet="production-embedded",kind="look"} 0.0' in metrics
    assert worker.end(number) == 0
    assert "Traceback" not in worker.text


def test_it_cares_for_runs_at_once(start: Start) -> None:
    worker = start()
    wait_until(worker.listens)

    wait_until(lambda: "reconciler_worker_last_care_timestamp_seconds{" in worker.page("metrics")[1])
    assert 'reconciler_worker_care_failures_total{fleet="production-embedded"} 0.0' in worker.page("metrics")[1]


def refusal(run: Run) -> dict[str, str]:
    ended = run("worker", "--port", "0", "-o", "json")
    assert ended.exit_code == 1
    (found,) = json.loads(ended.stdout)["diagnostics"]
    return {name: str(value) for name, value in found.items()}


def test_settings_for_one_machine_are_refused(folder: Path, run: Run) -> None:
    settings = folder / "reconciler.yaml"
    settings.write_text(settings.read_text().replace("executor: procrastinate\n", ""))

    found = refusal(run)

    assert (found["code"], found["subject"]) == ("S409", "executor")
    assert "`executor` is `local`" in found["summary"]
    assert "executor: procrastinate" in found["hint"]


def test_a_repository_that_cannot_be_read_is_named(folder: Path, run: Run) -> None:
    with (folder / "reconciler.yaml").open("a") as settings:
        settings.write("scale: {mirror: ./missing.git}\n")

    found = refusal(run)

    assert (found["code"], found["subject"]) == ("S409", "scale.mirror")
    assert "missing.git" in found["summary"]


def test_manifests_outside_of_a_repository_are_refused(folder: Path, run: Run) -> None:
    (folder / ".git").rename(folder.parent / "moved.git")

    assert refusal(run)["subject"] == "scale.mirror"


WITHOUT = """
import sys
sys.modules["procrastinate"] = None
from reconciler.cli.app import app
app.main(["worker", "--port", "0"], prog_name="reconciler")
"""


def test_an_installation_without_the_queue_names_what_to_install(folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT], env=environment(), capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "pip install 'reconciler[scale]'" in ended.stderr


def test_a_store_in_a_file_is_refused(folder: Path, run: Run) -> None:
    (folder / "reconciler.yaml").write_text(SETTINGS.format(store="journal.db"))

    found = refusal(run)

    assert (found["subject"], "PostgreSQL" in found["summary"]) == ("store", True)


def test_a_look_and_an_apply_are_done_by_workers(start: Start, run: Run) -> None:
    workers = [start("--log", "text"), start("--log", "text")]
    for worker in workers:
        wait_until(worker.listens)

    before = run("drift", "kyoto-tea", "-o", "json")
    applied = run("apply", "kyoto-tea", "--auto-approve", "--allow", "fleet-share", "-o", "json")
    after = run("drift", "kyoto-tea", "-o", "json")

    assert [ended.exit_code for ended in (before, applied, after)] == [2, 0, 0], applied.output
    assert json.loads(applied.stdout)["kind"] == "apply"
    log = "".join(worker.text for worker in workers)
    assert log.count(" chunk-ended ") == 3, "the processes of a worker write into its log"
    assert " shop-applied kyoto-tea " in log
