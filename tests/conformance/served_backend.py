"""The embedded backend as a process: `python -m tests.conformance.served_backend DATABASE SEED` prints its address."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.embedded import EmbeddedConfig, World, create_app

ROOT = Path(__file__).parents[2]


def main(database: str, seed: str) -> None:
    import socket  # noqa: PLC0415  # of the process alone

    import uvicorn  # noqa: PLC0415

    app = create_app(EmbeddedConfig(database=database, seed=seed))
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def serving_backend(database: str, seed: Path) -> Iterator[str]:
    """The address of a backend in a process of its own, until the block ends."""
    words = [sys.executable, "-m", "tests.conformance.served_backend", database, str(seed)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), "the backend did not start"
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def world_of(database: str) -> Iterator[World]:
    """A second reader of the same database: what the platform itself knows of its shops."""
    app = create_app(EmbeddedConfig(database=database))
    try:
        yield World.of(app)
    finally:
        World.of(app).close()


if __name__ == "__main__":
    main(*sys.argv[1:])
