"""`serve console`: refused where strangers could read it, and served from the store until it is ended."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Run, command, environment

TOKEN = "correct-horse-battery-staple"
TOKEN_SETTINGS = "embedded: {seed: seed.json}\nconsole: {token: 'ref+env://CONSOLE_TOKEN'}\n"


def settings(fleet: Path, console: str) -> None:
    (fleet / "reconciler.yaml").write_text(f"embedded: {{seed: seed.json}}\nconsole: {console}\n")


@pytest.mark.parametrize(
    ("console", "options", "says"),
    [
        ("{token: 'ref+env://CONSOLE_TOKEN'}", (), "error[S101]: The environment variable CONSOLE_TOKEN is not set"),
        ("{hosts: [console.example]}", (), "`console.hosts` is set, and the console would need no sign-in"),
        ("{proxy: {addresses: [10.0.0.7]}}", (), "`console.proxy` is set, and the console would need no sign-in"),
        ("{}", ("--host", "0.0.0.0"), "The console on 0.0.0.0 would need no sign-in"),
        ("{}", ("--host", "::"), "The console on :: would need no sign-in"),
        ("{proxy: {header: X-User, addresses: [0.0.0.0/0]}}", (), "`0.0.0.0/0` trusts the headers of everybody"),
        ("{proxy: {header: X-User, addresses: ['::/0']}}", (), "`::/0` trusts the headers of everybody"),
        ("{proxy: {header: X-User, addresses: [10.0.0.1/8]}}", (), "`10.0.0.1/8` is not an address or a range"),
        ("{proxy: {header: X-User, addresses: [10.0.0.300]}}", (), "`10.0.0.300` is not an address or a range"),
        ("{proxy: {header: X-User}}", (), "addresses"),
        ("{proxy: {header: 'X User', addresses: [10.0.0.7]}}", (), "the name of an HTTP header"),
        ("{token: plain-text-token-of-a-person}", (), "a reference such as ref+env://NAME"),
    ],
)
def test_settings_with_which_it_would_be_open_are_refused(
    fleet: Path, run: Run, console: str, options: tuple[str, ...], says: str
) -> None:
    settings(fleet, console)
    result = run("serve", "console", "--port", "0", *options)
    assert result.exit_code == 1
    assert says in result.stderr
    assert "reconciler.yaml" in result.stderr or console == "{}"
    assert "ready:" not in result.stderr


def test_a_short_token_is_refused_and_not_quoted(fleet: Path, run: Run) -> None:
    settings(fleet, "{token: 'ref+env://CONSOLE_TOKEN'}")
    result = run("serve", "console", "--port", "0", CONSOLE_TOKEN="hunter2-hunter2")
    assert result.exit_code == 1
    assert "fewer than 16 characters" in result.stderr
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_served_where_it_says_until_it_is_ended(fleet: Path, run: Run, ending: signal.Signals) -> None:
    assert run("drift").exit_code == 2
    (fleet / "reconciler.yaml").write_text(TOKEN_SETTINGS)
    with subprocess.Popen(
        command("serve", "console", "--port", "0"),
        env=environment(CONSOLE_TOKEN=TOKEN),
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stderr is not None
        ready = served.stderr.readline()
        address = ready.split()[2]
        with httpx.Client(base_url=address, follow_redirects=True) as browser:
            health = [browser.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")]
            form = browser.get("/shops/kyoto-tea")
            csrf = form.text.partition('name="csrf" value="')[2].partition('"')[0]
            page = browser.post("/sign-in", data={"csrf": csrf, "token": TOKEN, "next": "/shops/kyoto-tea"})
            statuses = {path: browser.get(path).status_code for path in PATHS}
            counted = browser.get("/metrics").text
        served.send_signal(ending)
        rest = served.stderr.read()
        assert served.wait(30) == 0
    assert ready == f"ready: console {address} (Ctrl-C stops it)\n"
    assert health == [200, 200, 200]
    assert form.url.path == "/sign-in"
    assert "Shop <code>kyoto-tea</code>" in page.text
    assert statuses == dict.fromkeys(PATHS, 200)
    assert 'reconciler_console_requests_total{route="/shops/{name}",status="200"} 1.0' in counted
    assert "kyoto-tea" not in counted
    assert TOKEN not in f"{page.text}{counted}{rest}"


PATHS = ("/", "/shops", "/onboarding", "/runs", "/plans", "/deferred", "/healing", "/inbox", "/alerts")


def test_the_variables_choose_the_port(fleet: Path, run: Run) -> None:
    result = run("serve", "console", RECONCILER_CONSOLE_PORT="70000")
    assert result.exit_code == 1
    assert "RECONCILER_CONSOLE_PORT" in result.stderr
