"""Places for a source and a target of each kind."""

import pytest


@pytest.fixture
def places(request, tmp_path):
    """Makes the address of a new place of a kind."""
    made = iter(range(1, 99))

    def place(kind: str) -> str:
        if kind == "sqlite":
            return str(tmp_path / f"store-{next(made)}.db")
        return request.getfixturevalue("cluster").fresh()

    return place


def _pair(request, places):
    source, target = request.param.split("-")
    return places(source), places(target)


any_pair = pytest.fixture(
    _pair, params=["sqlite-postgresql", "postgresql-sqlite", "sqlite-sqlite", "postgresql-postgresql"], name="any_pair"
)
"""The addresses of a source and of a target of any kinds."""

pair = pytest.fixture(_pair, params=["sqlite-postgresql", "postgresql-sqlite"], name="pair")
"""The same, of different kinds."""
