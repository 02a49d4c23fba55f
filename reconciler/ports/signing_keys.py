"""Where the certificates come from that Amazon SNS signs with."""

from __future__ import annotations

from typing import Protocol


class KeyUnavailable(Exception):
    """The certificate cannot be had now. It is nobody's forgery: Amazon is asked to come again.

    `reason` is a word of a closed list (`timeout`, `status`, `too-large`, `unreachable`, `not-pinned`).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SigningKeys(Protocol):
    async def pem(self, url: str) -> bytes:
        """What stands at the address, at most 64 KiB, asked for once: no redirect is followed, nothing is remembered.

        `url` has been checked by the caller. Raises KeyUnavailable.
        """
        ...
