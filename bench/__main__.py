"""`make bench`: every figure is a ratio to a reference that is measured beside it, pair by pair; medians are printed.

python -m bench            all
python -m bench startup    only those whose names start with this
"""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import apply, console, drift, editor, manifests, million, outputs, pages, plan, startup, watch, workers
from bench import changed_since as affected
from bench.timing import Figure, NotMeasured

BENCHES: dict[str, Callable[[Path], Sequence[Figure | NotMeasured]]] = {
    "startup": startup.measure,
    "manifests": manifests.measure,
    "plan": plan.measure,
    "drift": drift.measure,
    "apply": apply.measure,
    "affected": affected.measure,
    "outputs": outputs.measure,
    "pages": pages.measure,
    "console": console.measure,
    "watch": watch.measure,
    "lsp": editor.measure,
}


RARELY: dict[str, Callable[[Path], Sequence[Figure | NotMeasured]]] = {
    "scale": drift.scale,
    "million": million.measure,
    "large-outputs": outputs.scale,
    "large-apply": apply.scale,
    "workers": workers.measure,
}
"""Benchmarks that take minutes: they run only by name."""


def main(wanted: list[str]) -> int:
    named = {name: bench for name, bench in (BENCHES | RARELY).items() if any(name.startswith(w) for w in wanted)}
    chosen = named if wanted else BENCHES
    if not chosen:
        print(f"unknown benchmark (available: {', '.join(BENCHES | RARELY)})", file=sys.stderr)
        return 1
    print(f"Python {platform.python_version()} on {platform.machine()}; medians of pairs, ratios within this run\n")
    for bench in chosen.values():
        with tempfile.TemporaryDirectory() as folder:
            for figure in bench(Path(folder)):
                print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
