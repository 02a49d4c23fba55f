"""All clauses, in the order of their ids."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reconciler.core.conformance.clause import Clause
from reconciler.core.conformance.list_clauses import LIST_CLAUSES
from reconciler.core.conformance.reading_clauses import READING_CLAUSES
from reconciler.core.conformance.writing_clauses import WRITING_CLAUSES

ALL_CLAUSES: Final[tuple[Clause, ...]] = (*READING_CLAUSES, *WRITING_CLAUSES, *LIST_CLAUSES)
CLAUSES: Final[Mapping[str, Clause]] = MappingProxyType({clause.id: clause for clause in ALL_CLAUSES})
"""By id."""
