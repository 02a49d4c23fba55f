"""Posts a body as Amazon SNS does, to this machine: for trying out."""

from __future__ import annotations

import anyio
import httpx

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.addresses import is_loopback
from reconciler.ports import SetupError


async def post(address: str, body: bytes, message_id: str) -> int:
    """The status of the response. Raises SetupError without a response."""
    status = await try_post(address, body, message_id, within=15.0)
    if status is None:
        why = msg("The sidecar at {address} does not answer", address=address)
        hint = msg("Start one with `reconciler serve ipn`, or give its address with --to")
        raise SetupError(why, hint=hint, code=codes.UNREACHABLE)
    return status


async def try_post(address: str, body: bytes, message_id: str, *, within: float) -> int | None:
    """The status of the response; None without one within so many seconds."""
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": message_id,
    }
    try:
        with anyio.fail_after(within):
            async with (
                httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=within) as http,
                http.stream("POST", address, content=body, headers=headers) as response,  # its body is not read
            ):
                return response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError):
        return None


def is_of_this_machine(address: str) -> bool:
    """Whether a post to it stays here: decided by the parser that also connects."""
    try:
        return is_loopback(httpx.URL(address).host)
    except (httpx.InvalidURL, UnicodeError):
        return False


async def status_of(address: str) -> int | None:
    """The status of the answer to a GET; None without an answer, also where TLS fails."""
    try:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=5.0) as http:
            return (await http.get(address)).status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        return None
