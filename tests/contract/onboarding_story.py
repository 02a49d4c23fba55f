"""A month of onboarding against the served embedded backend, and what has to be missing at its end, computed without the tool.

A table with incomplete and wrong rows is onboarded and applied in two parts; the store of secrets is down in between, and a
contract ends. Test orders are attested for every second shop.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from reconciler.cli.app import app
from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.adapters.secrets.vault_server import TOKEN as VAULT_TOKEN
from tests.adapters.secrets.vault_server import VaultServer, serving_vault
from tests.cli.conftest import environment
from tests.contract.conftest import served

GROUP = """\
apiVersion: reconciler/v1
amazon:
  enabled: true
storefront:
  status: open
seller_central:
  ipn_endpoint: registered
maintenance:
  close_shop: allow
"""
HEADER = ("店舗キー", "SellerId(出品者ID)", "ClientId(クライアントID)", "MWSAuthToken", "通知メールアドレス")
COLUMNS = ("seller-id", "client-id", "token", "notification-email")
MISSING = {"seller-id": 1, "client-id": 2, "token": 3, "notification-email": 4}
"""The item that an incomplete row leaves out, with its column."""
LATER = {"live", "test-order"}


def token(number: int) -> str:
    return f"amzn.mws.7e57ab1e-0000-4000-8000-{number:012x}"


@dataclass
class Story:
    """`gaps`: the item that each incomplete shop was never given. `wrong`: rows that no manifest was made of."""

    root: Path
    world: World
    vault: VaultServer
    count: int
    gaps: dict[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    attested: set[str] = field(default_factory=set)

    @property
    def shops(self) -> list[str]:
        return [f"shop-{number:05}" for number in range(self.count)]

    def run(self, *words: str) -> Result:
        own = environment(SECRET="secret", VAULT_ADDR=self.vault.address, VAULT_TOKEN=VAULT_TOKEN)
        gone = dict.fromkeys(set(os.environ) - set(own))
        result = CliRunner().invoke(app, words, env=gone | own, prog_name="reconciler")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "amzn.mws." not in result.output
        return result

    def status(self, *words: str) -> dict[str, dict[str, Any]]:
        result = self.run("onboard", "--status", "new.csv", "-o", "json", *words)
        assert result.exit_code == 0, result.output
        return {shop["shop"]: shop for shop in json.loads(result.stdout)["shops"]}

    def write_table(self, incomplete: int, wrong: int) -> None:
        with (self.root / "new.csv").open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for number, shop in enumerate(self.shops):
                writer.writerow(self._row(number, shop, incomplete, wrong))

    def _row(self, number: int, shop: str, incomplete: int, wrong: int) -> list[str]:
        row = [
            shop, f"A1SELLER{number:06}", f"amzn1.application-oa2-client.{number:032x}",
            f"ref+vault://secret/{shop}#token", f"pay@{shop}.example",
        ]  # fmt: skip
        self.vault.secrets[f"secret/{shop}"] = {"token": token(number)}
        if number < incomplete:
            item = COLUMNS[number % len(COLUMNS)]
            row[MISSING[item]] = ""
            self.gaps[shop] = item
        elif number >= self.count - wrong:
            row[1] = "not-a-seller-id"
            self.wrong.add(shop)
        return row

    def attest_test_orders(self) -> None:
        folder = self.root / "shops" / "_attestations"
        folder.mkdir()
        for shop in self.shops[::2]:
            entry = "  test-order:\n    by: Hanako\n    date: '2026-01-05'\n"
            (folder / f"{shop}.yaml").write_text(f"apiVersion: reconciler/v1\nshop: {shop}\nattested:\n{entry}")
            self.attested.add(shop)

    def revoke_contract(self, shop: str) -> None:
        self.world.platform_entitles(shop, amazonContract=False)
        self.revoked.add(shop)

    def expected(self, shop: str) -> tuple[str, set[str]]:
        """The state and the items that are left, from what was planted and what the backend itself says."""
        if shop in self.wrong:
            return "incomplete", {"manifest", *MISSING, "ipn-endpoint"} | LATER - self._order(shop)
        settings = self.world.integration(shop)["amazonSettings"]["value"]
        left = {self.gaps[shop]} if shop in self.gaps else set()
        if self.gaps.get(shop) == "seller-id":
            left |= {*MISSING, "ipn-endpoint"}  # which belongs to a seller, so that an apply refuses the shop
        if not settings["buttonsVisible"]:
            left |= {"live"}
        left |= {"test-order"} - self._order(shop)
        if shop in self.revoked:
            return "revoked", left | {"contract"}
        return ("incomplete" if left else "complete"), left

    def _order(self, shop: str) -> set[str]:
        return {"test-order"} & LATER if shop in self.attested else set()


def left(shop: dict[str, Any]) -> set[str]:
    return {item["item"] for item in shop["items"] if item["state"] in ("missing", "expired")}


def unknown(shop: dict[str, Any]) -> set[str]:
    return {item["item"] for item in shop["items"] if item["state"] == "unknown"}


@contextmanager
def story(root: Path, count: int) -> Iterator[Story]:
    (root / "shops").mkdir()
    (root / "group.yaml").write_text(GROUP)
    seed = {"shops": [{"shopKey": f"shop-{number:05}"} for number in range(count)]}
    application = create_app(EmbeddedConfig(database=root / "world.db", seed=seed))
    world = World.of(application)
    world.ensure_client("tests", "secret")
    with served(application) as url, serving_vault() as vault:
        (root / "reconciler.yaml").write_text(
            f"backend: {{kind: http, url: '{url}', client_id: tests, client_secret: ref+env://SECRET}}\n"
            "pace: {requests_per_second: 1000}\n"
        )
        yield Story(root=root, world=world, vault=vault, count=count)
