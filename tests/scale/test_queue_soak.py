"""Fetches from a table of ten million waiting jobs."""

from __future__ import annotations

import os
import time
from statistics import median

import pytest

from reconciler.scale.queue_app import QueueNames
from tests.scale.conftest import FLEET, opened_queue
from tests.support.postgres import Cluster

JOBS = int(os.environ.get("QUEUE_JOBS", "10000000"))
FETCHES = 200
MILLISECONDS = 2.0


@pytest.mark.soak
@pytest.mark.parametrize("lock", ["NULL", "'lock-' || n"], ids=["without locks", "a lock each"])
def test_a_fetch_takes_less_than_two_milliseconds(cluster: Cluster, lock: str) -> None:
    """Waiting jobs differ in their chunk, and in the worst case of the library each has a lock of its own."""
    names = QueueNames(FLEET)
    with opened_queue(cluster.fresh()) as queue:
        queue.sql("ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER")  # they only cost time here
        queue.sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)"
            f" SELECT '{names.look}', 'look_chunk', {lock},"
            " jsonb_build_object('version', 1, 'run', 'r', 'number', n::text)"
            f" FROM generate_series(1, {JOBS}) n"
        )
        queue.sql("ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER")
        queue.sql("VACUUM ANALYZE procrastinate_jobs")
        worker = queue.sql("SELECT * FROM procrastinate_register_worker_v1()")[0][0]
        taken = []
        for _ in range(FETCHES):
            began = time.perf_counter()
            found = queue.sql(
                "SELECT id FROM procrastinate_fetch_job_v2(%s::varchar[], %s)", [names.look, names.write], worker
            )
            taken.append((time.perf_counter() - began) * 1000)
            assert found[0][0] is not None
        print(f"{JOBS} jobs: a fetch takes {median(taken):.2f} ms (median of {FETCHES})")
        assert median(taken) < MILLISECONDS
