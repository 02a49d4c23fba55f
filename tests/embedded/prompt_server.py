"""A server in a thread of a test that stops at once."""

from __future__ import annotations

import asyncio
from socket import socket

import uvicorn

_PAUSE = 0.002


class PromptServer(uvicorn.Server):
    """Ends as soon as what was asked is answered. uvicorn looks ten times a second whether it is to end, and then whether it has:
    with a server for each test, that is a tenth of the time of all tests.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """From another thread, at any time."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._stopping.wait()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110  # uvicorn announces neither
            await asyncio.sleep(_PAUSE)
        await self.lifespan.shutdown()
