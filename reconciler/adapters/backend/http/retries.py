"""Whether to retry, and after how long. In: a call, its result, the waits so far. Out: seconds, or None. Pure.

Retried without harm              repeatable calls              writes
never sent (refused, no DNS)    yes, a few times              yes, a few times
no response, cut, 5xx           yes, a few times              no: it may have happened
  429, 503 with Retry-After       while patience lasts          while patience lasts, if the backend itself refused
  503 MAINTENANCE                 a few times                   a few times, if the backend itself refused
  anything else                   no                            no

Our own code instead of httpx-retries: that decides only by method and status, so it cannot distinguish a request that was never
sent from one whose response was lost; it shortens a long Retry-After and retries, where giving up is right;
and it sleeps and reads the time itself, not through the `Clock` port.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Final

from reconciler.adapters.backend.http.messages import ApiRequest, NoResponse, RawResponse
from reconciler.adapters.retry_after import seconds_to_wait
from reconciler.lib.backoff import backoff
from reconciler.ports import BackendError, BackendMaintenance

_TRIES: Final = 3
_FIRST: Final = 0.5
_LONGEST: Final = 15.0
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503
_SERVER_FAULTS: Final = frozenset({500, 502, 503, 504})


def retry_delay(
    *,
    call: ApiRequest,
    outcome: RawResponse | NoResponse,
    error: BackendError,
    tries: int,
    left: float,
    now: datetime,
) -> float | None:
    """`tries` were made, `left` seconds of patience remain. `error` is what `outcome` means."""
    asked = retry_after(outcome, now)
    refused = error.happened is False
    if refused and _is_asked_to_wait(outcome, asked):
        wait = max(asked or 0.0, _backoff(call, tries))
        return wait if wait <= left else None
    if tries >= _TRIES or not _is_harmless(
        call, outcome, maintenance=refused and isinstance(error, BackendMaintenance)
    ):
        return None
    wait = max(asked or 0.0, _backoff(call, tries))
    return wait if wait <= left else None


def retry_after(outcome: RawResponse | NoResponse, now: datetime) -> float | None:
    """Seconds, from either form of the header (RFC 9110 10.2.3); None where there is none that makes sense."""
    if isinstance(outcome, NoResponse):
        return None
    return seconds_to_wait(outcome.headers.get("retry-after", ""), now)


def _is_asked_to_wait(outcome: RawResponse | NoResponse, asked: float | None) -> bool:
    if isinstance(outcome, NoResponse):
        return False
    return outcome.status == _TOO_MANY or (outcome.status == _UNAVAILABLE and asked is not None)


def _is_harmless(call: ApiRequest, outcome: RawResponse | NoResponse, *, maintenance: bool) -> bool:
    if isinstance(outcome, NoResponse):
        return call.repeatable or not outcome.sent
    return maintenance or (call.repeatable and outcome.status in _SERVER_FAULTS)


def _backoff(call: ApiRequest, tries: int) -> float:
    """0.5, 1, 2 ... up to 15 seconds, each a quarter more or less, spread by the request's name and not by chance."""
    spread = 0.75 + zlib.crc32(f"{tries} {call.name}".encode()) % 1000 / 2000
    return backoff(tries, first=_FIRST, longest=_LONGEST) * spread
