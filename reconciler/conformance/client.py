"""Requests to the backend under check: a token, retries after 429, and a record of every answer.

In: an address and credentials. Out: answers as they are; a check decides what is wrong with them. Raises
`BackendError` where no check could go on: no connection, HTML, credentials that are not accepted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from reconciler.conformance.answers import BackendAnswer
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.values import Secret
from reconciler.lib import strict_json
from reconciler.lib.frozen_class import frozen
from reconciler.ports.errors import (
    BackendError,
    BackendMaintenance,
    ShopUnknown,
    Throttled,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from reconciler.ports.runtime import Clock

API: Final = "/admin-api/v1"
_LONGEST_WAIT: Final = 60.0
_TRIES: Final = 5
_KEPT_TEXT: Final = 200_000
"""Characters of a body that are kept for the checks of all answers."""


class Unanswered(Unreachable):
    """A request that was sent, or may have been, and has no answer."""


@frozen
class CheckedBackend:
    """`url` is the address of the backend, without a path of the contract. `timeout` in seconds."""

    url: str
    client_id: str
    client_secret: Secret
    timeout: float = 30.0


@dataclass(slots=True)
class KitClient:
    """`http` sends; it follows no redirects. `answers` are all so far, in order. `touched` are the shops
    that writes were sent for since they were restored last.
    """

    backend: CheckedBackend
    http: httpx.AsyncClient
    clock: Clock
    answers: list[BackendAnswer] = field(default_factory=list)
    requests: list[RequestLogEntry] = field(default_factory=list)
    token: str = ""
    token_shop: str | None = None
    touched: set[str] = field(default_factory=set)

    async def sign_in(self, shops: tuple[str, ...]) -> None:
        """As an operator; else, where a single shop is named, as the client of that shop."""
        answer = await self.request_token()
        if answer.status in (401, 403) and len(shops) == 1:
            self.token_shop = shops[0]
            answer = await self.request_token()
        if answer.status in (401, 403):
            raise Unauthorised(msg("the backend does not accept the credentials"), request=answer.request)
        body = answer.body
        if answer.status != 200 or not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
            raise _unusable(answer)
        self.token = body["access_token"]

    async def request_token(self, secret: str | None = None) -> BackendAnswer:
        given = self.backend.client_secret.reveal() if secret is None else secret
        headers = {} if self.token_shop is None else {"X-SHOP-KEY": self.token_shop}
        return await self._exchange(
            "POST",
            "/oauth/token",
            headers,
            httpx.BasicAuth(self.backend.client_id, given),
            data={"grant_type": "client_credentials"},
        )

    async def read(self, path: str, shop: str | None = None, **headers: str) -> BackendAnswer:
        return await self.send("GET", path, shop, headers=_dashed(headers))

    async def send(
        self,
        method: str,
        path: str,
        shop: str | None = None,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> BackendAnswer:
        """`body` is sent as JSON, `content` as it is. A token that has expired is renewed once."""
        sent = dict(headers or {})
        if method != "GET":
            self.touched.update(_shops_of(shop, body))
        if shop is not None:
            sent.setdefault("X-SHOP-KEY", shop)
        if content is None and body is not None:
            content = json.dumps(body, ensure_ascii=False).encode()
        if content is not None:
            sent["Content-Type"] = "application/json"
        own = "Authorization" not in sent
        for renewed in (False, True):
            if own:
                sent["Authorization"] = f"Bearer {self.token}"
            answer = await self._patiently(method, path, sent, content)
            if not own or renewed or answer.problem_code != "INVALID_TOKEN":
                break
            await self.sign_in(() if self.token_shop is None else (self.token_shop,))
        return answer

    async def _patiently(self, method: str, path: str, headers: dict[str, str], content: bytes | None) -> BackendAnswer:
        for _ in range(_TRIES):
            answer = await self._exchange(method, path, headers, content=content)
            if answer.status != 429:
                return answer
            given = answer.headers.get("retry-after", "")
            await self.clock.sleep(min(float(given), _LONGEST_WAIT) if given.isdigit() else 1.0)
        raise Throttled(msg("the backend answers 429 to each of {count} tries", count=_TRIES), request=answer.request)

    async def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], auth: httpx.Auth | None = None, **body: Any
    ) -> BackendAnswer:
        started = self.clock.monotonic()
        request = f"{method} {path}"
        try:
            response = await self.http.request(
                method, path, headers=dict(headers), auth=httpx.USE_CLIENT_DEFAULT if auth is None else auth, **body
            )
        except (httpx.ConnectError, httpx.ConnectTimeout):
            self._log(method, path, None)
            raise Unreachable(msg("no connection could be made"), request=request) from None
        except httpx.HTTPError:
            self._log(method, path, None)
            raise Unanswered(msg("no answer in time"), request=request, happened=None) from None
        self._log(method, path, response.status_code)
        answer = _as_answer(request, response, self.clock.monotonic() - started)
        self.answers.append(answer)
        return answer

    def _log(self, method: str, path: str, status: int | None) -> None:
        self.requests.append(RequestLogEntry(method=method, path=path.partition("?")[0], status=status))


def path_of_shop(shop: str, route: str) -> str:
    return f"{API}/shops/{quote(shop, safe='')}/{route}"


def origin_in(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def require_json(answer: BackendAnswer) -> BackendAnswer:
    """An answer of the backend itself: 200 with JSON. Raises BackendError."""
    if answer.status == 200 and isinstance(answer.body, dict):
        return answer
    raise _unusable(answer)


def _unusable(answer: BackendAnswer) -> BackendError:
    if answer.problem_code == "MAINTENANCE":
        return BackendMaintenance(msg("the platform is in maintenance"), request=answer.request)
    if answer.problem_code == "SHOP_NOT_FOUND":
        return ShopUnknown(msg("the backend knows no such shop"), reason="SHOP_NOT_FOUND", request=answer.request)
    if answer.media_type == "text/html":
        return Unexpected(msg("the answer is a page of HTML: this is no address of a backend"), request=answer.request)
    return Unexpected(msg("the answer is {answer}", answer=answer.described), request=answer.request)


def _as_answer(request: str, response: httpx.Response, seconds: float) -> BackendAnswer:
    body, twice = None, False
    if "json" in response.headers.get("content-type", ""):
        try:
            body = strict_json.loads(response.content)
        except strict_json.DuplicateKey:
            twice = True
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            body = None
    return BackendAnswer(
        request=request,
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        text=response.text[:_KEPT_TEXT],
        body=body,
        seconds=seconds,
        duplicate_key=twice,
    )


def _shops_of(shop: str | None, body: Any) -> set[str]:
    """Of a write of one shop, or of the items of a bulk write."""
    items = body.get("items") if isinstance(body, dict) else None
    named = {item.get("shopKey") for item in items if isinstance(item, dict)} if isinstance(items, list) else set()
    return {each for each in (shop, *named) if isinstance(each, str)}


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
