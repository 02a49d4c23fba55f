"""Posts a body as Amazon SNS does, to this machine: for trying out."""

from __future__ import annotations

import httpx

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SetupError


async def post(address: str, body: bytes, message_id: str) -> int:
    """The status of the response. Raises SetupError without a response."""
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": message_id,
    }
    try:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=15.0) as http:
            return (await http.post(address, content=body, headers=headers)).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        why = msg("The sidecar at {address} does not answer", address=address)
        hint = msg("Start one with `reconciler serve ipn`, or give its address with --to")
        raise SetupError(why, hint=hint, code=codes.UNREACHABLE) from None


async def status_of(address: str) -> int | None:
    """The status of the answer to a GET; None without an answer, also where TLS fails."""
    try:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=5.0) as http:
            return (await http.get(address)).status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        return None
