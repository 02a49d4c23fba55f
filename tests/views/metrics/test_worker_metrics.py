"""The metrics of a worker: what a scrape reads of its numbers; every part, kind and end has its series from the start."""

from itertools import product

from prometheus_client.parser import text_string_to_metric_families

from reconciler.core.fleet.worker_numbers import CHUNK_ENDS, CHUNK_KINDS, WORKER_PARTS, WorkerNumbers
from reconciler.views.worker_metrics import render_worker_metrics

Labels = tuple[str, ...]


def samples(numbers: WorkerNumbers) -> dict[tuple[str, Labels], float]:
    """By the name and the labels beside the fleet, in the order part, kind, end."""
    families = text_string_to_metric_families(render_worker_metrics(numbers))
    found = [sample for family in families for sample in family.samples]
    assert {sample.labels["fleet"] for sample in found} == {numbers.fleet}
    assert all(sample.timestamp is None for sample in found)
    return {
        (
            sample.name.removeprefix("reconciler_worker_"),
            tuple(sample.labels[name] for name in ("part", "kind", "end") if name in sample.labels),
        ): sample.value
        for sample in found
    }


def test_a_worker_at_work() -> None:
    read = samples(
        WorkerNumbers(
            fleet="shops", connected=frozenset({"chunks"}), running=3, size=4,
            ended={("look", "done"): 7, ("apply", "lost"): 2, ("apply", "died"): 1},
            restarts={"care": 5}, died=1, care_failures=6, cared_at=1_800_000_000.5,
        )
    )  # fmt: skip
    assert (read["chunks_at_once", ()], read["running_chunks", ()]) == (4, 3)
    assert (read["connected", ("chunks",)], read["connected", ("care",)]) == (1, 0)
    assert (read["restarts_total", ("chunks",)], read["restarts_total", ("care",)]) == (0, 5)
    assert (read["dead_processes_total", ()], read["care_failures_total", ()]) == (1, 6)
    assert read["last_care_timestamp_seconds", ()] == 1_800_000_000.5


def test_chunks_are_counted_by_kind_and_by_how_they_ended() -> None:
    ended = {("look", "done"): 7, ("apply", "lost"): 2, ("apply", "unknown-version"): 1}
    read = samples(WorkerNumbers(fleet="shops", ended=ended))
    chunks = {labels: value for (name, labels), value in read.items() if name == "chunks_total"}
    assert chunks == {pair: ended.get(pair, 0) for pair in product(CHUNK_KINDS, CHUNK_ENDS)}


def test_one_that_has_just_started_has_every_series() -> None:
    read = samples(WorkerNumbers(fleet="shops", size=4))
    of_parts = {(name, (part,)) for name in ("connected", "restarts_total") for part in WORKER_PARTS}
    of_all = {(name, ()) for name in ("running_chunks", "dead_processes_total", "care_failures_total")}
    assert of_parts | of_all <= set(read)
    assert {key for key, value in read.items() if value} == {("chunks_at_once", ())}
    assert ("last_care_timestamp_seconds", ()) not in read, "it has not cared for runs yet"


def test_a_fleet_with_quotes_in_its_name_stays_one_label() -> None:
    assert samples(WorkerNumbers(fleet='production "east"\\reconciler', size=2))["chunks_at_once", ()] == 2
