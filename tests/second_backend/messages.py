"""A request as the handlers see it, and what they answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from tests.second_backend.problems import Refusal, wrong
from tests.second_backend.state import Actor

_WRITE_KEY = re.compile(r"[!-~]{1,255}")
_FENCE = re.compile(r"([0-9A-Za-z_-]{1,64}):([0-9]{1,15})")


@dataclass(frozen=True)
class Caller:
    client: str
    shop: str | None
    """None: an operator client, which sees all shops."""


@dataclass(frozen=True)
class Ask:
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    origin: str
    """Of the address that the client used, for `nextUrl`."""
    route: str

    def number(self, name: str, default: int) -> int:
        text = self.query.get(name)
        if text is None:
            return default
        if re.fullmatch(r"[0-9]{1,4}", text) is None or not 1 <= int(text) <= 500:
            raise wrong(name, "is not a number from 1 to 500")
        return int(text)

    def choice(self, name: str, words: tuple[str, ...], default: str | None = None) -> str | None:
        text = self.query.get(name)
        if text is not None and text not in words:
            raise wrong(name, f"is none of {', '.join(words)}")
        return default if text is None else text

    @property
    def after(self) -> str:
        """What the cursor names: all up to it was read already. Empty without one."""
        text = self.query.get("cursor", "")
        try:
            return bytes.fromhex(text).decode()
        except ValueError:
            raise wrong("cursor", "is none of this backend's") from None

    @property
    def environment(self) -> str:
        return str(self.choice("environment", ("PRODUCTION", "SANDBOX"), "PRODUCTION"))


@dataclass(frozen=True)
class Terms:
    """What a write states beside its content."""

    actor: Actor
    if_match: str | None
    fence: tuple[str, int] | None = None
    idempotency_key: str | None = None

    @staticmethod
    def of(ask: Ask) -> Terms:
        headers = ask.headers
        fence = headers.get("X-Fence")
        write_key = headers.get("X-Write-Key")
        key = headers.get("Idempotency-Key")
        if write_key is not None and _WRITE_KEY.fullmatch(write_key) is None:
            raise wrong("X-Write-Key", "is not 1 to 255 visible characters of ASCII")
        if key is not None and not 1 <= len(key) <= 255:
            raise wrong("Idempotency-Key", "is not 1 to 255 characters")
        actor = Actor(ask.caller.client, "CLIENT", write_key)
        return Terms(actor, headers.get("If-Match"), None if fence is None else read_fence(fence), key)


def read_fence(text: str) -> tuple[str, int]:
    found = _FENCE.fullmatch(text)
    if found is None:
        raise wrong("X-Fence", "is not ISSUER:NUMBER")
    return found[1], int(found[2])


@dataclass
class Reply:
    status: int
    body: Any
    version: str | None = None
    headers: dict[str, str] = attribute(default_factory=dict)


def require_version(if_match: str | None, version: str) -> None:
    """Raises Refusal unless the strong tag of the version is among those given."""
    if if_match is None:
        raise Refusal("PRECONDITION_REQUIRED", "If-Match is missing")
    if f'"{version}"' not in [each.strip() for each in if_match.split(",")]:
        raise Refusal("PRECONDITION_FAILED", "the version is another one")


def unchanged(if_none_match: str | None, version: str) -> bool:
    tags = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return "*" in tags or f'"{version}"' in tags
