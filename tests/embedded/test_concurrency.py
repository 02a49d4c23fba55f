"""Several writers, several threads, several processes, one file."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from reconciler.embedded import World
from tests.embedded.harness import KYOTO, OSAKA, Api

pytestmark = pytest.mark.system

WRITERS = 8


def together(acts: list) -> list:
    """Run all acts at the same moment, each in a thread of its own."""
    ready = threading.Barrier(len(acts))
    results: list = [None] * len(acts)

    def run(index: int) -> None:
        ready.wait()
        results[index] = acts[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def signed_in(app, connect, count: int) -> list[Api]:
    clients = [connect(app) for _ in range(count)]
    for client in clients:
        client.sign_in()
    return clients


def test_of_writers_with_the_same_version_exactly_one_wins(app, connect) -> None:
    clients = signed_in(app, connect, WRITERS)
    tag = clients[0].get(KYOTO, "amazon-settings").headers["ETag"]

    def write(client: Api, number: int):
        return lambda: client.settings(KYOTO, {"notificationEmail": f"a{number}@shop.example"}, if_match=tag)

    answers = together([write(client, number) for number, client in enumerate(clients)])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * (WRITERS - 1)
    [winner] = [answer for answer in answers if answer.status_code == 200]
    assert clients[0].get(KYOTO, "amazon-settings").json() == winner.json()
    assert len(clients[0].changes(KYOTO)) == 1


def test_an_idempotency_key_acts_once_however_many_ask(app, connect) -> None:
    clients = signed_in(app, connect, WRITERS)
    body = {"paymentStatus": "RECEIVED", "receiptDate": "2026-04-01T12:00:00"}
    headers = {"If-Match": '"1"', "Idempotency-Key": "k-1"}

    def pay(client: Api):
        return lambda: client.ask("POST", "/orders/100000000001/payment", shop=OSAKA, json=body, headers=headers)

    answers = together([pay(client) for client in clients])
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json()["changed"] for answer in answers)
    assert len(clients[0].changes(OSAKA)) == 2


def test_readers_see_a_cascade_whole_or_not_at_all(app, connect) -> None:
    writer, *readers = signed_in(app, connect, 4)

    def toggle() -> list:
        return [writer.settings(KYOTO, {"useAmazon": number % 2 == 0}, if_match="*") for number in range(20)]

    def look(client: Api):
        return lambda: [client.get(KYOTO, "integration").json() for _ in range(20)]

    _, *seen = together([toggle, *(look(client) for client in readers)])
    for whole in (each for reader in seen for each in reader):
        on = whole["amazonSettings"]["value"]["useAmazon"]
        assert whole["amazonPay"]["value"]["use"] is on
        assert whole["systemParts"]["value"]["output"] is on


STARTER = """
import sys
from reconciler.embedded import World
world = World.open(sys.argv[1])
world.seed_if_new({"shops": [{"shopKey": "kyoto-tea"}]})
for _ in range(5):
    world.merchant_edits("kyoto-tea", {"storefront": "OPEN"})
    world.merchant_edits("kyoto-tea", {"storefront": "CLOSED"})
"""


def test_several_processes_start_over_the_same_new_file(tmp_path: Path) -> None:
    database = tmp_path / "shared.sqlite"
    command = [sys.executable, "-c", STARTER, str(database)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ends = [(process.communicate()[1], process.returncode) for process in processes]
    assert ends == [("", 0)] * 3
    world = World.open(database)
    assert world.integration("kyoto-tea")["storefront"]["value"]["status"] == "CLOSED"
    # Each accepted write is a new version, also one that found the shop as it wanted it.
    assert world.integration("kyoto-tea")["storefront"]["version"] == str(1 + 3 * 10)
    world.close()
