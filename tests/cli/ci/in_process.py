"""A job's command in this process: where it is not the process that is under test. Waits for the forge take no time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass

import anyio.lowlevel
import pytest
from click.testing import CliRunner

from reconciler.adapters.clock import SystemClock
from reconciler.cli.app import app
from tests.support.forge.runner import Job


@dataclass(frozen=True, slots=True)
class Done:
    """As `subprocess.CompletedProcess` names it."""

    returncode: int
    stdout: str
    stderr: str


class UnwaitingClock(SystemClock):
    async def sleep(self, seconds: float) -> None:
        await anyio.lowlevel.checkpoint()


def here(job: Job, *words: str, more: Mapping[str, str] | None = None) -> Done:
    """An exception that gets out is a fault."""
    own = {**job.environment, **(more or {})}
    gone = dict.fromkeys(set(os.environ) - set(own))
    with chdir(job.clone), pytest.MonkeyPatch.context() as patch:
        patch.setattr("reconciler.wiring.runtime.clock", UnwaitingClock)
        result = CliRunner().invoke(app, words, env=gone | own, prog_name="reconciler")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Done(result.exit_code, result.stdout, result.stderr)
