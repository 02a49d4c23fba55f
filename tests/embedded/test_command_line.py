"""`python -m reconciler.embedded`: acts of other people, clear errors, exit codes."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.embedded import World
from reconciler.embedded.__main__ import main
from tests.embedded.harness import EMAIL, KYOTO, OSAKA, TOKEN, Api


@pytest.fixture
def run(app, database: Path):
    def invoke(*words: str, **environment: str) -> Result:
        words = (*words, "--database", str(database)) if words[0] != "openapi" else words
        return CliRunner().invoke(main, list(words), env=environment)

    return invoke


def test_a_merchants_edit(run, world: World) -> None:
    done = run("edit", KYOTO, f"notificationEmail={EMAIL}", "preOrder=true", "storefront=OPEN", "--as", "Hanako")
    assert (done.exit_code, done.output) == (0, "")
    assert world.integration(KYOTO)["amazonSettings"]["value"]["notificationEmail"] == EMAIL
    assert world.integration(KYOTO)["storefront"]["value"]["status"] == "OPEN"
    assert {change["actor"] for change in world.changes(KYOTO)} == {"Hanako"}


def test_a_token_is_taken_from_the_environment(run, world: World) -> None:
    assert run("edit", KYOTO, "mwsAuthToken=env:NEW_TOKEN", NEW_TOKEN=TOKEN).exit_code == 0
    assert world.integration(KYOTO)["amazonSettings"]["value"]["mwsAuthToken"]["state"] == "SET"


WRONG = [
    (("edit", OSAKA, "useAmazon=false"), "SHOP_OPEN"),
    (("edit", KYOTO, "useAmazon=yes"), "true or false"),
    (("edit", KYOTO, "notificationEmail"), "not KEY=VALUE"),
    (("edit", KYOTO, "colour=red"), "available: storefront"),
    (("edit", KYOTO, "notificationEmail=x"), "notificationEmail:"),
    (("edit", KYOTO, "mwsAuthToken=amzn.mws.x"), "must not contain a secret"),
    (("edit", KYOTO, "mwsAuthToken=env:NOT_SET"), "NOT_SET is not set"),
    (("edit", "no-such-shop", "preOrder=true"), "SHOP_NOT_FOUND"),
    (("revoke", KYOTO), "no seller id"),
    (("seed", "nowhere.json"), "nowhere.json: cannot read the seed"),
    (("client", "c", "--secret-env", "NOT_SET"), "NOT_SET is not set"),
]


@pytest.mark.parametrize(("words", "message"), WRONG, ids=lambda value: " ".join(value) if value else "")
def test_a_mistake_is_explained_and_ends_with_one(run, words: tuple[str, ...], message: str) -> None:
    done = run(*words)
    assert done.exit_code == 1
    assert message in done.output
    assert "Traceback" not in done.output


def test_maintenance_starts_and_ends(run, api: Api) -> None:
    api.sign_in()
    assert run("maintenance", "on").exit_code == 0
    assert api.get(KYOTO, "storefront").status_code == 503
    assert run("maintenance", "off").exit_code == 0
    assert api.get(KYOTO, "storefront").status_code == 200


def test_the_platform_and_amazon_act(run, world: World) -> None:
    assert run("revoke", OSAKA).exit_code == 0
    assert world.integration(OSAKA)["amazonSettings"]["value"]["apiStatus"] == "ERROR"
    assert run("restore", OSAKA).exit_code == 0
    assert world.integration(OSAKA)["amazonSettings"]["value"]["apiStatus"] == "VALID"
    assert run("turn-off", OSAKA).exit_code == 0
    assert world.integration(OSAKA)["amazonSettings"]["value"]["useAmazon"] is False


def test_a_capture_prints_the_charge(run, world: World) -> None:
    done = run("capture", OSAKA, "100000000001", "--amount", "400", "--state", "Declined", "--reason", "AmazonRejected")
    assert (done.exit_code, done.output) == (0, "S03-0000001-0000001-C000001\n")
    assert run("capture", OSAKA, "100000000003").exit_code == 1


def test_a_charge_is_refunded_disputed_and_turned(run, world: World) -> None:
    charge = run("capture", OSAKA, "100000000001").output.strip()
    refund = run("refund", OSAKA, charge, "--amount", "400").output.strip()
    dispute = run("dispute", OSAKA, charge).output.strip()
    assert (refund, dispute) == (charge.replace("-C", "-R"), charge.replace("-C", "-B"))
    assert run("turn", OSAKA, refund, "Declined", "--reason", "AmazonRejected").exit_code == 0
    assert [each["to"] for each in world.changes(OSAKA)][:1] == ["Declined"]
    assert run("turn", OSAKA, dispute, "Refunded").exit_code == 1


def test_a_seed_and_a_client_are_added(run, app, connect, tmp_path: Path) -> None:
    file = tmp_path / "more.json"
    file.write_text('{"shops": [{"shopKey": "one-more"}]}', encoding="utf-8")
    assert run("seed", str(file)).exit_code == 0
    made = run("client", "shopper", "--secret-env", "SECRET", "--shop", "one-more", SECRET="shopper-secret")
    assert made.exit_code == 0
    assert connect(app, "shopper", "one-more").get("one-more", "storefront").status_code == 200


def test_a_database_that_cannot_be_used_is_explained() -> None:
    done = CliRunner().invoke(main, ["maintenance", "on", "--database", "sqlite://"])
    assert done.exit_code == 1
    assert "use a file" in done.output
