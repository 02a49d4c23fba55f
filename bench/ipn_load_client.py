"""The posting side of `bench.ipn`: PORT PATH FILE AT_ONCE. Posts each body of the file once, over kept connections, on loopback.

Prints what was answered, the seconds it took, and those of each request, as JSON. It speaks just enough HTTP to cost little.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

LONGEST = 240.0


def bodies_of(path: str) -> list[bytes]:
    content, bodies, at = Path(path).read_bytes(), [], 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        bodies.append(content[at + 4 : at + 4 + size])
        at += 4 + size
    return bodies


async def main(port: int, path: str, file: str, at_once: int) -> None:
    left = iter(bodies_of(file))
    statuses: dict[str, int] = {}
    latencies: list[float] = []

    async def post() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in left:
            start = time.perf_counter()
            head = f"POST {path} HTTP/1.1\r\nHost: loopback\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - start)
            status = answer[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    start = time.perf_counter()
    async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(post())
    seconds = time.perf_counter() - start
    print(json.dumps({"statuses": statuses, "seconds": seconds, "latencies": latencies}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
