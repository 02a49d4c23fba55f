"""A port that is listened on.

In: a host and a port; 0 is a free one. Out: a bound socket, to be closed by the caller.
"""

from __future__ import annotations

from socket import AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY, create_server, socket


def bind(host: str, port: int, *, shared: bool = False) -> socket:
    """`shared`: processes that all say so share the port. Raises OSError; ValueError where the system cannot share ports."""
    bound = create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, reuse_port=shared)
    # asyncio does so only for sockets it made itself; without, an answer waits 40 ms for the peer to acknowledge its head.
    bound.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return bound


def port_of(bound: socket) -> int:
    port: int = bound.getsockname()[1]
    return port


def http_address(host: str, port: int) -> str:
    """As people type it into a browser, with a slash at the end."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
