"""What a fleet run has done so far: a fold of its chunks.

In: the run and its chunks. Out: counts over all of it, and one line for each wave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field

from reconciler.core.fleet.chunk_result import ChunkFailure
from reconciler.core.fleet.fleet_run import ChunkState, FleetRun, RunChunk
from reconciler.lib.frozen_class import frozen


@frozen
class WaveTotals:
    """`open`: its chunks may be claimed, or could. `ended` are chunks that are done, failed or cancelled."""

    number: int
    name: str
    shops: int
    chunks: int
    ended: int
    open: bool


@frozen
class FleetRunTotals:
    """`counts`: shops by outcome, of the chunks that have a result; `fields`: how many differ. `failures` by shop."""

    shops: int
    chunks: int
    states: Mapping[ChunkState, int]
    counts: Mapping[str, int]
    fields: int
    failures: tuple[ChunkFailure, ...]
    errors: tuple[tuple[int, str], ...]
    waves: tuple[WaveTotals, ...] = field(default=())

    @property
    def ended(self) -> int:
        """Chunks that have ended."""
        return sum(count for state, count in self.states.items() if state.ended)


def fold_chunks(run: FleetRun, chunks: Sequence[RunChunk]) -> FleetRunTotals:
    results = [chunk.result for chunk in chunks if chunk.result is not None]
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.counts)
    return FleetRunTotals(
        shops=sum(chunk.shops for chunk in chunks),
        chunks=len(chunks),
        states=Counter(chunk.state for chunk in chunks),
        counts={word: count for word, count in sorted(counts.items()) if count},
        fields=sum(result.fields for result in results),
        failures=tuple(sorted((each for result in results for each in result.failures), key=lambda each: each.shop)),
        errors=tuple((chunk.number, chunk.result.error) for chunk in chunks if chunk.result and chunk.result.error),
        waves=tuple(_waves(run, chunks)),
    )


def _waves(run: FleetRun, chunks: Sequence[RunChunk]) -> list[WaveTotals]:
    of_wave: dict[int, list[RunChunk]] = {}
    for chunk in chunks:
        of_wave.setdefault(chunk.wave, []).append(chunk)
    return [
        WaveTotals(
            number=number,
            name=name,
            shops=sum(chunk.shops for chunk in some),
            chunks=len(some),
            ended=sum(chunk.state.ended for chunk in some),
            open=number <= run.wave,
        )
        for number, name in enumerate(run.options.waves, start=1)
        if (some := of_wave.get(number, []))
    ]
