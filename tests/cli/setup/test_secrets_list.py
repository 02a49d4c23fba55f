"""`secrets list`: what is to be provided, for how many shops, and why something is missing; never a value."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.adapters.secrets.vault_server import TOKEN as VAULT_TOKEN
from tests.adapters.secrets.vault_server import serving_vault
from tests.cli.conftest import Run, write_shop
from tests.support.example_fleet import TOKEN

ENVIRONMENT = "ref+env://FLEET_TOKEN"


def refer(fleet: Path, shop: str, reference: str) -> None:
    path = fleet / "shops" / f"{shop}.yaml"
    text = path.read_text()
    assert ENVIRONMENT in text
    path.write_text(text.replace(ENVIRONMENT, reference))


def rows(run: Run, *words: str, **variables: str) -> list[dict[str, object]]:
    document = json.loads(run("secrets", "list", *words, "-o", "json", **variables).stdout)
    jsonschema.validate(document, schemas()["secrets"]())
    return list(document["rows"])


def test_each_reference_is_listed_once_with_its_shops(fleet: Path, run: Run) -> None:
    assert rows(run) == [
        {"reference": ENVIRONMENT, "state": "provided", "count": 2, "shops": "kyoto-tea uji-cups", "reason": None}
    ]
    assert rows(run, "--missing") == []
    shown = run("secrets", "list", "--missing")
    assert (shown.exit_code, shown.stdout) == (0, "No secret is missing.\n")
    assert TOKEN not in run("secrets", "list").output


def test_what_is_missing_is_named_with_the_reason(fleet: Path, run: Run) -> None:
    refer(fleet, "uji-cups", "ref+env://UJI_TOKEN")
    assert [(row["reference"], row["state"], row["reason"]) for row in rows(run)] == [
        (ENVIRONMENT, "provided", None),
        ("ref+env://UJI_TOKEN", "missing", "S101"),
    ]
    shown = run("secrets", "list", "--missing")
    assert shown.exit_code == 0
    assert ENVIRONMENT not in shown.stdout
    assert "The environment variable UJI_TOKEN is not set" in shown.stdout
    assert shown.stderr == "1 of 2 secrets are missing\n"


def test_a_value_of_another_form_is_missing_and_not_shown(fleet: Path, run: Run) -> None:
    (row,) = rows(run, FLEET_TOKEN="not-a-token-at-all")
    assert (row["state"], row["reason"]) == ("missing", "S103")
    assert "not-a-token-at-all" not in run("secrets", "list", FLEET_TOKEN="not-a-token-at-all").output


@pytest.mark.parametrize("refuses", [False, True])
def test_a_vault_is_asked_once_for_all_its_shops_and_harms_no_other(fleet: Path, run: Run, *, refuses: bool) -> None:
    write_shop(fleet, "nara-ink")
    refer(fleet, "uji-cups", "ref+vault://secret/shops#uji")
    refer(fleet, "nara-ink", "ref+vault://secret/shops#nara")
    with serving_vault() as vault:
        vault.secrets["secret/shops"] = {"uji": TOKEN, "nara": TOKEN}
        vault.forbidden = {"secret/shops"} if refuses else set()
        found = rows(run, VAULT_ADDR=vault.address, VAULT_TOKEN=VAULT_TOKEN)
        assert vault.asked.count("secret/data/shops") == 1
    assert [row["state"] for row in found] == ["provided", *(["missing" if refuses else "provided"] * 2)]


def test_a_manifest_that_is_invalid_is_reported_and_hides_no_other(fleet: Path, run: Run) -> None:
    (fleet / "shops" / "uji-cups.yaml").write_text("shop: uji-cups\n")
    shown = run("secrets", "list")
    assert shown.exit_code == 1
    assert "provided" in shown.stdout
    assert "shops/uji-cups.yaml" in shown.stderr


def test_only_the_selected_shops(fleet: Path, run: Run) -> None:
    refer(fleet, "uji-cups", "ref+env://UJI_TOKEN")
    assert [row["reference"] for row in rows(run, "uji-*")] == ["ref+env://UJI_TOKEN"]
    assert run("secrets", "list", "nobody").exit_code == 1
