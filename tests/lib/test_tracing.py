"""Spans go to the tracer of the process, if it has one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.lib.tracing import Attributes, Span, span, using_tracer


class KeptSpans:
    """Implements Tracer and Span: keeps what it is given."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    @contextmanager
    def span(self, name: str, attributes: Attributes) -> Iterator[Span]:
        self.seen.append((name, dict(attributes)))
        yield self
        self.seen.append(f"end of {name}")

    def set(self, name: str, value: str | int) -> None:
        self.seen.append((name, value))


def test_spans_reach_the_tracer_while_it_is_in_use() -> None:
    kept = KeptSpans()
    with using_tracer(kept), span("apply", {"shop": "kyoto-tea"}) as inner:
        inner.set("steps", 3)
    with span("later", {}) as unseen:
        unseen.set("steps", 4)
    assert kept.seen == [("apply", {"shop": "kyoto-tea"}), ("steps", 3), "end of apply"]


def test_a_tracer_is_out_of_use_after_a_failure() -> None:
    kept = KeptSpans()
    with pytest.raises(LookupError), using_tracer(kept):
        raise LookupError
    with span("later", {}):
        pass
    assert kept.seen == []
