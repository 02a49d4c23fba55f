"""The sidecar from end to end with its store on PostgreSQL: a signed message comes in, and its order becomes 入金済み.

Where no PostgreSQL can be started this is skipped, or fails, by the rule of tests/support/postgres.py.
"""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler.core.values import ShopKey
from reconciler.wiring import session, simulating
from tests.cli.conftest import Run, command, environment
from tests.support.postgres import Cluster, running
from tests.support.sns_signer import CAPTURE, REFERENCE, SELLER, TOPIC_PATTERN, Signer, capture_message

pytestmark = pytest.mark.system

SHOP, ORDER = ShopKey("kyoto-tea"), "100000020732"
PATH = "/ipn/kyoto-tea"
PATIENCE = timedelta(seconds=60)
WORLD = {
    "shops": [
        {
            "shopKey": SHOP,
            "amazonSettings": {"sellerId": SELLER, "merchantSiteUrl": f"https://ipn.platform.example{PATH}"},
        }
    ],
    "orders": [{"orderNo": ORDER, "shopKey": SHOP, "amazonOrderReferenceId": REFERENCE, "totalAmount": "1000"}],
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture
def folder(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The journal, the leases and the inbox are in one database; the backend is the embedded one, in a file."""
    url = cluster.fresh()
    settings = {
        "embedded": {"seed": "world.json"},
        "store": url,
        "ipn": {"topics": [TOPIC_PATTERN], "certificates": "pinned", "inbox": url},
    }
    (tmp_path / "world.json").write_text(json.dumps(WORLD))
    (tmp_path / "reconciler.yaml").write_text(json.dumps(settings))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def signer(folder: Path) -> Signer:
    """A test key, whose certificate is pinned. The sidecar is a process: its clock is the machine's."""
    now = datetime.now(UTC)
    made = Signer(start=now - timedelta(hours=1), end=now + timedelta(hours=1))
    (folder / "pinned").mkdir()
    (folder / "pinned" / made.url.rpartition("/")[2]).write_bytes(made.pem)
    return made


@contextmanager
def served() -> Iterator[int]:
    """The port of a sidecar, which is ended as an operator ends it."""
    with subprocess.Popen(
        command("serve", "ipn", "--port", "0", "--ops-port", "0"), env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            yield int(process.stderr.readline().partition("127.0.0.1:")[2].partition("/")[0])
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
    assert process.returncode == 0


def posted(port: int, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", PATH, body, {"x-amz-sns-message-type": "Notification"})
    status = connection.getresponse().status
    connection.close()
    return status


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run("ipn", *words, "-o", "json").stdout)["rows"]
    return rows


def settled(run: Run) -> list[dict[str, Any]]:
    """What was received, once none of it waits."""
    until = datetime.now(UTC) + PATIENCE
    while any(row["status"] == "waiting" for row in listed(run, "list")):
        assert datetime.now(UTC) < until, "nobody worked on it"
    return listed(run, "list")


def is_paid() -> bool:
    settings = session.load_settings(None)
    assert isinstance(settings, session.Settings)
    return anyio.run(simulating.is_paid, settings, SHOP, ORDER)


def test_a_received_message_is_stored_processed_and_listed(folder: Path, signer: Signer, run: Run) -> None:
    now = datetime.now(UTC)
    genuine = signer.body(capture_message(amount="1000", updated=now), published=now, version="2")
    assert not is_paid()
    with served() as port:
        assert [posted(port, genuine) for _ in range(2)] == [200, 200]
        assert posted(port, genuine.replace(b"Completed", b"Declined ")) == 403
        [entry] = settled(run)
    assert is_paid()
    columns = ("shop", "kind", "object", "status", "reason", "order")
    assert [entry[name] for name in columns] == [SHOP, "PaymentCapture", CAPTURE, "done", "paid", ORDER]
    [shown] = listed(run, "show", str(entry["number"]))
    assert (shown["order_reference"], shown["captures"]) == (REFERENCE, f"{CAPTURE} Completed 1000 JPY (notice)")
    [refused] = listed(run, "refused")
    assert (refused["shop"], refused["reason"], refused["kept_bytes"]) == (SHOP, "bad-signature", len(genuine))
    counted = {(row["what"], row["which"]): row["count"] for row in listed(run, "stats")}
    assert (counted["notifications", "done"], counted["refused", "bad-signature"]) == (1, 1)


def test_what_was_kept_before_the_end_of_one_sidecar_is_seen_by_the_next(
    folder: Path, signer: Signer, run: Run
) -> None:
    """An operator puts it back to work, and nothing is paid a second time."""
    now = datetime.now(UTC)
    with served() as port:
        posted(port, signer.body(capture_message(amount="1000", updated=now), published=now))
        [entry] = settled(run)
    assert run("ipn", "replay", str(entry["number"])).exit_code == 0
    with served():
        [again] = settled(run)
    assert (again["status"], again["reason"], again["order"]) == ("done", "already-paid", ORDER)
    assert is_paid()
