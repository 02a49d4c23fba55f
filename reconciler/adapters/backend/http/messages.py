"""A request as a value, and what came of it: `ApiRequest` -> `RawResponse` (bytes) or `NoResponse` (none) -> `ApiResponse`
(understood).

A secret in a body stays a `Secret` until `content` writes it down, so that no call can print one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Final

from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import Secret, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Fence

API: Final = "/admin-api/v1"


@frozen
class ApiRequest:
    """`path` starts below base_url; `query` is written out already. `version` becomes If-Match, `key` Idempotency-Key, `held`
    If-None-Match: the version that the reader has already.

    `write_key` becomes X-Write-Key, `fence` X-Fence. `valid_until` is the clock's monotonic time after which it must not be sent.

    `items`: the writes, or shops, that it is about together. `paced`: its first attempt has waited for the turn of its shops.

    `repeatable`: asking twice does no harm, so a lost answer is simply asked for again.
    """

    method: str
    path: str
    query: str = ""
    shop: ShopKey | None = None
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    version: str | None = None
    key: str | None = None
    form: str | None = field(default=None, repr=False)
    cached_version: str | None = None
    write_key: str | None = None
    fence: Fence | None = None
    valid_until: float | None = None
    items: int = 1
    paced: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def trace_attributes(self) -> Mapping[str, str | int]:
        """Without the query, and without numbers of orders and of other objects."""
        words = self.path.split("/")
        shown = [word if word in {self.shop, "v1"} or not any(map(str.isdigit, word)) else "{id}" for word in words]
        shop = {} if self.shop is None else {"reconciler.shop": str(self.shop)}
        return {"http.request.method": self.method, "url.path": "/".join(shown), **shop}

    @property
    def repeatable(self) -> bool:
        return self.method == "GET" or self.form is not None

    @property
    def content(self) -> bytes:
        """The body as it goes onto the wire."""
        if self.form is not None:
            return self.form.encode()
        return b"" if self.body is None else json.dumps(self.body, default=_revealed).encode()

    @property
    def happened(self) -> bool | None:
        """Of a call that was sent and not answered well: a read changes nothing, of a write it is not known."""
        return False if self.repeatable else None

    def secrets(self) -> Iterator[Secret]:
        return _secrets_in(self.body or {})


def _secrets_in(body: Mapping[str, Any]) -> Iterator[Secret]:
    for value in body.values():
        if isinstance(value, Secret):
            yield value
        for inner in value if isinstance(value, list) else (value,):
            if isinstance(inner, Mapping):
                yield from _secrets_in(inner)


def _revealed(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"a {type(value).__name__} is not sent")


@frozen
class RawResponse:
    """`fault` is set where the body could not be taken as it came (too large, broken compression). `json`: of an answer to one
    item among several, in place of a body.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    fault: Message | None = None
    json: Mapping[str, Any] | None = field(default=None, repr=False)


@frozen
class NoResponse:
    """No answer. `sent` is False only where the request certainly never left."""

    why: Message
    sent: bool


@frozen
class ApiResponse:
    """An answer that was understood: a JSON object, the resource's version, the backend's id for the request.

    `unmoved`: the reader has it already, and the object is empty.
    """

    json: Mapping[str, Any] = field(repr=False)
    version: str | None = None
    request_id: str | None = None
    not_modified: bool = False
