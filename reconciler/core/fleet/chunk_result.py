"""What became of the shops of one chunk: small, the same for the same outcome, with a digest.

In: counts by outcome, and the shops that need attention. Out: JSON and back, and the digest of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from reconciler.core.model.canonical import Json, dumps
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class ChunkFailure:
    """A shop that failed or could not be read: `outcome` as in `counts`, `code` of its first diagnostic, if it has one."""

    shop: ShopKey
    outcome: str
    code: str | None = None


@frozen
class ChunkResult:
    """`counts`: shops by outcome; those of a look are `in-sync`, `drift` and `unknown`, those of an apply the words of
    `core.runs.report.ShopOutcome`. `fields`: how many differ, of a look. `failures` sorted by shop. `run` is the run of the
    journal under which was written, None for a look.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    fields: int = 0
    failures: tuple[ChunkFailure, ...] = ()
    run: str | None = None
    error: str | None = None
    """Why the chunk could not be done at all: one line, redacted."""

    @property
    def digest(self) -> str:
        """The same for the same outcome on any worker: without the run of the journal."""
        document = {**_document(self), "run": None}
        return "sha256:" + hashlib.sha256(dumps(document).encode()).hexdigest()


def chunk_result_document(result: ChunkResult) -> Json:
    return _document(result)


def read_chunk_result(document: Any) -> ChunkResult:
    """Raises KeyError, TypeError or ValueError for what `chunk_result_document` did not write."""
    return ChunkResult(
        counts={str(word): int(count) for word, count in document["counts"].items()},
        fields=int(document["fields"]),
        failures=tuple(
            ChunkFailure(shop=ShopKey(each["shop"]), outcome=each["outcome"], code=each["code"])
            for each in document["failures"]
        ),
        run=document["run"],
        error=document["error"],
    )


def _document(result: ChunkResult) -> dict[str, Json]:
    failures: list[Json] = [
        {"shop": each.shop, "outcome": each.outcome, "code": each.code}
        for each in sorted(result.failures, key=lambda each: each.shop)
    ]
    return {
        "counts": {word: count for word, count in sorted(result.counts.items()) if count},
        "fields": result.fields,
        "failures": failures,
        "run": result.run,
        "error": result.error,
    }
