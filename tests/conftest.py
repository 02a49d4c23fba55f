"""What all tests share: hypothesis profiles, and asyncio as the event loop of async tests."""

import pytest
from hypothesis import HealthCheck, Phase, settings

_COMMON = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("default", max_examples=30, **_COMMON)
settings.register_profile("soak", max_examples=1000, **_COMMON)
settings.register_profile("quick", max_examples=10, phases=[Phase.explicit, Phase.generate], **_COMMON)
settings.load_profile("default")


@pytest.fixture
def anyio_backend():
    return "asyncio"
