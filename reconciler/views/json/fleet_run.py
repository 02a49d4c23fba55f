"""A fleet run as a JSON document: `reconciler/fleet-run`. Times in UTC."""

from __future__ import annotations

from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.fleet.fleet_run import ChunkState, FleetRunKind, FleetRunState, RunChunk, StopReason
from reconciler.core.results.history_result import DRIFT, IN_SYNC, FleetRunResult
from reconciler.core.runs.report import ShopOutcome
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, diagnostics_json
from reconciler.views.json.shapes import Count, Position, counts_of, one_of

_OUTCOMES: Final = (IN_SYNC, DRIFT, *(outcome.value for outcome in ShopOutcome))


def _key(word: str) -> str:
    return word.replace("-", "_")


class FleetRunWaveJson(TypedDict):
    """`ended` are chunks that are done, failed or cancelled. `open`: its chunks may be worked on, or could."""

    wave: Position
    name: str
    shops: Count
    chunks: Count
    ended: Count
    open: bool


class RunChunkJson(TypedDict):
    """The shops from `first` to `last`, both included. `fence` counts how often it was claimed; `digest` is that of its result,
    `error` says why it could not be done at all, `run` is the run in the journal of what it wrote.
    """

    number: Position
    wave: Position
    first: str
    last: str
    shops: Count
    state: Annotated[str, one_of(ChunkState)]
    fence: Count
    worker: str | None
    claimed: str | None
    seen: str | None
    run: str | None
    digest: str | None
    error: str | None


class FailedShopJson(TypedDict):
    """A shop that failed or could not be read, with the code of its first diagnostic."""

    shop: str
    outcome: Annotated[str, one_of(_OUTCOMES)]
    code: str | None


class FleetRunJson(TypedDict):
    """`why` says why the run was stopped, null where it was not. `summary` counts shops by outcome, of the chunks that have a
    result, and `fields` that differ.
    """

    id: str
    kind: Annotated[str, one_of(FleetRunKind)]
    state: Annotated[str, one_of(FleetRunState)]
    why: Annotated[str, one_of(StopReason)] | None
    commit: str
    actor: str
    created: str
    ended: str | None
    summary: Annotated[dict[str, int], counts_of("shops", "chunks", "fields", *(_key(word) for word in _OUTCOMES))]
    waves: list[FleetRunWaveJson]
    failures: list[FailedShopJson]
    chunks: list[RunChunkJson]
    diagnostics: list[DiagnosticJson]


FLEET_RUN: Final = DocumentType(name="fleet-run", body=FleetRunJson)


def fleet_run_json(result: FleetRunResult, head: DocumentHead = EMPTY_HEAD) -> str:
    run, totals = result.fleet_run, result.totals
    counts = {_key(word): totals.counts.get(word, 0) for word in _OUTCOMES}
    body: FleetRunJson = {
        "id": run.id,
        "kind": run.kind.value,
        "state": run.state.value,
        "why": None if run.why is None else run.why.value,
        "commit": run.commit,
        "actor": run.actor,
        "created": run.created,
        "ended": run.ended,
        "summary": {"shops": totals.shops, "chunks": totals.chunks, "fields": totals.fields, **counts},
        "waves": [
            {
                "wave": wave.number,
                "name": wave.name,
                "shops": wave.shops,
                "chunks": wave.chunks,
                "ended": wave.ended,
                "open": wave.open,
            }
            for wave in totals.waves
        ],
        "failures": [{"shop": str(each.shop), "outcome": each.outcome, "code": each.code} for each in totals.failures],
        "chunks": [_chunk(chunk) for chunk in result.chunks],
        "diagnostics": diagnostics_json(result.diagnostics, head.sources),
    }
    return FLEET_RUN.text(body, head)


def _chunk(chunk: RunChunk) -> RunChunkJson:
    result = chunk.result
    return {
        "number": chunk.number,
        "wave": chunk.wave,
        "first": str(chunk.first),
        "last": str(chunk.last),
        "shops": chunk.shops,
        "state": chunk.state.value,
        "fence": chunk.fence,
        "worker": chunk.worker,
        "claimed": chunk.claimed,
        "seen": chunk.seen,
        "run": None if result is None else result.run,
        "digest": None if result is None else result.digest,
        "error": None if result is None else result.error,
    }
