"""Who sent a request: the peer of the connection, or the name that a trusted proxy sent.

In: the request and the proxies of the settings. Out: a `Caller`. A header of anybody else is not read.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.requests import Request

from reconciler.lib.frozen_class import frozen

Address = IPv4Address | IPv6Address
AddressRange = IPv4Network | IPv6Network
_LONGEST_NAME: Final = 200
_ONE_NETWORK: Final = 64
"""Bits of an IPv6 address that one customer of a provider has."""


@frozen
class TrustedProxy:
    """`header` names who signed in at the proxy; None: the proxy only says how the browser is connected."""

    ranges: tuple[AddressRange, ...]
    header: str | None = None

    def trusts(self, peer: Address | None) -> bool:
        return peer is not None and any(peer in each for each in self.ranges)


@frozen
class Caller:
    """`source` is what attempts are counted by. `user`: who the proxy says it is. `secure`: the browser connects with TLS."""

    source: str
    user: str | None
    secure: bool


def caller_of(request: Request, proxy: TrustedProxy | None) -> Caller:
    peer = _address(request.client.host if request.client else "")
    secure = request.url.scheme == "https"
    if proxy is None or not proxy.trusts(peer):
        return Caller(source=_source(peer), user=None, secure=secure)
    forwarded = _only(request, "x-forwarded-proto")
    return Caller(
        source=_source(_behind(request, proxy) or peer),
        user=_user(request, proxy.header),
        secure=secure or forwarded == "https",
    )


def _user(request: Request, header: str | None) -> str | None:
    """No name where the header comes twice: one of them may be the visitor's own."""
    name = "" if header is None else _only(request, header)
    return name[:_LONGEST_NAME] or None


def _only(request: Request, header: str) -> str:
    values = request.headers.getlist(header)
    return values[0].strip() if len(values) == 1 else ""


def _behind(request: Request, proxy: TrustedProxy) -> Address | None:
    """The last hop that is not a trusted proxy: those before it are only claimed."""
    hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for hop in reversed(hops):
        address = _address(hop.strip())
        if address is None or not proxy.trusts(address):
            return address
    return None


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _source(address: Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _ONE_NETWORK), strict=False))
    return str(address or "")
