"""One receiver of signals for a watcher and the applies that it makes."""

from __future__ import annotations

import anyio

from reconciler.workflows.watch.stopping import SharedStop


def test_everything_that_listens_hears_of_a_stop_and_of_a_forced_one() -> None:
    heard: list[str] = []

    async def main() -> None:
        stop = SharedStop()
        async with stop.listening(lambda: heard.append("stop"), lambda: heard.append("force")):
            stop.stop()
            stop.force()
        stop.force()

    anyio.run(main)
    assert heard == ["stop", "force"]


def test_what_starts_after_a_stop_hears_of_it_at_once() -> None:
    heard: list[str] = []

    async def main() -> None:
        stop = SharedStop()
        stop.stop()
        async with stop.listening(lambda: heard.append("stop"), lambda: heard.append("force")):
            assert heard == ["stop"]
        stop.force()
        async with stop.listening(lambda: heard.append("stop again"), lambda: heard.append("force")):
            pass

    anyio.run(main)
    assert heard == ["stop", "stop again", "force"]
