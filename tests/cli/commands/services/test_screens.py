"""Who may sign in to the screens of a served backend."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import command, environment
from tests.embedded.pages.browsing import Person

pytestmark = pytest.mark.system

SECRET = "long-enough-a-secret"


@pytest.fixture
def address(fleet: Path) -> Iterator[str]:
    with subprocess.Popen(
        command("serve", "backend", "--port", "0"),
        env=environment(RECONCILER_BACKEND_SECRET=SECRET),
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stderr is not None
        lines = [served.stderr.readline() for _ in range(3)]
        yield lines[2].partition("screens: ")[2].partition("admin/")[0]
        served.send_signal(signal.SIGTERM)


def test_the_client_of_the_backend_signs_in_as_an_operator(address: str) -> None:
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        page = Person(client).signs_in("", "reconciler", SECRET)
    assert page.address == "/admin/shops"
    assert {"kyoto-tea", "uji-cups"} <= set(page.links)
