"""Where a run of the tool can end: before and after each request, each transaction of the store and each message.

In: a port. Out: the same port for one life. A life that ended answers nothing more: not even a `finally` has any effect.
"""

from __future__ import annotations

import inspect
import os
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any


class Killed(BaseException):
    """No `except` of the tool catches it."""


class Life:
    """Ends at the `limit`-th sign of life at one of the `calls` (none: all); 0: never. `place` is where it ended. `done` are
    the calls that were completed; `on_done` is called with each. `really`: with SIGKILL, of the whole process.
    """

    def __init__(self, limit: int = 0, calls: Collection[str] = (), *, really: bool = False) -> None:
        self.limit = limit
        self.calls = calls
        self.really = really
        self.signs = 0
        self.place: str | None = None
        self.done: list[str] = []
        self.on_done: Callable[[str], None] = lambda _name: None

    @property
    def over(self) -> bool:
        return self.place is not None

    def sign(self, place: str) -> None:
        if not self.calls or place.partition(" ")[2] in self.calls:
            self.signs += 1
        if self.signs == self.limit and self.place is None:
            self.place = place
            if self.really:
                os.kill(os.getpid(), signal.SIGKILL)
        if self.over:
            raise Killed

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        self.sign(f"before {name}")
        yield
        self.done.append(name)
        self.on_done(name)
        self.sign(f"after {name}")


class Mortal:
    """Any port, for one life. `names`: the methods at which it can end; the others are not counted."""

    def __init__(self, inner: Any, life: Life, names: frozenset[str]) -> None:
        self._inner = inner
        self._life = life
        self._names = names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._living(name, found) if name in self._names else found

    def _living(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(call):

            async def wait(*words: Any, **named: Any) -> Any:
                with self._life.during(name):
                    return await call(*words, **named)

            return wait

        def act(*words: Any, **named: Any) -> Any:
            with self._life.during(name):
                return call(*words, **named)

        return act


class MortalStores:
    """Ports that open another port: `open(create=...)`."""

    def __init__(self, inner: Any, life: Life, names: frozenset[str]) -> None:
        self.inner = inner
        self._life = life
        self._names = names

    @contextmanager
    def open(self, *, create: bool) -> Iterator[Any]:
        with self.inner.open(create=create) as opened:
            yield None if opened is None else Mortal(opened, self._life, self._names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def was_killed(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(Killed) is not None
    return isinstance(error, Killed)
