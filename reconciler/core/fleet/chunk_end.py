"""How the work of one worker on one chunk ended."""

from __future__ import annotations

from enum import StrEnum

from reconciler.core.fleet.chunk_result import ChunkResult
from reconciler.lib.frozen_class import frozen


class ChunkEnding(StrEnum):
    """`FREE`: there was nothing to claim: the chunk has ended, is not open yet, or a living worker holds it. `LOST`: another
    worker claimed it in between, or its run has ended, so that nothing was recorded. `GIVEN_BACK`: a stop of the worker was
    requested; the chunk waits again. `CANCELLED`: the run is stopped; what was done is recorded. `POSTPONED`: the backend, the
    store or the repository could not be used; the claim lapses with the stall limit, and a worker tries again.
    """

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    FREE = "free"
    LOST = "lost"
    GIVEN_BACK = "given-back"
    POSTPONED = "postponed"


@frozen
class ChunkEnd:
    """`result` is what was recorded, None where nothing was. `requests` were sent to the backend."""

    run: str
    number: int
    ending: ChunkEnding
    result: ChunkResult | None = None
    requests: int = 0
