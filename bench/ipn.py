"""`make bench-ipn`: how many notifications per second the sidecar accepts, beside the necessary work alone.

The sidecar is a separate process (`reconciler serve ipn` with a pinned certificate), posted to over loopback by another one
(`bench.ipn_load_client`) with signed messages of 3 KB, each different. Beside it, in the same run: the same server that only
reads the body and answers 200, the same server that verifies and stores nothing, bare signature checks, and bare durable inserts,
one and 32 per commit. Where the worker processes, the backend is another process, as in production. And the same with several
processes: two sidecars that receive on one port, a third one that processes, beside two servers that do nothing.

Servers take turns in each round, and a share is the median of the rounds' own shares, with its quartiles: what slows the machine
down for a while slows down both sides of one. Each round has new servers, because one and the same server differs by up to a
quarter from start to start. CPU time per message, where the kernel reports it, depends less on what else the machine does.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.ipn_servers import PATH, SIGNER, Served, nothing_served, processes, sidecar, verifying, working_sidecar
from reconciler.ipn.verify import certificate, envelope, signature
from reconciler.ipn.verify.envelope import EnvelopePolicy
from tests.support.sns_signer import TOPIC, capture_message, certificate_url

SIZE = 3000
AT_ONCE = 32
_ROUNDS_WITH_QUARTILES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """`messages` per round; `alone` are posted one at a time; `addresses` are of certificates that do not exist."""

    messages: int = 1500
    rounds: int = 9
    alone: int = 500
    addresses: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the posting process measured: seconds in total, and of each request. `cpu` are seconds of the server."""

    statuses: dict[str, int]
    seconds: float
    latencies: Sequence[float]
    cpu: float = math.nan

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    @property
    def microseconds(self) -> float:
        """Of the server's CPU, per request."""
        return self.cpu / sum(self.statuses.values()) * 1e6

    def text(self) -> str:
        ordered = sorted(self.latencies)
        p50, p99 = (1000 * ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
        return f"p50 {p50:6.1f} ms   p99 {p99:6.1f} ms"


@dataclass(frozen=True, slots=True)
class Rounds:
    nothing: list[Load] = field(default_factory=list)
    verified: list[Load] = field(default_factory=list)
    received: list[Load] = field(default_factory=list)
    worked: list[Load] = field(default_factory=list)
    nothing_by_two: list[Load] = field(default_factory=list)
    received_by_two: list[Load] = field(default_factory=list)
    worked_by_three: list[Load] = field(default_factory=list)

    def share(self, loads: Sequence[Load], of: Sequence[Load] | None = None) -> str:
        """The median, and the quartiles where there are enough rounds for them."""
        shares = [mine.per_second / nothing.per_second for mine, nothing in zip(loads, of or self.nothing, strict=True)]
        median = f"{statistics.median(shares):.2f}"
        if len(shares) < _ROUNDS_WITH_QUARTILES:
            return median
        low, _, high = statistics.quantiles(shares, n=4)
        return f"{median} ({low:.2f} to {high:.2f})"

    def cpu_text(self, loads: Sequence[Load]) -> str:
        """Microseconds, and the share of the server that does nothing."""
        pairs = zip(loads, self.nothing, strict=True)
        own = statistics.median(each.microseconds for each in loads)
        return f"{own:,.0f} ({statistics.median(none.microseconds / mine.microseconds for mine, none in pairs):.2f})"


def main(scale: Scale) -> int:
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), scale)
    return 0


def _measure(folder: Path, scale: Scale) -> None:
    samples = [[body(IsSample=True) for _ in range(scale.messages)] for _ in range(scale.rounds)]
    captures = [[body() for _ in range(scale.messages)] for _ in range(scale.rounds)]
    print(
        f"signed messages of {len(samples[0][0]):,} bytes, {scale.messages:,} per round, {scale.rounds} rounds, medians\n"
    )
    checks = checks_per_second(samples[0][:1000])
    single, grouped = inserts_per_second(folder, samples[0], 1), inserts_per_second(folder, samples[0], AT_ONCE)
    served, processed = Rounds(), list[float]()
    for number in range(scale.rounds):
        own = folder / str(number)
        _one_process(own, samples[number], served)
        with working_sidecar(own / "worked") as working:
            served.worked.append(accepted(working, captures[number]))
            processed.append(_processed(own / "worked") / served.worked[-1].seconds)
        _several_processes(own, samples[number], captures[number], served)
    with sidecar(folder / "received") as receiver:
        alone = load(receiver, [body(IsSample=True) for _ in range(scale.alone)], 1)
        memory = _memory(receiver, scale.addresses)
    taken = rate(served.received)
    _print_rates(served, taken)
    _line("bare signature checks, in one thread", checks, taken)
    _line("bare durable inserts, one per commit", single, taken)
    _line(f"bare durable inserts, {AT_ONCE} per commit", grouped, taken)
    _print_shares(served, statistics.median(processed))
    _print_several(served)
    print(
        f"latency, {AT_ONCE} at one time:  {_middle(served.received).text()}   "
        f"(processed as well: {_middle(served.worked).text()})"
    )
    print(f"latency, one at a time: {alone.text()}")
    print(
        f"memory: {memory[0]:.0f} MiB before {scale.addresses:,} addresses of certificates that do not exist, "
        f"{memory[1]:.0f} after"
    )


def _print_rates(served: Rounds, taken: float) -> None:
    """Of servers in one process, beside the rate `taken` of messages that are accepted."""
    _line("accepted: verified and on disk (test notifications: not processed)", taken, taken)
    _line("accepted while the worker processes them as well", rate(served.worked), taken)
    _line("the same server, verification only: nothing is stored", rate(served.verified), taken)
    _line("the same server that answers 200 and does nothing", rate(served.nothing), taken)


def _print_shares(served: Rounds, processed: float) -> None:
    """Of the server that does nothing, and CPU. `processed` is the worker's rate."""
    received, worked, verified = served.received, served.worked, served.verified
    print(
        f"\nshare of the server that does nothing: {served.share(received)} accepted, "
        f"{served.share(worked)} while the worker processes, {served.share(verified)} verification only"
    )
    print(
        f"CPU per message, in µs (and share): {served.cpu_text(received)} accepted, {served.cpu_text(worked)} while the worker "
        f"processes {processed:,.0f} /s, {served.cpu_text(verified)} verification only, "
        f"{statistics.median(each.microseconds for each in served.nothing):,.0f} nothing"
    )


def _print_several(served: Rounds) -> None:
    """Of several processes at one port."""
    two, three = served.received_by_two, served.worked_by_three
    print(
        f"several processes: {rate(two):,.0f} /s accepted by two, {rate(three):,.0f} /s while a third one processes\n"
        f"  share of two servers that do nothing: {served.share(two, served.nothing_by_two)} accepted, "
        f"{served.share(three, served.nothing_by_two)} while the worker processes\n"
        f"  share of one server that does nothing: {served.share(two)} accepted, "
        f"{served.share(three)} while the worker processes"
    )


def _one_process(folder: Path, bodies: Sequence[bytes], served: Rounds) -> None:
    with (
        nothing_served() as nothing,
        verifying(folder / "verified") as verifier,
        sidecar(folder / "received") as receiver,
    ):
        served.nothing.append(accepted(nothing, bodies))
        served.verified.append(accepted(verifier, bodies))
        served.received.append(accepted(receiver, bodies))


def _several_processes(folder: Path, samples: Sequence[bytes], captures: Sequence[bytes], served: Rounds) -> None:
    with nothing_served() as shared, nothing_served(shared.port):
        served.nothing_by_two.append(accepted(shared, samples))
    with processes(folder / "processes") as several:
        served.received_by_two.append(accepted(several, samples))
        served.worked_by_three.append(accepted(several, captures))


def rate(loads: Sequence[Load]) -> float:
    return statistics.median(each.per_second for each in loads)


def _middle(loads: Sequence[Load]) -> Load:
    return sorted(loads, key=lambda each: each.seconds)[len(loads) // 2]


def _line(name: str, per_second: float, taken: float) -> None:
    print(f"{per_second:10,.0f} /s   {per_second / taken:7.2f} x   {name}", flush=True)


def body(**more: Any) -> bytes:
    message = capture_message(**more)
    short = SIZE - len(message.encode())
    return SIGNER.body(capture_message(Padding="x" * max(short, 0), **more), published=datetime.now(UTC))


def checks_per_second(bodies: Sequence[bytes]) -> float:
    found = certificate.read(SIGNER.pem)
    rules = EnvelopePolicy(topics=frozenset({TOPIC}))
    read = [envelope.read(each, {}, now=datetime.now(UTC), rules=rules) for each in bodies]
    started_at = time.perf_counter()
    for each in read:
        signature.verify_signature(each, found)
    return len(read) / (time.perf_counter() - started_at)


def inserts_per_second(folder: Path, bodies: Sequence[bytes], together: int) -> float:
    """SQLite alone, with the same bytes and the same durability."""
    database = sqlite3.connect(folder / f"bare-{together}.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB)")
    started_at = time.perf_counter()
    for start in range(0, len(bodies), together):
        database.execute("BEGIN IMMEDIATE")
        for number, each in enumerate(bodies[start : start + together], start):
            database.execute("INSERT INTO messages (name, body) VALUES (?, ?)", (f"message-{number}", each))
        database.execute("COMMIT")
    seconds = time.perf_counter() - started_at
    database.close()
    return len(bodies) / seconds


def _processed(folder: Path) -> int:
    """By the worker, so far."""
    with closing(sqlite3.connect(folder / ".reconciler" / "inbox.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM ipn_messages WHERE standing <> 'waiting'").fetchone()
    return int(count)


def accepted(server: Served, bodies: Sequence[bytes]) -> Load:
    done = load(server, bodies, AT_ONCE)
    if done.statuses != {"200": len(bodies)}:
        raise RuntimeError(f"not all were accepted: {done.statuses}")
    return done


def load(server: Served, bodies: Sequence[bytes], at_once: int) -> Load:
    """In a separate process: posting must not share CPU time with the server."""
    with tempfile.NamedTemporaryFile() as file:
        for each in bodies:
            file.write(len(each).to_bytes(4, "big") + each)
        file.flush()
        words = [sys.executable, "-m", "bench.ipn_load_client", str(server.port), PATH, file.name, str(at_once)]
        before = server.cpu_seconds()
        done = subprocess.run(words, check=True, capture_output=True, timeout=300)
        cpu = server.cpu_seconds() - before
    return Load(**json.loads(done.stdout), cpu=cpu)


def _memory(server: Served, addresses: int) -> tuple[float, float]:
    """Of the sidecar, in MiB."""
    base = body()
    old = certificate_url().encode()
    bodies = [base.replace(old, certificate_url(mark=number).encode()) for number in range(1, addresses + 1)]
    before = _resident(server.pid)
    done = load(server, bodies, AT_ONCE)
    if done.statuses != {"503": addresses}:
        raise RuntimeError(f"an unknown certificate should be our trouble: {done.statuses}")
    return before, _resident(server.pid)


def _resident(pid: int) -> float:
    """In MiB; from `ps` where the kernel has no /proc."""
    statm = Path(f"/proc/{pid}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True)
    return int(listed.stdout) / 1024


if __name__ == "__main__":
    sys.exit(main(Scale()))
