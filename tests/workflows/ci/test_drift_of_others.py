"""The rest of the fleet beside a plan: where it cannot be read, one notice says why, and nothing is raised."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan
from reconciler.ports import Unreachable
from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.workflows.ci import other_drift
from reconciler.workflows.ci.other_drift import changes_of_others, drift_of_others
from reconciler.workflows.plan import PlanRequest, plan_changes
from tests.support.session_harness import NoSignals, write_fleet

NOTHING = Plan(shops=(), fingerprint="")


@pytest.fixture
def session(tmp_path):
    settings = load_settings(write_fleet(tmp_path / "fleet") / "reconciler.yaml")
    assert isinstance(settings, Settings)
    return open_session(settings, stop_signals=NoSignals())


def notices(session) -> list[str]:
    async def main():
        return await drift_of_others(session, NOTHING)

    found, _requests = anyio.run(main)
    return [str(each) for each in found]


@asynccontextmanager
async def unreachable(_hear) -> AsyncIterator[None]:
    raise Unreachable(msg("no answer"), request="GET /shops")
    yield


@asynccontextmanager
async def silent(_hear) -> AsyncIterator[None]:
    await anyio.sleep_forever()
    yield


def test_shops_that_differ_are_counted(session):
    (found,) = notices(session)
    assert found.startswith(
        "Shops outside this pull request that differ from their manifests: 2 of 2 (kyoto-tea, uji-cups)."
    )
    assert found.endswith("run `reconciler drift`")


def test_a_backend_that_cannot_be_reached(session):
    assert notices(replace(session, observing=unreachable)) == ["The rest of the fleet was not compared: no answer"]


def test_a_backend_that_says_nothing(session, monkeypatch):
    monkeypatch.setattr(other_drift, "_SECONDS", 0.01)
    (found,) = notices(replace(session, observing=silent))
    assert found.startswith("The rest of the fleet was not compared: it took more than")


def test_a_shop_that_the_backend_does_not_have(session, tmp_path):
    (tmp_path / "fleet" / "seed.json").write_text('{"shops": [{"shopKey": "uji-cups"}]}')
    (found,) = notices(session)
    assert found == "The rest of the fleet was not compared: the backend did not return 1 shops"


def test_without_the_earlier_manifests_nothing_is_distinguished(session):
    async def main():
        return await plan_changes(session, PlanRequest())

    plan = anyio.run(main).plan
    (found,) = changes_of_others(session, plan, "f" * 40)
    assert str(found).startswith("Not distinguished: what the pull request itself changes (")
