"""A shop leaves: the whole story over HTTP, from live to removed, as an operator and a merchant see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.values import ShopKey
from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.ports.payments import ObjectKind, ObjectState, PaymentObject, Source
from reconciler.views.json.schema import document_schema
from tests.cli.conftest import Run, write_shop
from tests.contract.conftest import served

KYOTO, UJI = "kyoto-tea", "uji-cups"
STEPS = ("stop-use", "revoke-at-amazon", "unregister-endpoint", "close-authorisations", "remove-manifest")
FILE = Path("shops/kyoto-tea.yaml")


class Leaving:
    """The tool over a served backend. `settings` are replaced to take the backend away."""

    def __init__(self, folder: Path, world: World, run: Run) -> None:
        self.folder = folder
        self.world = world
        self._run = run

    def __call__(self, line: str, code: int = 0) -> str:
        done = self._run(*line.split(), SECRET="secret")
        assert done.exit_code == code, done.output
        return done.output

    def document(self, words: str = KYOTO, code: int = 0) -> dict[str, Any]:
        done = self._run("offboard", *words.split(), "-o", "json", SECRET="secret")
        assert done.exit_code == code, done.output
        document = json.loads(done.stdout)
        jsonschema.validate(document, document_schema("offboarding"))
        return document

    def states(self, words: str = KYOTO, code: int = 0) -> list[str]:
        (shop,) = self.document(words, code)["shops"]
        assert [each["step"] for each in shop["steps"]] == list(STEPS)
        return [each["state"] for each in shop["steps"]]

    def warned(self, words: str = KYOTO) -> list[str]:
        return [each["code"] for each in self.document(words)["diagnostics"]]

    def backend_stops(self) -> None:
        settings = self.folder / "reconciler.yaml"
        settings.write_text(
            "backend: {kind: http, url: 'http://127.0.0.1:1', client_id: tests, client_secret: ref+env://SECRET}\n"
        )


@pytest.fixture
def leaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Iterator[Leaving]:
    (tmp_path / "shops").mkdir()
    for shop in (KYOTO, UJI):
        write_shop(tmp_path, shop)
        with (tmp_path / "shops" / f"{shop}.yaml").open("a") as file:
            file.write("seller_central:\n  ipn_endpoint: registered\n")
    seed = {"shops": [{"shopKey": shop, "entitlements": {"commerceCreator": "RUNNING"}} for shop in (KYOTO, UJI)]}
    application = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=seed))
    world = World.of(application)
    world.ensure_client("tests", "secret")
    with served(application) as url:
        (tmp_path / "reconciler.yaml").write_text(
            f"backend: {{kind: http, url: '{url}', client_id: tests, client_secret: ref+env://SECRET}}\n"
            "pace: {requests_per_second: 1000}\nlimits: {fleet_share: 100%}\n"
        )
        monkeypatch.chdir(tmp_path)
        yield Leaving(tmp_path, world, run)


def receive(folder: Path, state: str, updated: datetime | None = None) -> None:
    """As the sidecar stores what Amazon notifies of an authorization."""
    what = PaymentObject(
        kind=ObjectKind.AUTHORIZATION,
        id="S01-2063624-0128488-A000001",
        reference="S01-2063624-0128488",
        state=state,
        updated=updated or datetime.now(UTC),
        amount=Decimal(5000),
        currency="JPY",
    )
    known = ObjectState(shop=ShopKey(KYOTO), what=what, order="100000020732", source=Source.NOTICE)

    async def record() -> None:
        store = open_store(str(folder / ".reconciler" / "inbox.db"))
        await StoreWorkQueue(store, SystemClock()).record_fact(None, known=known)
        store.close()

    anyio.run(record)


def test_a_shop_leaves_step_by_step(leaving: Leaving) -> None:
    leaving("apply --auto-approve")
    receive(leaving.folder, "Open")
    assert leaving.states() == ["next", "waiting", "waiting", "waiting", "waiting"]

    assert "waits for step 1" in leaving(f"offboard {KYOTO} --write --step remove-manifest", code=3)
    leaving(f"offboard {KYOTO} --write")
    assert "enabled: false" in FILE.read_text()
    assert leaving.states()[0] == "next"
    assert "not applied" in leaving(f"offboard {KYOTO} --write", code=3)
    leaving(f"apply {KYOTO} --allow turning-off --auto-approve")
    assert leaving.states() == ["done", "next", "waiting", "waiting", "waiting"]

    leaving.world.amazon_revokes(KYOTO)
    assert "Amazon refuses the API values" in leaving(f"offboard {KYOTO}")
    assert "changes no file" in leaving(f"offboard {KYOTO} --write", code=3)
    leaving(f"attest {KYOTO} revoked-at-amazon --by Hanako")
    assert leaving.states() == ["done", "done", "next", "waiting", "waiting"]

    leaving(f"offboard {KYOTO} --write")
    assert "ipn_endpoint: absent" in FILE.read_text()
    leaving(f"apply {KYOTO} --auto-approve")
    assert leaving.states() == ["done", "done", "done", "next", "waiting"]

    (shop,) = leaving.document()["shops"]
    assert [each["order"] for each in shop["open_authorizations"]] == ["100000020732"]
    assert "S01-2063624-0128488-A000001 of order 100000020732: 5000 JPY" in leaving(f"offboard {KYOTO}")
    receive(leaving.folder, "Closed")
    assert leaving.states() == ["done", "done", "done", "done", "next"]

    leaving(f"offboard {KYOTO} --write")
    assert not FILE.exists()
    assert leaving.states() == ["done"] * 5
    assert leaving.document()["shops"][0]["next"] is None
    assert leaving(f"validate {UJI}")
    assert Path("shops/_attestations/kyoto-tea.yaml").exists()


def test_an_attestation_closes_what_the_inbox_cannot_hear_any_more(leaving: Leaving) -> None:
    leaving("apply --auto-approve")
    receive(leaving.folder, "Open")
    leaving(f"offboard {KYOTO} --write")
    leaving(f"apply {KYOTO} --allow turning-off --auto-approve")
    leaving(f"attest {KYOTO} revoked-at-amazon --by Hanako")
    leaving(f"offboard {KYOTO} --write")
    leaving(f"apply {KYOTO} --auto-approve")
    assert leaving.states()[3] == "next"
    leaving(f"attest {KYOTO} authorisations-closed --by Hanako")
    assert leaving.states()[3:] == ["done", "next"]


def test_several_shops_by_a_pattern_each_at_its_own_step(leaving: Leaving) -> None:
    leaving("apply --auto-approve")
    leaving(f"offboard {KYOTO} --write")
    document = leaving.document("*")
    assert [(shop["shop"], shop["next"]) for shop in document["shops"]] == [(KYOTO, "stop-use"), (UJI, "stop-use")]
    assert leaving.document("* --write", code=3)["written"] == [
        {"shop": UJI, "step": "stop-use", "file": "shops/uji-cups.yaml", "key": "amazon.enabled", "removed": False}
    ]


def test_revoking_first_is_a_warning_in_both_languages(leaving: Leaving) -> None:
    leaving("apply --auto-approve")
    leaving(f"attest {KYOTO} revoked-at-amazon --by Hanako")
    assert leaving.states() == ["next", "done", "waiting", "waiting", "waiting"]
    assert leaving.warned() == ["M404"]
    assert "Stop using Amazon Pay at once" in leaving(f"offboard {KYOTO}")
    assert "すぐに Amazon Pay の利用を停止してください" in leaving(f"offboard {KYOTO} --lang ja")
    assert "| 2. Revoke the API access at Amazon | done | the merchant |" in leaving(f"offboard {KYOTO} -o markdown")


@pytest.mark.usefixtures("impatient")
def test_without_the_backend_git_is_shown_and_written_and_the_rest_is_unknown(leaving: Leaving) -> None:
    leaving("apply --auto-approve")
    leaving.backend_stops()
    assert leaving.states(code=4) == ["next", "waiting", "waiting", "waiting", "waiting"]
    leaving(f"offboard {KYOTO} --write", code=4)
    assert "enabled: false" in FILE.read_text()
    assert leaving.states(code=4) == ["unknown", "waiting", "waiting", "waiting", "waiting"]


def test_a_shop_that_nobody_knows_is_an_error_and_one_of_the_backend_alone_is_not(leaving: Leaving) -> None:
    assert "kyoto-tea" in leaving("offboard kyoto-te", code=1)
    leaving("apply --auto-approve")
    FILE.unlink()
    states = leaving.states()
    assert (states[0], states[4]) == ("next", "done")
    assert "Restore the manifest from Git" in leaving(f"offboard {KYOTO}")


def test_an_invalid_manifest_is_named_and_nothing_is_written(leaving: Leaving) -> None:
    leaving("apply --auto-approve")
    FILE.write_text(FILE.read_text().replace("enabled", "enabld"))
    before = FILE.read_text()
    assert "enabld" in leaving(f"offboard {KYOTO} --write", code=1)
    assert FILE.read_text() == before


def test_a_wrong_step_is_an_error_that_names_the_steps(leaving: Leaving) -> None:
    assert "remove-manifest" in leaving(f"offboard {KYOTO} --write --step remove-manifst", code=1)
    assert "--step needs --write" in leaving(f"offboard {KYOTO} --step stop-use", code=1)


def test_an_error_without_shops_is_followed_by_no_blank_line(fleet: Path, run: Run) -> None:
    refused = run("offboard", "no-such-shop")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr.endswith("counts all shops\n")
