"""The sidecar's server without the sidecar: reads the body, answers 200. [PORT], which several may share. Prints its port; ends
on SIGTERM.
"""

from __future__ import annotations

import asyncio
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from reconciler.ipn.receive.request_limits import ShutdownToken
from reconciler.ipn.runtime.server import build_server
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.wiring.embedded import listening


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await Starlette()(scope, receive, send)
        return
    await Request(scope, receive).body()
    await PlainTextResponse("ok\n")(scope, receive, send)


if __name__ == "__main__":
    with listening("127.0.0.1", int((sys.argv[1:] or ["0"])[0]), shared=True) as listener:
        print(listener.getsockname()[1], flush=True)
        asyncio.run(build_server(app, ShutdownToken(), Metrics()).serve(sockets=[listener]))
