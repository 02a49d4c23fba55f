"""`secrets rotate`: another token of one merchant, in all of its shops together or in none."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run, write_shop
from tests.support.example_fleet import TOKEN

SELLER = "A1EXAMPLE234567"
NEW_TOKEN = "amzn.mws.8f68bc2f-0000-4000-8000-00000badc0de"
NEW = "ref+vault://secret/shops#kyoto"


def change(fleet: Path, shop: str, before: str, after: str) -> None:
    path = fleet / "shops" / f"{shop}.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def rows(run: Run, *words: str, **variables: str) -> dict[str, str]:
    result = run("secrets", "rotate", *words, "-o", "json", **variables)
    document = json.loads(result.stdout)
    jsonschema.validate(document, schemas()["rotation"]())
    return {row["shop"]: row["state"] for row in document["rows"]}


def texts(fleet: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted((fleet / "shops").rglob("*.yaml"))}


class TestAnotherReference:
    def test_every_manifest_of_the_merchant_is_edited_and_comments_stay(self, fleet: Path, run: Run) -> None:
        change(fleet, "uji-cups", "ref+env://FLEET_TOKEN", "ref+env://FLEET_TOKEN # renewed each year")
        before = texts(fleet)
        assert rows(run, "kyoto-tea", "--to", NEW, "--check") == {"kyoto-tea": "to-edit", "uji-cups": "to-edit"}
        assert texts(fleet) == before
        shown = run("secrets", "rotate", SELLER, "--to", NEW)
        assert shown.exit_code == 0
        assert "Edited files: 2. Review them with `git diff`" in shown.stderr
        assert "Next: `reconciler plan kyoto-tea uji-cups`" in shown.stderr
        edited = {name: text.replace("ref+env://FLEET_TOKEN", NEW) for name, text in before.items()}
        assert texts(fleet) == edited
        assert rows(run, SELLER, "--to", NEW) == {"kyoto-tea": "current", "uji-cups": "current"}

    def test_a_group_that_declares_it_for_one_merchant_is_edited_once(self, fleet: Path, run: Run) -> None:
        grouped(fleet, "kyoto-tea", "uji-cups")
        assert set(rows(run, SELLER, "--to", NEW).values()) == {"edited"}
        assert "mws_auth_token" not in texts(fleet)["kyoto-tea.yaml"]
        assert f"    mws_auth_token: {NEW} # of the merchant" in texts(fleet)["merchant.yaml"]
        assert rows(run, SELLER, "--to", NEW, "--check") == {"kyoto-tea": "current", "uji-cups": "current"}

    def test_a_group_that_declares_it_for_another_merchant_too_is_not_edited(self, fleet: Path, run: Run) -> None:
        grouped(fleet, "kyoto-tea", "uji-cups")
        change(fleet, "uji-cups", "    client_id", "    seller_id: A2EXAMPLE234567\n    client_id")
        refused(fleet, run, SELLER, "--to", NEW, said="another SellerId refer to the same secret: uji-cups")

    def test_the_secret_of_another_merchant_is_refused(self, fleet: Path, run: Run) -> None:
        change(fleet, "uji-cups", SELLER, "A2EXAMPLE234567")
        change(fleet, "uji-cups", "ref+env://FLEET_TOKEN", NEW)
        refused(fleet, run, SELLER, "--to", NEW, said="refer to the same secret: uji-cups (A2EXAMPLE234567)")

    @pytest.mark.parametrize(
        "value", [NEW_TOKEN, "pre-set", "hunter2", f"ref+env://{NEW_TOKEN}", "ref+env://A\x1b[31m"]
    )
    def test_what_is_no_reference_is_never_quoted(self, fleet: Path, run: Run, value: str) -> None:
        shown = run("secrets", "rotate", SELLER, "--to", value)
        assert shown.exit_code == 1
        assert "The value of --to" in shown.stderr
        assert value not in shown.output
        assert "FLEET_TOKEN" in texts(fleet)["kyoto-tea.yaml"]

    @pytest.mark.parametrize("name", ["A:", "a/{b}", "'a'", '"a"', "a#b", "店舗"])
    def test_any_reference_is_read_back_as_it_was_given(self, fleet: Path, run: Run, name: str) -> None:
        assert rows(run, SELLER, "--to", f"ref+file://{name}") == {"kyoto-tea": "edited", "uji-cups": "edited"}
        assert rows(run, f"ref+file://{name}", "--to", NEW) == {"kyoto-tea": "edited", "uji-cups": "edited"}
        assert f"mws_auth_token: {NEW}\n" in texts(fleet)["uji-cups.yaml"]

    def test_a_scheme_that_nothing_understands(self, fleet: Path, run: Run) -> None:
        shown = run("secrets", "rotate", SELLER, "--to", "ref+quantum://x")
        assert (shown.exit_code, "unknown secret scheme quantum" in shown.stderr) == (1, True)


class TestAnotherValue:
    def test_the_shops_are_named_to_which_the_next_plan_writes_it(self, fleet: Path, run: Run) -> None:
        write_shop(fleet, "uji-cups")
        assert run("apply", "--auto-approve", "--allow", "fleet-share").exit_code == 0
        assert rows(run, SELLER) == {"kyoto-tea": "matches", "uji-cups": "matches"}
        assert rows(run, SELLER, FLEET_TOKEN=NEW_TOKEN) == {"kyoto-tea": "planned", "uji-cups": "planned"}
        shown = run("secrets", "rotate", SELLER, FLEET_TOKEN=NEW_TOKEN)
        assert "then run `reconciler apply kyoto-tea uji-cups --allow secret-rotation`" in shown.stderr
        assert NEW_TOKEN not in shown.output
        command = ("apply", "kyoto-tea", "uji-cups", "--allow", "secret-rotation", "--allow", "fleet-share")
        assert run(*command, "--auto-approve", FLEET_TOKEN=NEW_TOKEN).exit_code == 0
        assert set(rows(run, SELLER, FLEET_TOKEN=NEW_TOKEN).values()) == {"matches"}

    def test_references_with_different_values_are_half_a_rotation(self, fleet: Path, run: Run) -> None:
        change(fleet, "uji-cups", "ref+env://FLEET_TOKEN", "ref+env://UJI_TOKEN")
        said = "hold different tokens: ref+env://FLEET_TOKEN (1), ref+env://UJI_TOKEN (1)"
        refused(fleet, run, SELLER, said=said, UJI_TOKEN=NEW_TOKEN)
        assert set(rows(run, SELLER, UJI_TOKEN=TOKEN).values()) == {"planned"}

    def test_a_token_that_is_not_provided_is_an_error_once(self, fleet: Path, run: Run) -> None:
        shown = run("secrets", "rotate", SELLER, FLEET_TOKEN="")
        assert shown.exit_code == 1
        assert "The token of 2 of 2 shops cannot be used: The environment variable FLEET_TOKEN is empty" in shown.stderr

    def test_a_shop_that_the_backend_does_not_know_is_not_compared(self, fleet: Path, run: Run) -> None:
        write_shop(fleet, "nara-ink")
        result = run("secrets", "rotate", SELLER, "-o", "json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["rows"][1]["state"] == "unknown"


def test_an_invalid_manifest_may_belong_to_the_merchant(fleet: Path, run: Run) -> None:
    (fleet / "shops" / "nara-ink.yaml").write_text("shop: nara-ink\n")
    refused(fleet, run, SELLER, "--to", NEW, said="any of them may belong to the merchant: nara-ink")


def test_a_token_that_amazon_holds_is_not_rotated(fleet: Path, run: Run) -> None:
    change(fleet, "uji-cups", "ref+env://FLEET_TOKEN", "pre-set")
    shown = run("secrets", "rotate", SELLER, "--to", NEW)
    assert "Not rotated, since their token is `pre-set` or not managed: uji-cups" in shown.stderr
    change(fleet, "kyoto-tea", NEW, "pre-set")
    refused(fleet, run, SELLER, said="no shop of A1EXAMPLE234567 refers to a secret")


def test_an_unknown_merchant(fleet: Path, run: Run) -> None:
    shown = run("secrets", "rotate", "kyoto-tee")
    assert shown.exit_code == 1
    assert "No manifest declares the SellerId, the shop or the reference kyoto-tee" in shown.stderr
    assert "kyoto-tea" in shown.stderr


def grouped(fleet: Path, *shops: str) -> None:
    """The shops get their token from a group."""
    (fleet / "shops" / "_groups").mkdir()
    group = f"amazon:\n  api:\n    seller_id: {SELLER}\n    mws_auth_token: ref+env://FLEET_TOKEN # of the merchant\n"
    (fleet / "shops" / "_groups" / "merchant.yaml").write_text(f"apiVersion: reconciler/v1\n{group}")
    for shop in shops:
        change(fleet, shop, f"    seller_id: {SELLER}\n", "")
        change(fleet, shop, "    mws_auth_token: ref+env://FLEET_TOKEN\n", "")
        change(fleet, shop, f"shop: {shop}\n", f"shop: {shop}\ngroup: merchant\n")


def refused(fleet: Path, run: Run, *words: str, said: str, **variables: str) -> None:
    before = texts(fleet)
    shown = run("secrets", "rotate", *words, **variables)
    assert (shown.exit_code, "refused[S107]" in shown.stderr) == (3, True)
    assert said in " ".join(shown.stderr.split())
    assert texts(fleet) == before
