"""A worker's process for one chunk, as its pool would start it; it can be made to fail at a write to the backend.

{"folder": ..., "run": ..., "number": 1}
{..., "kill": N}                  SIGKILL once write N was answered
{..., "kill": "closing"}          SIGKILL once a shop was closed
{..., "term": N}                  SIGTERM then, which asks it to stop
{..., "stop": N}                  SIGSTOP then
{..., "refuse": "shop-001"}       writes of this shop are refused
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx

from reconciler.adapters.backend.http import transport as transports
from reconciler.wiring.fleet.chunk_process import prepare_process, run_one

_SIGNALS = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "stop": signal.SIGSTOP}
_PROBLEM = {"type": "about:blank", "title": "no", "status": 422, "code": "INVALID_VALUE", "detail": "no"}


class Failing(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, order: dict[str, Any], writes: list[str]) -> None:
        self.inner = inner
        self.order = order
        self.writes = writes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        write = request.method in {"PUT", "PATCH", "POST"} and "oauth" not in request.url.path
        refused = self.order.get("refuse")
        if write and refused is not None and refused in request.url.path + request.content.decode():
            return httpx.Response(422, json=_PROBLEM, headers={"content-type": "application/problem+json"})
        answer = await self.inner.handle_async_request(request)
        if write:
            self.writes.append(request.url.path)
            at = [len(self.writes), *(["closing"] if b"CLOSED" in request.content else [])]
            for word, number in _SIGNALS.items():
                if self.order.get(word) in at:
                    os.kill(os.getpid(), number)
        return answer


def main() -> None:
    order = json.loads(sys.argv[1])
    real, writes = transports.in_process, list[str]()
    transports.in_process = lambda application: Failing(real(application), order, writes)
    prepare_process(None)
    end = run_one(Path(order["folder"]), order["run"], order["number"], f"child {os.getpid()}")
    counts = None if end.result is None else dict(end.result.counts)
    print(json.dumps({"ending": end.ending.value, "counts": counts, "writes": len(writes)}))


if __name__ == "__main__":
    main()
