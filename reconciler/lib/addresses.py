"""Addresses of servers: whether one is this machine itself, and whether two belong to one server.

In: hosts and split URLs. Out: facts about their text; no name is resolved.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def url_origin(url: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port; two addresses of one origin may be sent the same credentials. Raises ValueError."""
    default = 443 if url.scheme == "https" else 80
    return url.scheme, (url.hostname or "").lower(), default if url.port is None else url.port


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_ip_address(host: str) -> bool:
    """Whether it is an address itself, which no name server can point elsewhere."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_safe_address(url: str) -> bool:
    """Whether it is an address with a host to which a secret may be sent: https, or http to this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
