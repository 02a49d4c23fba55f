"""The care for the runs of a fleet, in a process of its own: waves are opened, runs end, and chunks without a worker are put
into the queue again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.adapters.settings.settings import Settings


def care_once(place: Path) -> None:
    """`place` is the folder of the worker's settings, or their file. Raises SetupError, BackendError."""
    from reconciler.adapters.settings.settings_path import FILE_NAME
    from reconciler.wiring.runtime import load_settings

    settings = load_settings(place / FILE_NAME if place.is_dir() else place)
    if isinstance(settings, tuple):
        first = settings[0]
        raise SetupError(first.summary, hint=first.hint, code=first.code)
    anyio.run(_care, settings)


async def _care(settings: Settings) -> None:
    from reconciler.wiring.session import open_session
    from reconciler.workflows.fleet.coordinate import care

    session = open_session(settings)
    with session.fleet.runs.open(create=True) as runs:
        assert runs is not None
        async with session.fleet.queues.open() as queue:
            await care(session, runs, queue)
