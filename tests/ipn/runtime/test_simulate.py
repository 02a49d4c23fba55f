"""`ipn simulate` of captures, refunds and chargebacks, of both APIs, at a running sidecar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.embedded import World
from tests.cli.commands.services.test_serve_on_postgresql import ORDER, SHOP, WORLD, listed, served
from tests.cli.conftest import Run, run
from tests.support.sns_signer import REFERENCE, TOPIC, TOPIC_PATTERN

pytestmark = pytest.mark.system

__all__ = ["run"]


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    settings = {"embedded": {"seed": "world.json"}, "ipn": {"topics": [TOPIC_PATTERN], "certificates": "pinned"}}
    (tmp_path / "pinned").mkdir()
    (tmp_path / "world.json").write_text(json.dumps(WORLD))
    (tmp_path / "reconciler.yaml").write_text(json.dumps(settings))
    monkeypatch.chdir(tmp_path)
    with served() as port:
        yield port


def simulated(run: Run, port: int, *words: str) -> dict[str, Any]:
    to = f"http://127.0.0.1:{port}"
    result = run("ipn", "simulate", "--shop", SHOP, "--order", ORDER, "--to", to, *words, "-o", "json")
    assert result.exit_code == 0, result.output
    [row] = json.loads(result.stdout)["rows"]
    assert isinstance(row, dict)
    return row


def test_each_kind_of_the_older_api_has_its_effect(port: int, run: Run) -> None:
    for words, object_id, reason, payment in (
        ((), f"{REFERENCE}-C000001", "paid", "入金済み"),
        (("--kind", "refund"), f"{REFERENCE}-R000001", "refunded", "入金済み"),
        (
            ("--kind", "refund", "--state", "Declined", "--capture", "2"),
            f"{REFERENCE}-R000002",
            "refund-declined",
            "入金済み",
        ),
        (("--kind", "chargeback", "--amount", "400"), f"{REFERENCE}-B000001", "chargeback", "入金済み"),
    ):
        row = simulated(run, port, *words)
        assert (row["http_status"], row["capture"], row["reason"], row["payment"]) == (200, object_id, reason, payment)
    newest = listed(run, "list")[0]
    assert (newest["kind"], newest["order"]) == ("Chargeback Detailed Notification", ORDER)


def test_of_version_2_the_object_at_the_backend_counts(port: int, run: Run, tmp_path: Path) -> None:
    world = World.open(tmp_path / ".reconciler" / "embedded.db")
    charge = world.merchant_captures(SHOP, ORDER)
    world.amazon_turns(SHOP, world.merchant_refunds(SHOP, charge), "Declined", "ProcessingFailure")
    world.amazon_disputes(SHOP, charge)
    world.close()
    for kind, reason in (("capture", "paid"), ("refund", "refund-declined"), ("chargeback", "chargeback")):
        assert simulated(run, port, "--v2", "--kind", kind)["reason"] == reason


def test_a_state_that_the_kind_does_not_have_is_refused(run: Run) -> None:
    result = run("ipn", "simulate", "--shop", SHOP, "--order", ORDER, "--kind", "refund", "--state", "Closed")
    assert result.exit_code == 1
    assert "--state Closed is not a state of a refund (available: Completed, Pending, Declined)" in result.stderr


def test_doctor_names_the_topics_that_messages_were_accepted_from(port: int, run: Run) -> None:
    """So that an operator knows which of the configured topics are Amazon's."""
    simulated(run, port, "--kind", "refund")
    simulated(run, port)
    found = json.loads(run("doctor", "ipn", "-o", "json").stdout)["rows"]
    [accepted] = [row for row in found if "Accepted from" in json.dumps(row)]
    assert f"Accepted from {TOPIC}: PaymentCapture, PaymentRefund; the last one at 20" in json.dumps(accepted)
