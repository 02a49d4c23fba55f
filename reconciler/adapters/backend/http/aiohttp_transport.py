"""The transport over a network: aiohttp's, because httpx's own pool becomes slow with many requests in flight.

In: a `BackendConfig`. Out: a transport for `HttpExchange`. `_once_and_exact` disables two behaviours: aiohttp silently repeats a
GET, PUT or DELETE when a kept connection breaks, so a write could happen twice; and httpx-aiohttp calls every lost connection,
before or after sending, a connect timeout.

Proxies: HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured for another host, never for a loopback address.
"""

from __future__ import annotations

import base64
import ssl
from typing import Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.adapters.backend.http.transport import ConnectionLost, NeverSent
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.addresses import is_loopback

_KEEP_ALIVE: Final = 2.0
"""Shorter than servers usually keep a connection: a write on one that the server is just closing would be lost."""


class _NeverSent(NeverSent, aiohttp.ClientError): ...


class _Lost(ConnectionLost, aiohttp.ClientError): ...


async def _once_and_exact(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await send(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as fault:
        raise _NeverSent(_hindrance(fault)) from fault
    except aiohttp.SocketTimeoutError:
        raise
    except (aiohttp.ClientError, OSError) as fault:
        raise _Lost from fault


def _hindrance(fault: aiohttp.ClientError) -> Message:
    match fault:
        case aiohttp.ClientConnectorDNSError():
            return msg("unknown host name")
        case aiohttp.ClientConnectorCertificateError():
            return msg("the host's certificate is not trusted")
        case aiohttp.ClientConnectorSSLError():
            return msg("no encrypted connection could be made")
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return msg("the proxy made no connection")
        case aiohttp.ConnectionTimeoutError():
            return msg("no connection in time")
        case _:
            return msg("no connection could be made")


def default_transport(config: BackendConfig) -> httpx.AsyncBaseTransport:
    """Raises ValueError where the client secret would travel unencrypted."""
    host = config.url.hostname or ""
    encrypted = config.url.scheme == "https"
    if not (encrypted or is_loopback(host) or config.plain_http):
        raise ValueError("base_url must be https, because the client secret is sent to it")
    # Loading the certificate store takes long; over plain http it is not asked for.
    context = httpx.create_ssl_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    proxy = _proxy(config)

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            # Over https aiohttp itself authenticates at the proxy when it opens a tunnel.
            headers=proxy.headers if proxy and not encrypted else None,
            connector=aiohttp.TCPConnector(limit=config.in_flight, keepalive_timeout=_KEEP_ALIVE, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_once_and_exact,),
        )

    return AiohttpTransport(verify=context, client=session, proxy=proxy)


def _proxy(config: BackendConfig) -> httpx.Proxy | None:
    host = config.url.hostname or ""
    proxies = getproxies_environment()
    address = proxies.get(config.url.scheme) or proxies.get("all")
    if not address or is_loopback(host) or proxy_bypass(host):
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    headers = {}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return httpx.Proxy(bare.geturl(), headers=headers)
