"""Spans: named parts of the work with a start, an end and attributes. Without a tracer they cost next to nothing.

In: names and attributes that hold no secret and no buyer's data. Out: nothing; a tracer, if the process has one,
exports them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Attributes = Mapping[str, str | int]


class Span(Protocol):
    def set(self, name: str, value: str | int) -> None:
        """An attribute that is known later."""
        ...


class Tracer(Protocol):
    def span(self, name: str, attributes: Attributes) -> AbstractContextManager[Span]: ...


class _NoSpan:
    def set(self, name: str, value: str | int) -> None: ...


_tracers: list[Tracer] = []


@contextmanager
def using_tracer(tracer: Tracer) -> Iterator[None]:
    """For all spans of the process while the block lasts."""
    _tracers.append(tracer)
    try:
        yield
    finally:
        _tracers.remove(tracer)


@contextmanager
def span(name: str, attributes: Attributes) -> Iterator[Span]:
    """A span below the one that the task is in."""
    if not _tracers:
        yield _NoSpan()
        return
    with _tracers[-1].span(name, attributes) as inner:
        yield inner
