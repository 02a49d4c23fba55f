"""The metrics of a watcher: what a scrape reads of its numbers; every part has its series from the start."""

from prometheus_client.parser import text_string_to_metric_families

from reconciler.core.watch.watch_numbers import WatchNumbers
from reconciler.views.watch_metrics import PARTS, render_watch_metrics


def samples(numbers: WatchNumbers) -> dict[tuple[str, str | None], float]:
    families = text_string_to_metric_families(render_watch_metrics(numbers))
    found = [sample for family in families for sample in family.samples]
    assert {sample.labels["fleet"] for sample in found} == {numbers.fleet}
    return {
        (sample.name.removeprefix("reconciler_watch_"), sample.labels.get("part")): sample.value for sample in found
    }


def test_a_leader_at_work() -> None:
    read = samples(
        WatchNumbers(
            fleet="shops", leader=True, queued=9, due=2, oldest_due=4.5, looks=3, looked_shops=30,
            failures={"feed": 2}, failing=frozenset({"feed"}), rate=5.0, throttled=1, stepped_at=1_800_000_000.0,
        )
    )  # fmt: skip
    assert read["leader", None] == 1
    assert (read["queued_shops", None], read["due_shops", None], read["oldest_due_seconds", None]) == (9, 2, 4.5)
    assert (read["looks_total", None], read["looked_shops_total", None]) == (3, 30)
    assert (read["failures_total", "feed"], read["failing", "feed"]) == (2, 1)
    assert (read["requests_per_second", None], read["throttled_requests_total", None]) == (5, 1)
    assert read["last_step_timestamp_seconds", None] == 1_800_000_000


def test_one_on_standby_has_every_series() -> None:
    read = samples(WatchNumbers(fleet="shops"))
    assert read["leader", None] == 0
    assert {part: read["failures_total", part] for part in PARTS} == dict.fromkeys(PARTS, 0)
    assert ("last_step_timestamp_seconds", None) not in read
