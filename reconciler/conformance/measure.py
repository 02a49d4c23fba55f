"""How fast the backend is, and what its limits are. Writes are repetitions of the storefront's present status."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Final

import anyio

from reconciler.conformance.answers import BackendAnswer
from reconciler.conformance.client import API, Unanswered, path_of_shop
from reconciler.conformance.kit import Kit
from reconciler.conformance.shop_state import PARTS, STOREFRONT
from reconciler.conformance.verdicts import ClauseNotChecked
from reconciler.core.conformance.report import Measurement
from reconciler.core.diagnostics.messages import Message, msg

_READS: Final = 30
_WRITES: Final = 10
_AT_ONCE: Final = 16
_LAG_LIMIT: Final = 10.0
_BODIES: Final = (64 * 1024, 256 * 1024, 1000 * 1024, 4 * 1024 * 1024)


async def measure_backend(kit: Kit, *, writes: bool) -> tuple[Measurement, ...]:
    """Without `writes` only what reads show."""
    found = [*await _latency(kit, writes=writes), await _rate(kit)]
    if kit.operator:
        found.append(await _page_size(kit))
    if writes:
        found += [await _lag(kit), await _body_size(kit)]
    return tuple(found)


async def _latency(kit: Kit, *, writes: bool) -> list[Measurement]:
    reads = await _times(_READS, lambda: kit.integration(kit.shop))
    found = _both("read", msg("Read of a shop, median"), msg("Read of a shop, 95th percentile"), reads)
    if writes:
        probe = kit.probe(STOREFRONT)
        times = await _times(_WRITES, lambda: kit.write(probe, probe.before))
        found += _both("write", msg("Write, median"), msg("Write, 95th percentile"), times)
    return found


async def _times(count: int, act: Callable[[], Awaitable[BackendAnswer]]) -> list[float]:
    return [(await act()).seconds * 1000 for _ in range(count)]


def _both(name: str, middle: Message, high: Message, times: Sequence[float]) -> list[Measurement]:
    percentile = sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]
    return [
        Measurement(name=f"{name}-median", title=middle, value=round(median(times), 2), unit="ms"),
        Measurement(name=f"{name}-p95", title=high, value=round(percentile, 2), unit="ms"),
    ]


async def _lag(kit: Kit) -> Measurement:
    """From the answer of a write until a read shows it."""
    title = msg("Time until a read shows a write")
    try:
        probe = kit.probe()
    except ClauseNotChecked:
        return Measurement(name="read-after-write", title=title, value=None, unit="ms")
    await kit.write(probe, probe.after)
    started = kit.client.clock.monotonic()
    first = True
    while (waited := kit.client.clock.monotonic() - started) < _LAG_LIMIT:
        if probe.value_in((await kit.resource(probe.shop, probe.route)).body) == probe.after:
            return Measurement(
                name="read-after-write", title=title, value=0 if first else round(waited * 1000), unit="ms"
            )
        first = False
        await kit.client.clock.sleep(0.01)
    return Measurement(name="read-after-write", title=title, value=None, unit="ms")


async def _page_size(kit: Kit) -> Measurement:
    """The largest `limit` up to the contract's 500 that is accepted."""
    accepted = [
        size for size in (1, 100, 500) if (await kit.client.read(f"{API}/integrations?limit={size}")).status == 200
    ]
    value = float(max(accepted)) if accepted else None
    return Measurement(name="page-size", title=msg("Largest page"), value=value, unit="shops")


async def _body_size(kit: Kit) -> Measurement:
    """The largest body that is read, of those tried. What is read is refused, since its part does not exist."""
    read = 0
    for size in _BODIES:
        body = {"parts": [{"part": "NO_SUCH_PART", "label": "x" * (size - 200)}]}
        try:
            answer = await kit.patch(kit.shop, PARTS, body)
        except Unanswered:
            break
        if answer.status == 413:
            break
        read = size
    value = None if read == _BODIES[-1] else float(read)
    return Measurement(
        name="body-size", title=msg("Largest body that is read, of those tried"), value=value, unit="bytes"
    )


async def _rate(kit: Kit) -> Measurement:
    """Reads per second with some in flight; answers with 429 are in the request log."""
    started = kit.client.clock.monotonic()

    async def read() -> None:
        for _ in range(4):
            await kit.client.read(path_of_shop(kit.shop, STOREFRONT), kit.shop)

    async with anyio.create_task_group() as group:
        for _ in range(_AT_ONCE):
            group.start_soon(read)
    seconds = max(kit.client.clock.monotonic() - started, 1e-6)
    value = round(_AT_ONCE * 4 / seconds, 1)
    title = msg("Reads per second, {count} in flight", count=_AT_ONCE)
    return Measurement(name="read-rate", title=title, value=value, unit="1/s")
