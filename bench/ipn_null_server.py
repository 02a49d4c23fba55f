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

from reconciler.serving.listener import bind, port_of
from reconciler.serving.server import serve


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await Starlette()(scope, receive, send)
        return
    await Request(scope, receive).body()
    await PlainTextResponse("ok\n")(scope, receive, send)


if __name__ == "__main__":
    with bind("127.0.0.1", int((sys.argv[1:] or ["0"])[0]), shared=True) as listener:
        print(port_of(listener), flush=True)
        asyncio.run(serve(app, [listener], on_ready=lambda _port: None))
