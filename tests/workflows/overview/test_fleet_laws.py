"""Laws of the table of shops, over any looks: each shop is counted once, and is on one page."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.store.db.database import open_store
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.shop_rows import PAGE_SIZE, ShopOrder, ShopState
from tests.workflows.overview.recorded_fleet import DAY, NOW, RecordedFleet, sighting

SHOPS = tuple(f"shop-{number:03d}" for number in range(2 * PAGE_SIZE + 30))
FEW = SHOPS[:6]

shops_of_a_look = st.fixed_dictionaries(
    {
        "drifted": st.dictionaries(st.sampled_from(FEW), st.sampled_from(FindingSeverity)),
        "unread": st.sets(st.sampled_from(FEW)),
        "complete": st.booleans(),
        "shops": st.sets(st.sampled_from(SHOPS)),
    }
)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "journal.db"
    open_store(path).close()
    return path


@given(looks=st.lists(shops_of_a_look, min_size=1, max_size=4))
def test_the_states_and_the_pages_hold_each_shop_once(template, looks):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "journal.db"
        shutil.copy(template, place)
        fleet = RecordedFleet(Path(folder) / "fleet", str(place))
        try:
            for number, look in enumerate(looks):
                seen = [
                    sighting(shop, severity) for shop, severity in look["drifted"].items() if shop not in look["unread"]
                ]
                fleet.look(
                    NOW - DAY + number * timedelta(hours=1),
                    *seen,
                    shops=tuple(look["shops"]),
                    unread=dict.fromkeys(look["unread"], "B101"),
                    complete=look["complete"],
                )
            check_laws(fleet)
        finally:
            fleet.close()


def check_laws(fleet):
    overview = fleet.overview()
    shops = all_rows(fleet)
    names = [row.shop for row in shops]
    assert len(names) == len(set(names)) == overview.shops == overview.page.total
    assert sum(row.findings for row in shops) == overview.findings == overview.trend.points[-1].findings
    assert overview.trend.points[-1].shops == overview.states.get(ShopState.DRIFTED, 0)
    for state in ShopState:
        rows = all_rows(fleet, state=state)
        assert len(rows) == overview.states.get(state, 0)
        assert {row.state for row in rows} <= {state}
    for order in ShopOrder:
        for reverse in (False, True):
            assert {row.shop for row in all_rows(fleet, order=order, reverse=reverse)} == set(names)
    severe = [len(all_rows(fleet, severity=each)) for each in FindingSeverity]
    assert severe == sorted(severe, reverse=True)


def all_rows(fleet, **query):
    """All pages, one after the other."""
    first = fleet.overview(**query).page
    pages = [first, *(fleet.overview(page=page, **query).page for page in range(2, first.pages + 1))]
    assert [len(page.rows) for page in pages[:-1]] == [PAGE_SIZE] * (len(pages) - 1)
    return [row for page in pages for row in page.rows]
