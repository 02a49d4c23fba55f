"""One request to the backend, from `ApiRequest` to `ApiResponse`: paced, bounded, authorised, asked again where that does no
harm.

Raises only errors of `ports`. It knows nothing of kinds. `get` is all that a reader is handed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import anyio
import httpx

from reconciler import __version__
from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.adapters.backend.http.import_aiohttp import import_without_certificates
from reconciler.adapters.backend.http.interpret import interpret, no_response_error, retry_exhausted_error, unexpected
from reconciler.adapters.backend.http.messages import ApiRequest, ApiResponse, NoResponse, RawResponse
from reconciler.adapters.backend.http.oauth import TokenCache, TokenGrant
from reconciler.adapters.backend.http.rate_limit import RateLimiter
from reconciler.adapters.backend.http.retries import retry_after, retry_delay
from reconciler.adapters.backend.http.transport import HttpExchange
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import REDACTED, may_be_secret, redact
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.lib.tracing import span
from reconciler.ports import (
    BackendError,
    Clock,
    LeaseExpired,
    Rejected,
    RequestLogEntry,
    Unauthorised,
    Unreachable,
)
from reconciler.ports.watch.request_pace import RequestPacer

_TOKEN_PATH: Final = "/oauth/token"  # noqa: S105  # a path
_LONGEST_TOKEN: Final = 4096
_NOT_FOUND: Final = 404

MAX_LOG_ENTRIES: Final = 100_000
"""Requests: more than a run over a fleet makes."""


RequestObserver = Callable[[RequestLogEntry], None]


class Client:
    """`heard` is called for each request as soon as it is answered or has failed. `rate` is shared with other clients."""

    def __init__(
        self,
        config: BackendConfig,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None,
        heard: RequestObserver | None = None,
        rate: RequestPacer | None = None,
    ) -> None:
        self.config = config
        self._clock = clock
        self._wire = HttpExchange(
            transport=_over_the_network(config) if transport is None else transport,
            connect_timeout=config.connect_timeout,
            read_timeout=config.read_timeout,
            answer_timeout=config.effective_answer_timeout,
            max_body=config.max_body,
        )
        self._slots = anyio.Semaphore(config.in_flight)
        self._pacing = RateLimiter(clock, config.requests_per_second)
        self._tokens = TokenCache(self._grant, clock)
        self._log: dict[int, RequestLogEntry] = {}
        self._asked = 0
        self._heard = heard
        self._credentials: tuple[Secret, ...] = (config.client_secret,)
        self._rate = rate

    @property
    def requests(self) -> tuple[RequestLogEntry, ...]:
        return tuple(self._log.values())

    async def aclose(self) -> None:
        await self._wire.transport.aclose()

    async def wait_for_turn(self, shop: ShopKey | None) -> None:
        """Returns when a request about the shop may leave. Called before a request that is `paced`."""
        await self._pacing.wait(shop or "")

    async def get(
        self, path: str, *, query: str = "", shop: ShopKey | None = None, held: str | None = None
    ) -> ApiResponse:
        return await self.send(ApiRequest(method="GET", path=path, query=query, shop=shop, cached_version=held))

    async def send(self, call: ApiRequest) -> ApiResponse:
        """Raises BackendError. A token that is no longer taken is renewed once.

        The call is repeated under the new token only where it certainly changed nothing: a gateway may answer 401 after the
        backend acted.
        """
        token = await self._tokens.current()
        result = await self._persistently(call, token)
        if isinstance(result, Unauthorised) and result.happened is not False:
            self._tokens.discard(token)
        elif isinstance(result, Unauthorised):
            token = await self._tokens.replace(token)
            result = await self._persistently(call, token)
        if isinstance(result, BackendError):
            raise result
        return result

    async def _persistently(self, call: ApiRequest, token: Secret | None) -> ApiResponse | BackendError:
        """Retries until there is a result: a reply, or an error that a retry will not fix."""
        left = self.config.patience
        tries = 0
        while True:
            outcome = await self._once(call, token)
            call = replace(call, paced=False) if call.paced else call
            tries += 1
            result = self._meaning(call, outcome, token)
            if isinstance(result, ApiResponse):
                return result
            wait = retry_delay(
                call=call,
                outcome=outcome,
                error=result,
                tries=tries,
                left=left,
                now=self._clock.now(),
            )
            if wait is None:
                return retry_exhausted_error(result, retry_after(outcome, self._clock.now()), self.config.patience)
            left -= wait
            await self._clock.sleep(wait)

    async def _once(self, call: ApiRequest, token: Secret | None) -> RawResponse | NoResponse:
        # The pause comes before the slot: who waits for a shop's turn must not hold up other shops.
        if not call.paced:
            await self.wait_for_turn(call.shop)
        if self._rate is not None:
            await self._rate.wait()
        async with self._slots:
            self._require_valid(call)
            line = RequestLogEntry(method=call.method, path=call.path, status=None, items=call.items)
            place = self._begin(line)
            with span(call.method, call.trace_attributes) as traced:
                outcome = await self._wire.send(call.method, self._url(call), self._headers(call, token), call.content)
                status = outcome.status if isinstance(outcome, RawResponse) else None
                traced.set(
                    *(("error.type", "no-response") if status is None else ("http.response.status_code", status))
                )
            self._end(place, replace(line, status=status))
            if self._rate is not None:
                self._rate.answered(status)
            return outcome

    def _require_valid(self, call: ApiRequest) -> None:
        """Raises LeaseExpired. A call may have waited long for its turn, or the process may have been suspended."""
        if call.valid_until is not None and self._clock.monotonic() >= call.valid_until:
            text = msg("{request} was not sent: the lease of the shop has expired", request=call.name)
            raise LeaseExpired(text, request=call.name)

    def _begin(self, line: RequestLogEntry) -> int:
        """Who runs for months remembers the last ones only."""
        self._asked += 1
        self._log[self._asked] = line
        self._log.pop(self._asked - MAX_LOG_ENTRIES, None)
        return self._asked

    def _end(self, place: int, line: RequestLogEntry) -> None:
        if place in self._log:
            self._log[place] = line
        if self._heard is not None:
            self._heard(line)

    def _meaning(
        self, call: ApiRequest, outcome: RawResponse | NoResponse, token: Secret | None
    ) -> ApiResponse | BackendError:
        if isinstance(outcome, NoResponse):
            return no_response_error(call, outcome, self.config.root)
        credentials = token or Secret(self._basic().removeprefix("Basic "), self.config.client_secret.source)
        self._credentials = (self.config.client_secret, credentials)
        return self.meaning(call, outcome)

    def meaning(self, call: ApiRequest, answer: RawResponse) -> ApiResponse | BackendError:
        """What an answer to `call` says, also one that came among several."""
        return interpret(call, answer, (*self._credentials, *call.secrets()))

    def _url(self, call: ApiRequest) -> str:
        return f"{self.config.root}{call.path}{'?' if call.query else ''}{call.query}"

    def _headers(self, call: ApiRequest, token: Secret | None) -> dict[str, str]:
        """The one place where credentials are written down."""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"reconciler/{__version__}",
            "Authorization": f"Bearer {token.reveal()}" if token else self._basic(),
        }
        if call.shop is not None:
            headers["X-SHOP-KEY"] = call.shop
        if call.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.version is not None:
            headers["If-Match"] = f'"{call.version}"'
        if call.cached_version is not None:
            headers["If-None-Match"] = f'"{call.cached_version}"'
        if call.key is not None:
            headers["Idempotency-Key"] = call.key
        if call.write_key is not None:
            headers["X-Write-Key"] = call.write_key
        if call.fence is not None:
            headers["X-Fence"] = f"{call.fence.issuer}:{call.fence.number}"
        return headers

    def _basic(self) -> str:
        pair = f"{self.config.client_id}:{self.config.client_secret.reveal()}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    async def _grant(self) -> TokenGrant:
        call = ApiRequest(
            method="POST", path=_TOKEN_PATH, form="grant_type=client_credentials", shop=self.config.shop_scope
        )
        result = await self._persistently(call, None)
        if isinstance(result, BackendError) and self._last_status(call) == _NOT_FOUND:
            raise Unreachable(self._no_backend(result.text), request=result.request, request_id=result.request_id)
        if isinstance(result, Rejected | Unauthorised):
            # OAuth also says "wrong client" with 400 (RFC 6749 5.2).
            raise Unauthorised(self._not_us(result.text), request=result.request, request_id=result.request_id)
        if isinstance(result, BackendError):
            raise result
        return _granted(call, result)

    def _last_status(self, call: ApiRequest) -> int | None:
        return next((line.status for line in reversed(self._log.values()) if line.path == call.path), None)

    def _no_backend(self, why: Message) -> Message:
        return msg("{why}; there is no backend at {address}", why=why, address=redact(self.config.root))

    def _not_us(self, why: Message) -> Message:
        """Who we said we are: the secret by its reference only."""
        return msg(
            "{why}; the client id is {client}, its secret comes from {source}",
            why=why,
            client=REDACTED if may_be_secret(self.config.client_id) else repr(self.config.client_id),
            source=redact(self.config.client_secret.source.uri),
        )


def _granted(call: ApiRequest, reply: ApiResponse) -> TokenGrant:
    token, lasts = reply.json.get("access_token"), reply.json.get("expires_in")
    usable = isinstance(token, str) and 0 < len(token) <= _LONGEST_TOKEN and token.isascii() and token.isprintable()
    if not (isinstance(token, str) and usable and " " not in token):
        raise unexpected(call, msg("the answer contains no usable access_token"), request_id=reply.request_id)
    kind = reply.json.get("token_type")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        # RFC 6749 7.1: a token of a type that is not understood must not be used.
        raise unexpected(
            call, msg("the token in the answer has a token_type other than Bearer"), request_id=reply.request_id
        )
    if isinstance(lasts, bool) or not isinstance(lasts, int) or not 0 < lasts < 10**9:
        raise unexpected(
            call, msg("the answer does not contain the lifetime of the token"), request_id=reply.request_id
        )
    return TokenGrant(token=Secret(token, SecretRef("access-token")), lifetime=timedelta(seconds=lasts))


def _over_the_network(config: BackendConfig) -> httpx.AsyncBaseTransport:
    """Raises ValueError where the client secret would travel unencrypted."""
    import_without_certificates()
    from reconciler.adapters.backend.http.aiohttp_transport import default_transport  # noqa: PLC0415  # aiohttp is heavy

    return default_transport(config)
