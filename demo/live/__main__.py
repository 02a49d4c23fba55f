"""`python -m demo.live`, what `make demo` does: starts everything, prints the tour, and ends it all on Ctrl-C or SIGTERM.

Variables: DEMO_PORT, DEMO_IPN_PORT, DEMO_OPS_PORT, DEMO_WATCH_PORT, DEMO_CONSOLE_PORT and DEMO_MAIL_PORT (0: a free port), and
DEMO_FOLDER. Exit code 0 when it was ended, 1 if it cannot start or a process ends unexpectedly.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue

from demo.environment import ROOT, near
from demo.live.place import DemoPlace, take
from demo.live.ports import Unusable, choose_ports
from demo.live.processes import Ended, check, last_lines, started
from demo.live.tour import DemoTexts, texts_for, tour_lines

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A signal asks the demo to end."""


class StopSignals:
    """Signals are noted, so that none interrupts the ending of the processes."""

    def __init__(self) -> None:
        self._noted: SimpleQueue[int] = SimpleQueue()  # a signal's handler may put while this thread gets
        for each in SIGNALS:
            signal.signal(each, lambda number, _frame: self._noted.put(number))

    def pause(self, seconds: float) -> None:
        """Raises Stopped as soon as a signal came."""
        try:
            self._noted.get(timeout=seconds)
        except Empty:
            return
        raise Stopped


def main() -> int:
    texts, signals = texts_for(os.environ), StopSignals()
    folder = Path(os.environ.get("DEMO_FOLDER") or ROOT / "demo" / ".live").absolute()
    try:
        with take(folder):
            place = DemoPlace(folder=folder, ports=choose_ports(os.environ))
            return run(place, texts, signals)
    except Unusable as problem:
        named = {"title": texts.title(problem.concerns)} if problem.concerns else {}
        print(texts.message(problem.key, **problem.values, **named), file=sys.stderr)
        return 1


def run(place: DemoPlace, texts: DemoTexts, signals: StopSignals) -> int:
    """Until a signal comes, or a process ends unexpectedly."""

    def say(key: str, **values: object) -> None:
        print(texts.message(key, **values), flush=True)

    say("preparing", folder=near(place.folder))
    environment = _without_settings(os.environ) | place.prepare()
    try:
        with started(
            place, environment, signals.pause, lambda name: say("starting", name=texts.title(name))
        ) as running:
            print("\n".join(tour_lines(texts, place)), flush=True)
            try:
                while True:
                    check(running)
                    signals.pause(0.2)
            except (Stopped, Ended):
                say("ending")
                raise
    except Stopped:
        say("ended", folder=near(place.folder))
        return 0
    except Ended as ended:
        lines = last_lines(place, ended.name) or [texts.message("no_lines")]
        values = {"name": texts.title(ended.name), "log": near(place.log(ended.name)), **ended.values}
        print(texts.message(ended.key, **values), *(f"  {line}" for line in lines), sep="\n", file=sys.stderr)
        return 1


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """A person's own fleet is not touched."""
    return {name: value for name, value in environment.items() if not name.startswith("RECONCILER_")}


if __name__ == "__main__":
    sys.exit(main())
