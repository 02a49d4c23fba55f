"""A worker's processes, whose worker is killed by the test: python -m tests.scale.orphaned_pool FILE."""

import sys
from pathlib import Path

import anyio

from reconciler.scale.chunk_processes import ChunkProcesses
from tests.scale import chunk_work


async def main(file: Path) -> None:
    async with ChunkProcesses(chunk_work.work, 1, chunk_work.prepare).opened() as processes:
        await processes.run("until_stopped", file, "a")


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]))
