"""Signatures of Standard Webhooks (version 1): HMAC-SHA256 over id, time and body, with each secret of a rotation.

In: the signing secret, `whsec_` and base64 of 24 to 64 bytes. Out: headers, or ValueError without the secret.

Own code: it is a call of the standard library, and the tests verify it with the package `standardwebhooks`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from reconciler.core.values import Secret

_PREFIX: Final = "whsec_"
_FEWEST: Final = 24
_MOST: Final = 64


def signing_key(secret: Secret) -> bytes:
    """Raises ValueError."""
    text = secret.reveal().strip()
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not (text.startswith(_PREFIX) and _FEWEST <= len(key) <= _MOST):
        raise ValueError("a signing secret is whsec_ and base64 of 24 to 64 bytes") from None
    return key


def signed_headers(message: str, body: bytes, keys: Sequence[bytes], now: datetime) -> dict[str, str]:
    """`message` is the id of the message."""
    at = str(int(now.timestamp()))
    content = f"{message}.{at}.".encode() + body
    signatures = (base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys)
    return {
        "webhook-id": message,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
