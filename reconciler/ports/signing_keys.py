"""Where the certificates come from that Amazon SNS signs with, and where good ones are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reconciler.lib.frozen_class import frozen


class KeyUnavailable(Exception):
    """The certificate is not available now. That is no forgery: Amazon gets 503 and retries.

    `reason` is a word of a closed list (`timeout`, `status`, `too-large`, `unreachable`, `not-pinned`). `url` is the address,
    whose form was checked, where the message is known.
    """

    def __init__(self, reason: str, url: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.url = url


class SigningKeys(Protocol):
    async def pem(self, url: str) -> bytes:
        """The content of the address, at most 64 KiB, requested once: no redirect is followed, nothing is cached.

        `url` has been checked by the caller. Raises KeyUnavailable.
        """
        ...


@frozen
class CertificateFile:
    """`content` None: it was not read, `problem` says why in a word of a closed list (`permissions`, `too-large`,
    `unreadable`).
    """

    name: str
    content: bytes | None
    problem: str = ""


class CertificateFiles(Protocol):
    """A folder with a certificate in each file. What is in a file is judged by the caller."""

    async def read_all(self) -> Sequence[CertificateFile]:
        """In the order of the names. Raises OSError; a folder that is not there is empty."""
        ...

    async def write(self, name: str, content: bytes) -> None:
        """Whole or not at all, also after a power cut, for the owner only. Raises OSError."""
        ...

    async def remove(self, name: str) -> None:
        """Raises OSError."""
        ...
