"""Watchers as processes, over a fleet that is applied: real files, a real store, the embedded backend."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from tests.cli.service_process import ServiceProcess
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import Caller, open_caller, write_fleet
from tests.support.waiting import wait_until

HOOK = "whsec_" + base64.b64encode(bytes(range(32))).decode()
"""What signs the webhooks of the backend."""


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A fleet that is applied."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    folder = write_fleet(tmp_path / "fleet")
    monkeypatch.chdir(folder)
    settings = folder / "reconciler.yaml"
    settings.write_text(f"{settings.read_text()}watch: {{poll: 1s}}\n")
    caller = open_caller(folder)
    assert caller.run(apply_manifests, ApplyRequest()).exit_code == 0
    return caller


@pytest.fixture
def watching(caller: Caller) -> Iterator[Callable[..., ServiceProcess]]:
    with ExitStack() as stack:

        def start(*words: str) -> ServiceProcess:
            process = ServiceProcess("watch", caller.folder, *words, HOOK_SECRET=HOOK)
            stack.callback(process.child.wait)
            stack.callback(process.child.kill)
            wait_until(lambda: process.listens() or process.ended)
            return process

        yield start


def recorded_looks(caller: Caller) -> list[bool]:
    """Of each recorded look, oldest first: whether it was of the whole fleet."""
    with caller.session.findings.open(create=False) as store:
        found = () if store is None else store.looks(caller.session.target.fleet_name, limit=100)
    return [look.complete for look in reversed(found) if look.ended is not None]


def open_findings(caller: Caller) -> set[str]:
    with caller.session.findings.open(create=False) as store:
        found = () if store is None else store.findings(caller.session.target.fleet_name)
    return {finding.key.shop for finding in found}
