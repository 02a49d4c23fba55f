import re
from itertools import pairwise

from reconciler.core.conformance.clause import GROUP_TITLES, ClauseGroup
from reconciler.core.conformance.clauses import ALL_CLAUSES, CLAUSES


def test_ids_are_unique_and_in_order():
    ids = [clause.id for clause in ALL_CLAUSES]
    assert all(re.fullmatch(r"K[1-9][0-9]{2}", each) for each in ids)
    assert all(left < right for left, right in pairwise(ids))
    assert list(CLAUSES) == ids


def test_each_group_has_a_title_and_a_clause():
    assert list(GROUP_TITLES) == list(ClauseGroup)
    assert {clause.group for clause in ALL_CLAUSES} == set(ClauseGroup)


def test_each_title_is_said_once():
    assert len({clause.title for clause in ALL_CLAUSES}) == len(ALL_CLAUSES)
