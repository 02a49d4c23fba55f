"""The access token: fetched once for all who wait, renewed before it ends or when the backend no longer takes it.

In: a way to ask for a grant. Out: a token as `Secret`. A failure is shared by all who waited for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import anyio

from reconciler.adapters.backend.http.interpret import copy_error
from reconciler.core.values import Secret
from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, Clock, Unauthorised

_EARLY: Final = timedelta(seconds=60)
_FIRST_BACKOFF: Final = 1.0
_MAX_BACKOFF: Final = 30.0
"""Seconds after a refused grant until the next request for one: the first time, and at most."""
_RENEWAL_TRIES: Final = 3
"""Attempts at a renewal in a row after an earlier grant succeeded."""


@frozen
class TokenGrant:
    token: Secret
    lifetime: timedelta


class TokenCache:
    """`fetch` requests a grant and raises BackendError.

    A refused grant is cached for a time that grows with each refusal, so that a fleet of shops does not request it a hundred
    thousand times. It is never cached permanently: the token route may refuse once and work again while a shop waits to be
    reopened.
    After a successful grant the credentials are known to be valid, and a refused renewal is retried at once.
    """

    def __init__(self, fetch: Callable[[], Awaitable[TokenGrant]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._token: Secret | None = None
        self._until: datetime = clock.now()
        self._failure: BackendError | None = None
        self._fetches = 0
        self._granted = False
        self._refusals = 0
        self._next_try = clock.monotonic()
        self._one = anyio.Lock()

    async def current(self) -> Secret:
        """Raises BackendError."""
        if self._token is not None and self._clock.now() < self._until:
            return self._token
        return await self._renew(self._fetches)

    async def replace(self, refused: Secret) -> Secret:
        """Another token than the one the backend did not take; it may have been fetched in the meantime."""
        self.discard(refused)
        return await self.current()

    def discard(self, refused: Secret) -> None:
        """The token is not used again."""
        if self._token is refused:
            self._token = None

    async def _renew(self, fetches: int) -> Secret:
        async with self._one:
            # Either no other task fetched during the wait, or the fetched token has been refused since.
            due = self._fetches == fetches or (self._token is None and self._failure is None)
            if due and not self._is_backing_off():
                await self._fetch_persistently()
        if self._token is not None:
            return self._token
        assert self._failure is not None  # a fetch brings one or the other
        raise copy_error(self._failure)

    def _is_backing_off(self) -> bool:
        return isinstance(self._failure, Unauthorised) and self._clock.monotonic() < self._next_try

    async def _fetch_persistently(self) -> None:
        tries = 0
        await self._fetch_once()
        while self._granted and isinstance(self._failure, Unauthorised) and (tries := tries + 1) < _RENEWAL_TRIES:
            await self._clock.sleep(backoff(tries, first=_FIRST_BACKOFF, longest=_MAX_BACKOFF))
            await self._fetch_once()

    async def _fetch_once(self) -> None:
        self._token = None
        self._failure = None
        try:
            grant = await self._fetch()
        except BackendError as failure:
            self._failure = copy_error(failure)
            self._note_refusal(failure)
        else:
            self._token = grant.token
            self._until = self._clock.now() + grant.lifetime - min(_EARLY, grant.lifetime / 10)
            self._granted, self._refusals = True, 0
        self._fetches += 1

    def _note_refusal(self, failure: BackendError) -> None:
        if not isinstance(failure, Unauthorised):
            return
        self._refusals += 1
        wait = backoff(self._refusals, first=_FIRST_BACKOFF, longest=_MAX_BACKOFF)
        self._next_try = self._clock.monotonic() + wait
