"""Refused, the settings fixed, readmitted, processed: with a sidecar process, over SQLite and over PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.commands.services.test_serve_on_postgresql import (
    ORDER,
    SHOP,
    WORLD,
    is_paid,
    listed,
    posted,
    served,
    settled,
    signer,
)
from tests.cli.conftest import Run, run
from tests.support.postgres import Cluster, running
from tests.support.sns_signer import SELLER, TOPIC, TOPIC_PATTERN, Signer, capture_message, charge_message

pytestmark = pytest.mark.system

__all__ = ["run", "signer"]

AS_DOCUMENTED_BEFORE = "arn:aws:sns:ap-northeast-1:291180941288:A3BXB0YN3XH17H{seller_id}"
CHARGEBACKS = "arn:aws:sns:us-east-1:598607868003:A35A4JO734ER04{seller_id}"
Configure = Callable[..., None]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def configure(request: pytest.FixtureRequest, folder: Path) -> Configure:
    """Writes the settings, with these topics."""
    cluster = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    url = "inbox.db" if cluster is None else cluster.fresh()

    def written(*topics: str) -> None:
        settings = {
            "embedded": {"seed": "world.json"},
            "ipn": {"topics": topics, "certificates": "pinned", "inbox": url},
        }
        (folder / "reconciler.yaml").write_text(json.dumps(settings))

    return written


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "world.json").write_text(json.dumps(WORLD))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def readmitted(run: Run, *words: str, exit_code: int = 0) -> list[dict[str, Any]]:  # the fixture's value
    result = run("ipn", "readmit", *words, "-o", "json")
    assert result.exit_code == exit_code, result.output
    document = json.loads(result.stdout)
    jsonschema.validate(document, schemas()["readmitted-notifications"]())
    rows: list[dict[str, Any]] = document["rows"]
    return rows


def genuine(signer: Signer, topic: str = TOPIC, **more: object) -> bytes:  # the fixture's value
    now = datetime.now(UTC)
    message = capture_message(amount="1000", updated=now, **more)
    return signer.body(message, published=now, TopicArn=topic, SigningCertURL=signer.url)


def test_a_message_on_a_topic_that_was_not_configured_is_processed_after_the_fix(
    configure: Configure,
    signer: Signer,  # the fixture
    run: Run,  # the fixture
) -> None:
    """The sidecar runs all the time; that Amazon sends the message again as well changes nothing."""
    body = genuine(signer)
    configure(AS_DOCUMENTED_BEFORE)
    with served() as port:
        assert [posted(port, body) for _ in range(2)] == [503, 503]
        assert posted(port, body.replace(b"Completed", b"Declined ")) == 403
        unsigned, copy = listed(run, "refused")
        assert (copy["reason"], copy["topic"], copy["seller"]) == ("unknown-topic", TOPIC, SELLER)
        assert (copy["kind"], copy["source"]) == ("PaymentCapture", "ours")
        assert (unsigned["reason"], unsigned["topic"], unsigned["source"]) == ("bad-signature", None, None)
        [still] = readmitted(run, "--reason", "unknown-topic", exit_code=1)
        assert (still["outcome"], still["accepted"], still["notification"]) == ("unknown-topic", False, None)

        configure(AS_DOCUMENTED_BEFORE, TOPIC_PATTERN)
        [taken] = readmitted(run, "--topic", TOPIC)
        assert (taken["number"], taken["outcome"], taken["accepted"]) == (copy["number"], "stored", True)
        [entry] = settled(run)
        assert (entry["number"], entry["reason"], entry["order"]) == (taken["notification"], "paid", ORDER)
    assert is_paid()
    assert [row["reason"] for row in listed(run, "refused")] == ["bad-signature"]
    with served() as port:
        assert posted(port, body) == 200
        assert [row["reason"] for row in settled(run)] == ["paid"]
    [forged] = readmitted(run, "--all", exit_code=1)
    assert (forged["outcome"], forged["accepted"]) == ("bad-signature", False)


def test_what_amazon_sent_again_in_the_meantime_is_refused_no_more(
    configure: Configure,
    signer: Signer,  # the fixture
    run: Run,  # the fixture
) -> None:
    body = genuine(signer)
    configure(AS_DOCUMENTED_BEFORE)
    with served() as port:
        assert posted(port, body) == 503
    [copy] = listed(run, "refused")
    configure(TOPIC_PATTERN)
    with served() as port:
        assert posted(port, body) == 200
        assert listed(run, "refused") == []
        [gone] = readmitted(run, str(copy["number"]), exit_code=1)
        assert gone["outcome"] == "no-such-copy"
        assert [row["reason"] for row in settled(run)] == ["paid"]


def test_filters_select_and_what_is_still_wrong_stays(
    configure: Configure,
    signer: Signer,  # the fixture
    run: Run,  # the fixture
) -> None:
    other = Signer(start=signer.start, end=signer.end, region="us-east-1")
    chargebacks = CHARGEBACKS.replace("{seller_id}", SELLER)
    strange = chargebacks.replace("598607868003", "111111111111")
    configure(AS_DOCUMENTED_BEFORE)
    with served() as port:
        assert posted(port, genuine(signer)) == 503
        assert posted(port, genuine(other, chargebacks)) == 503
        # 403 is final: it is sent only after a read of all shops that started after the post, otherwise 503
        assert posted(port, genuine(other, strange, SellerId="A1EXAMPLE234568")) in {403, 503}
        other_seller = signer.body(charge_message(MerchantID="A1EXAMPLE234568"), published=datetime.now(UTC))
        assert posted(port, other_seller) in {403, 503}
    assert [row["source"] for row in listed(run, "refused")] == ["other-seller", "stranger", "ours", "ours"]
    assert len(listed(run, "refused", "--topic", TOPIC)) == 2
    assert len(listed(run, "refused", "--topic", TOPIC, "--seller", SELLER, "--signed")) == 1
    assert listed(run, "refused", "--shop", "uji-cups") == []

    configure(TOPIC_PATTERN)
    found = readmitted(run, "--all", exit_code=5)
    assert [row["outcome"] for row in found] == ["stored", "unknown-topic", "unknown-topic", "other-seller"]
    configure(TOPIC_PATTERN, CHARGEBACKS)
    assert [row["outcome"] for row in readmitted(run, "--seller", SELLER)] == ["stored"]
    assert [row["seller"] for row in listed(run, "refused")] == ["A1EXAMPLE234568"] * 2


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_person_reads_what_to_fix(
    folder: Path,
    signer: Signer,  # the fixture
    run: Run,  # the fixture
    lang: str,
) -> None:
    settings = {"embedded": {"seed": "world.json"}, "ipn": {"topics": [AS_DOCUMENTED_BEFORE], "certificates": "pinned"}}
    (folder / "reconciler.yaml").write_text(json.dumps(settings))
    with served() as port:
        assert posted(port, genuine(signer)) == 503
    listed_ = run("--lang", lang, "ipn", "refused", COLUMNS="100").stdout
    assert TOPIC in listed_
    assert {"en": "Amazon Pay, one of our sellers", "ja": "自社の出品者"}[lang] in listed_
    result = run("--lang", lang, "ipn", "readmit", "--all")
    assert {"en": "Still refused: 1", "ja": "拒否のままのメッセージ: 1 件"}[lang] in result.stderr
    settings["ipn"]["topics"] = [TOPIC_PATTERN]  # type: ignore[index]  # of a literal
    (folder / "reconciler.yaml").write_text(json.dumps(settings))
    result = run("--lang", lang, "ipn", "readmit", "--all")
    assert result.exit_code == 0
    assert {"en": "Readmitted: 1", "ja": "受け入れたメッセージ: 1 件"}[lang] in result.stderr
    with sqlite3.connect(folder / ".reconciler" / "inbox.db") as inbox:
        assert inbox.execute("select shop, standing from ipn_messages").fetchall() == [(SHOP, "waiting")]


def test_copies_are_selected(folder: Path, run: Run) -> None:  # the fixture
    topics = {"topics": [TOPIC_PATTERN]}
    (folder / "reconciler.yaml").write_text(json.dumps({"embedded": {"seed": "world.json"}, "ipn": topics}))
    result = run("ipn", "readmit")
    assert result.exit_code == 1
    assert "select copies by number, --topic" in result.stderr
    assert run("ipn", "readmit", "--all").stdout == "No copy of a refused message is stored.\n"
    assert not (folder / ".reconciler" / "inbox.db").exists()
    (folder / "reconciler.yaml").write_text(
        json.dumps({"ipn": {"topics": ["arn:aws:sns:us-west-9:291180941288:x"], "inbox": "inbox.db"}})
    )
    assert "region `us-west-9`" in run("ipn", "readmit", "--all").stderr
