"""AWS Signature Version 4, as its documentation describes it: what a request has to be signed with. No library of AWS is used.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a header `Authorization` says of itself."""

    key_id: str
    region: str
    service: str
    headers: tuple[str, ...]
    valid: bool


def checked(method: str, target: str, headers: Mapping[str, str], body: bytes, secret: str) -> Signed | None:
    """`headers` have names in lower case. None where there is no signature."""
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None:
        return None
    key_id, day, region, service, names, signature = found.groups()
    signed = tuple(names.split(";"))
    canonical = _canonical(method, target, headers, signed, body)
    time = headers["x-amz-date"]
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    expected = hmac.new(_key(secret, day, region, service), text.encode(), hashlib.sha256).hexdigest()
    valid = time.startswith(day) and hmac.compare_digest(expected, signature)
    return Signed(key_id=key_id, region=region, service=service, headers=signed, valid=valid)


def _canonical(method: str, target: str, headers: Mapping[str, str], signed: tuple[str, ...], body: bytes) -> str:
    parts = urlsplit(target)
    query = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(parts.query, True))
    return "\n".join(
        [
            method,
            quote(parts.path or "/"),
            "&".join(f"{key}={value}" for key, value in query),
            *(f"{name}:{' '.join(headers[name].split())}" for name in signed),
            "",
            ";".join(signed),
            hashlib.sha256(body).hexdigest(),
        ]
    )


def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
