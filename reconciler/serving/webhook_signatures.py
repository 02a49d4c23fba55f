"""Whether a webhook comes from who holds the secret. Pure: the time is given.

In: headers, body, the keys of a sender (several while one is replaced), the time. Out: None, or why not: for our log, not for the
sender. Each key is compared in constant time.

Own code, as for sending: the package `standardwebhooks` reads the time of day itself and knows one secret at a time. The tests
sign with it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final

from starlette.datastructures import Headers

TOLERANCE: Final = 300
"""Seconds that the time of a message may be from ours, in either direction."""
_ID: Final = re.compile(r"[!-\-/-~]{1,256}")
"""Without the dot, which ends the id in what is signed."""
_TIME: Final = re.compile(r"[0-9]{1,12}")
_MOST_SIGNATURES: Final = 16
_GITHUB: Final = re.compile(r"sha256=([0-9a-f]{64})")


class WebhookRefusal(Enum):
    UNSIGNED = "unsigned"
    """A header is missing, doubled or has no valid form."""
    STALE = "stale"
    """Too old, or from the future."""
    FORGED = "forged"
    """No key makes this signature."""


def check_standard(headers: Headers, body: bytes, keys: Sequence[bytes], now: datetime) -> WebhookRefusal | None:
    """Standard Webhooks, version 1."""
    message, at, signatures = (_only(headers, f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    if not (_ID.fullmatch(message) and _TIME.fullmatch(at) and signatures):
        return WebhookRefusal.UNSIGNED
    if abs(now.timestamp() - int(at)) > TOLERANCE:
        return WebhookRefusal.STALE
    content = f"{message}.{at}.".encode() + body
    given = [_decoded(each) for each in signatures.split(" ", _MOST_SIGNATURES)[:_MOST_SIGNATURES]]
    return _refusal([hmac.new(key, content, hashlib.sha256).digest() for key in keys], given)


def check_github(headers: Headers, body: bytes, keys: Sequence[bytes]) -> WebhookRefusal | None:
    """The signature says nothing about when."""
    found = _GITHUB.fullmatch(_only(headers, "x-hub-signature-256"))
    if found is None:
        return WebhookRefusal.UNSIGNED
    return _refusal([hmac.new(key, body, hashlib.sha256).digest() for key in keys], [bytes.fromhex(found[1])])


def check_gitlab(headers: Headers, keys: Sequence[bytes]) -> WebhookRefusal | None:
    """The token itself, and nothing that binds it to the body."""
    token = _only(headers, "x-gitlab-token")
    if not token:
        return WebhookRefusal.UNSIGNED
    # Digests have one length, so that the time does not depend on that of the token.
    return _refusal([_hashed(key) for key in keys], [_hashed(token.encode("latin-1"))])


def _only(headers: Headers, name: str) -> str:
    """Empty where it is missing or comes twice."""
    found = headers.getlist(name)
    return found[0] if len(found) == 1 else ""


def _decoded(signature: str) -> bytes:
    version, _, text = signature.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _hashed(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _refusal(made: Sequence[bytes], given: Sequence[bytes]) -> WebhookRefusal | None:
    """All are compared, also after one that fits."""
    fits = [hmac.compare_digest(one, other) for one in made for other in given]
    return None if any(fits) else WebhookRefusal.FORGED
