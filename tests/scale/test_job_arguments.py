"""A job names a chunk; what another version wrote is recognised, and never half understood."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.scale.job_arguments import ChunkName, job_arguments, read_arguments

values = st.none() | st.booleans() | st.integers() | st.text(max_size=8)


@given(st.text(min_size=1), st.integers(0, 2**40))
def test_a_name_is_read_as_it_was_written(run: str, number: int) -> None:
    assert read_arguments(job_arguments(run, number)) == ChunkName(run=run, number=number)


@given(st.dictionaries(st.sampled_from(("version", "run", "number", "shops")), values))
def test_whatever_a_job_says_is_a_name_or_nothing(arguments: dict[str, Any]) -> None:
    read = read_arguments(arguments)

    assert (
        read is None
        or job_arguments(read.run, read.number).items() <= {**arguments, "number": str(read.number)}.items()
    )


@pytest.mark.parametrize("changed", [{"version": 2}, {"version": None}, {"number": 3}, {"number": "-1"}, {"run": 7}])
def test_arguments_of_another_version_are_left(changed: dict[str, Any]) -> None:
    assert read_arguments({**job_arguments("r", 3), **changed}) is None
