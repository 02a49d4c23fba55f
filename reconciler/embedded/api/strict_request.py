"""JSON bodies without duplicate keys: with two values for one key, it is unknown which was meant.

In: a request. Out: its body as values, or `RepeatedKey`. Routers that read bodies are made with `StrictRoute`.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from reconciler.lib import strict_json


class RepeatedKey(HTTPException):
    """`detail` is the key. The framework lets its own kind of error pass, and calls every other one unreadable."""

    def __init__(self, key: str) -> None:
        super().__init__(400, key)


class StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return strict_json.loads(await self.body())
        except strict_json.DuplicateKey as error:
            raise RepeatedKey(error.key) from None


class StrictRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly
