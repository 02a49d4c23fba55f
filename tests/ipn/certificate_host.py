"""Amazon's host of signing certificates as a real server on loopback."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from reconciler.adapters.sns.certificates import FetchedCertificates
from tests.support.stub_http_server import Loopback


class Rerouted(httpx.AsyncBaseTransport):
    """In the place of the name server: Amazon's host is a server of ours. Every host that was asked is written down."""

    def __init__(self, base: str, verify: ssl.SSLContext | bool = True) -> None:
        self.hosts: list[str] = []
        self._base = httpx.URL(base)
        self._inner = httpx.AsyncHTTPTransport(verify=verify, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.hosts.append(request.url.host)
        request.url = request.url.copy_with(scheme=self._base.scheme, host=self._base.host, port=self._base.port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def certificate_host(*, within: float = 5.0) -> AsyncIterator[tuple[FetchedCertificates, Loopback, Rerouted]]:
    """It has no certificate until `on` sets one."""
    async with Loopback() as server:
        transport = Rerouted(server.url)
        async with FetchedCertificates(transport, within=within) as keys:
            yield keys, server, transport
