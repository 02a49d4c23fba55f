"""How a fleet is divided among workers: the parts `executor` and `scale` of the settings."""

from __future__ import annotations

from enum import StrEnum

from reconciler.lib.frozen_class import frozen


class ExecutorKind(StrEnum):
    """`LOCAL`: the command does all of it. `PROCRASTINATE`: workers do, on any number of hosts."""

    LOCAL = "local"
    PROCRASTINATE = "procrastinate"


@frozen
class ScaleSettings:
    """`look_chunk` and `apply_chunk` are shops in one chunk. `stall`: seconds without a sign after which a worker counts as gone.
    `mirror`: where workers get commits from: a path or a URL of the repository; None: the repository of the manifests.
    `chunks`: how many one worker does at the same time. `requests_per_second` holds for all workers together.
    `listen_notify`: workers are woken by the database; False behind PgBouncer, where they poll.
    """

    look_chunk: int = 2000
    apply_chunk: int = 50
    stall: int = 120
    mirror: str | None = None
    chunks: int = 1
    requests_per_second: float = 10.0
    listen_notify: bool = True
