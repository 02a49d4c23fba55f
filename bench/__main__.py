"""`make bench`: every figure is a ratio against a floor that is measured beside it, pair by pair; medians are printed.

python -m bench            all
python -m bench startup    only those whose name begins so
"""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import manifests, plan, startup
from bench.measure import Figure

BENCHES: dict[str, Callable[[Path], list[Figure]]] = {
    "startup": startup.measure,
    "manifests": manifests.measure,
    "plan": plan.measure,
}


def main(wanted: list[str]) -> int:
    chosen = {name: bench for name, bench in BENCHES.items() if not wanted or any(name.startswith(w) for w in wanted)}
    if not chosen:
        print(f"no such bench; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 1
    print(f"Python {platform.python_version()} on {platform.machine()}; medians of pairs, ratios within this run\n")
    for bench in chosen.values():
        with tempfile.TemporaryDirectory() as folder:
            for figure in bench(Path(folder)):
                print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
