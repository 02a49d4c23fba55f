"""Which function checks which clause."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from reconciler.conformance.kit import Kit
from reconciler.core.conformance.clauses import CLAUSES

Check = Callable[[Kit], Awaitable[None]]

_CHECKS: Final[dict[str, Check]] = {}


def checks_clause(clause_id: str) -> Callable[[Check], Check]:
    """Marks the function that checks this clause. It returns where the clause is kept, and raises an error of `verdicts` else."""
    assert clause_id in CLAUSES, clause_id
    assert clause_id not in _CHECKS, clause_id

    def mark(check: Check) -> Check:
        _CHECKS[clause_id] = check
        return check

    return mark


def check_of(clause_id: str) -> Check:
    return _CHECKS[clause_id]


def checked_ids() -> frozenset[str]:
    return frozenset(_CHECKS)
