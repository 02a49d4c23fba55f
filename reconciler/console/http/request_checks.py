"""What is refused before any page is made: a foreign host, a method that writes, an address that is too long."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.addresses import is_ip_address
from reconciler.lib.frozen_class import frozen

LONGEST_ADDRESS: Final = 4_000
"""Characters of path and query."""
_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What proxies add to the requests of others."""
_WRITES: Final = frozenset({"/sign-in", "/sign-out"})


@frozen
class RequestRefusal:
    """`allow`: the methods that the address has."""

    status: int
    text: Message
    hint: Message
    allow: str = ""


def check_request(request: Request, hosts: frozenset[str], *, local: bool) -> RequestRefusal | None:
    """`local`: there is no sign-in, so no request may be forwarded."""
    host = _host(request)
    if host is None:
        text, hint = msg("The request does not name one host"), msg("Open the console by its address in a browser")
        return RequestRefusal(status=400, text=text, hint=hint)
    if not (is_ip_address(host) or host == "localhost" or host in hosts):
        text = msg("This console is not served under the name {host}", host=host)
        hint = msg("If it should be, add the name to `console.hosts` in `reconciler.yaml` and restart it")
        return RequestRefusal(status=421, text=text, hint=hint)
    if local and any(name in request.headers for name in _FORWARDED):
        text = msg("This console has no sign-in, and is not shown through a proxy")
        return RequestRefusal(status=403, text=text, hint=msg("Set `console.token` or `console.proxy` and restart it"))
    if len(request.scope["path"]) + len(request.scope["query_string"]) > LONGEST_ADDRESS:
        text, hint = msg("The address is too long"), msg("Use a shorter filter")
        return RequestRefusal(status=414, text=text, hint=hint)
    allowed = ("GET", "HEAD", "POST") if request.scope["path"] in _WRITES else ("GET", "HEAD")
    if request.method not in allowed:
        text, hint = (
            msg("This console only shows: nothing can be changed here"),
            msg("Use the command line for changes"),
        )
        return RequestRefusal(status=405, text=text, hint=hint, allow=", ".join(allowed))
    return None


def _host(request: Request) -> str | None:
    """Without its port, in lower case."""
    values = request.headers.getlist("host")
    if len(values) != 1:
        return None
    name = values[0].strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0] or None
