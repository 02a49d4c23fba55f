"""Where the certificates come from that Amazon SNS signs with."""

from __future__ import annotations

from typing import Protocol


class KeyUnavailable(Exception):
    """The certificate is not available now. That is no forgery: Amazon gets 503 and retries.

    `reason` is a word of a closed list (`timeout`, `status`, `too-large`, `unreachable`, `not-pinned`).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SigningKeys(Protocol):
    async def pem(self, url: str) -> bytes:
        """The content of the address, at most 64 KiB, requested once: no redirect is followed, nothing is cached.

        `url` has been checked by the caller. Raises KeyUnavailable.
        """
        ...
