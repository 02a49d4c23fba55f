"""Screens, backend and tool as three processes: what a merchant changes by hand is drift, and an apply is seen on the screen."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import command, environment, process
from tests.embedded.pages.browsing import PASSWORD, Person

SECRET = "long-enough-a-secret"
SETTINGS = "/admin/shops/kyoto-tea/amazon-settings"


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


@pytest.fixture
def hanako(address: str, fleet: Path) -> Iterator[Person]:
    words = ["user", "hanako", "--shop", "kyoto-tea", "--name", "花子", "--password-env", "HANAKO"]
    known = environment(HANAKO=PASSWORD, RECONCILER_EMBEDDED_DATABASE=".reconciler/embedded.db")
    subprocess.run([sys.executable, "-m", "reconciler.embedded", *words], env=known, cwd=fleet, check=True, timeout=60)
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        person = Person(client)
        person.signs_in("kyoto-tea", "hanako")
        yield person


def tool(address: str, *words: str) -> subprocess.CompletedProcess[str]:
    own = environment(RECONCILER_BACKEND_KIND="http", RECONCILER_BACKEND_URL=address, RECONCILER_BACKEND_SECRET=SECRET)
    return process(*words, env=own)


def test_a_change_by_hand_is_drift_and_an_apply_is_seen_on_the_screen(address: str, hanako: Person) -> None:
    applied = tool(address, "apply", "kyoto-tea", "--auto-approve")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    page = hanako.opens(SETTINGS)
    declared = page.form("/amazon-settings").value("notification_email")
    assert "表示中" in page.text
    page = hanako.sends("/amazon-settings", notification_email="hanako@kyoto-tea.example")
    assert page.statuses == ["保存しました。"]

    drifted = tool(address, "drift", "kyoto-tea", "--lang", "ja")
    assert drifted.returncode == 2, drifted.stdout + drifted.stderr
    assert "hanako@kyoto-tea.example" in drifted.stdout
    assert "花子" in drifted.stdout, drifted.stdout

    applied = tool(address, "apply", "kyoto-tea", "--auto-approve")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    page = hanako.opens(SETTINGS)
    assert page.form("/amazon-settings").value("notification_email") == declared


def test_the_client_of_the_backend_signs_in_as_an_operator(address: str) -> None:
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        page = Person(client).signs_in("", "reconciler", SECRET)
    assert page.address == "/admin/shops"
    assert {"kyoto-tea", "uji-cups"} <= set(page.links)
