"""The seal that the backend shows is recorded with the step that wrote the secret: it may be the last event of the run."""

import pytest

from reconciler.core.model.state import FieldRef
from reconciler.core.runs.events import StepDone
from reconciler.core.values import ShopKey
from tests.support.example_worlds import Memory, applied, going_live, leaving
from tests.support.fake_backend import Fault
from tests.support.strategies import TOKENS, secret

A = ShopKey("a")
TOKEN = FieldRef("amazon_settings", "mws_auth_token")


def reported(world, *faults: Fault) -> list[tuple[int, bool]]:
    """The steps that recorded a seal, and whether it is that of the token."""
    world.backend.faults.extend(faults)
    journal = Memory()
    applied(world.plan(), world.backend, journal)
    done = [event for event in journal.events if isinstance(event, StepDone)]
    return [
        (event.step, ref == TOKEN and seal.matches(secret(TOKENS[0]))) for event in done for ref, seal in event.seals
    ]


@pytest.mark.parametrize("faults", [(), (Fault(shop=A, at=0, lost=True),)], ids=["answered", "the answer was lost"])
def test_by_the_step_that_wrote_it_and_by_the_last_look(faults: tuple[Fault, ...]) -> None:
    world = going_live()
    last = len(world.plan().shops[0].steps) - 1
    assert reported(world, *faults) == [(0, True), (last, True)]


def test_nothing_is_shown_of_a_secret_that_the_plan_does_not_have() -> None:
    assert reported(leaving()) == []
