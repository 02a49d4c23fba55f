"""CPU time that decK, a tool of the same kind for the Kong gateway, needs to change one field in many services.

decK compares and writes; it takes no leases, keeps no journal and reads nothing back. It is Debian's (`apt install deck`).
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import yaml

from bench.stub_kong_api import service


def deck_version() -> str | None:
    """As the program names itself, such as `decK 1.4.0`; None where it is not installed."""
    if not (program := shutil.which("deck")):
        return None
    done = subprocess.run([program, "version"], capture_output=True, text=True, check=True)
    return done.stdout.partition(" (")[0].strip()


def deck_seconds(folder: Path, services: int) -> float:
    """CPU time of one `deck sync` that changes a field of each service."""
    state = folder / "kong.yaml"
    changed = [service(number, f"changed-{number}.example") for number in range(services)]
    state.write_text(yaml.dump({"_format_version": "1.1", "services": changed}, Dumper=yaml.CSafeDumper))
    with _kong(services) as port:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        words = ["deck", "sync", "--no-color", "--kong-addr", f"http://127.0.0.1:{port}", "--state", str(state)]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Not by its summary: several of its threads count without a lock, and lose one now and then.
        with urlopen(f"http://127.0.0.1:{port}/services?size={services}") as page:
            hosts = [each["host"] for each in json.load(page)["data"]]
    if sum(host.startswith("changed-") for host in hosts) != services:
        raise RuntimeError(done.stdout[-500:])
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@contextmanager
def _kong(services: int) -> Iterator[int]:
    """Its port."""
    words = [sys.executable, "-m", "bench.stub_kong_api", str(services)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()
