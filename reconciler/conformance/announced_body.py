"""A request whose large body is only announced: a backend that goes by `Content-Length` answers before anything of it is sent.

httpx reads no answer before it has sent the whole body, and a server that closes the connection then takes its answer with it.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import anyio
from anyio.abc import ByteStream

from reconciler.conformance.answers import BackendAnswer
from reconciler.core.diagnostics.redaction import REDACTED
from reconciler.lib import strict_json

_PATIENCE: Final = 2.0
_MOST: Final = 65_536


async def announce_body(
    url: str, method: str, path: str, headers: Mapping[str, str], size: int
) -> BackendAnswer | None:
    """The answer to a request that announces `size` bytes and sends none; None where there is none within two seconds."""
    parts = urlsplit(url)
    head = {"Host": parts.netloc, "Content-Length": str(size), "Connection": "close", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    received = bytearray()
    with anyio.move_on_after(_PATIENCE):
        await _exchange(url, "\r\n".join(lines).encode("ascii"), received)
    return _parsed(f"{method} {path}", bytes(received))


async def _exchange(url: str, head: bytes, received: bytearray) -> None:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    host = parts.hostname or ""
    try:
        stream: ByteStream
        if context is None:
            stream = await anyio.connect_tcp(host, port)
        else:
            stream = await anyio.connect_tcp(host, port, ssl_context=context, tls_standard_compatible=False)
        async with stream:
            await stream.send(head)
            while len(received) < _MOST:
                received += await stream.receive()
    except (anyio.EndOfStream, anyio.BrokenResourceError, OSError):
        return


def _parsed(request: str, received: bytes) -> BackendAnswer | None:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    try:
        parsed = strict_json.loads(body)
    except ValueError:
        parsed = None
    return BackendAnswer(
        request=request, status=int(words[1]), headers=headers, text=REDACTED, body=parsed, seconds=0.0
    )
