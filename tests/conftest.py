"""What all tests share: hypothesis profiles, and asyncio as the event loop of async tests."""

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

_COMMON = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("default", max_examples=20, **_COMMON)
settings.register_profile("soak", max_examples=1000, **_COMMON)
settings.register_profile("quick", max_examples=10, phases=[Phase.explicit, Phase.generate], **_COMMON)
settings.load_profile("default")


# Hundreds of processes are started, and as many databases made by migrations: what they run is compiled once, not each time.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True, scope="session")
def secrets_are_hashed_lightly() -> Iterator[None]:
    """A hash of a client's secret is made to be slow, and there are thousands of sign-ins here."""
    with pytest.MonkeyPatch.context() as patch:
        if "reconciler.embedded.resources.api_clients" in sys.modules:
            patch.setattr("reconciler.embedded.resources.api_clients._COST", 2)
        yield


@pytest.fixture
def anyio_backend():
    return "asyncio"
