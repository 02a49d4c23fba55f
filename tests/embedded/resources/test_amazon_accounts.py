"""What Amazon knows: sellers and tokens that are revoked, from the seed and by Amazon's own act."""

import pytest

from reconciler.embedded import Problem, World
from tests.embedded.harness import (
    CLIENT,
    COMPLETE,
    KYOTO,
    OSAKA,
    OTHER_SELLER,
    OTHER_TOKEN,
    SEED,
    SELLER,
    TOKEN,
    Api,
    fields,
    refusal,
)


@pytest.fixture
def api_knowing(start, connect):
    def begin(account: dict) -> Api:
        return connect(start(seed={**SEED, "amazonAccounts": [account]}))

    return begin


def test_a_revoked_sellers_values_are_refused(api_knowing) -> None:
    api = api_knowing({"sellerId": SELLER, "revoked": True})
    answer = api.settings(KYOTO, COMPLETE)
    assert refusal(answer) == (422, "AMAZON_API_ERROR")
    assert fields(answer) == {"sellerId": "ACCESS_REVOKED"}


def test_a_revoked_token_is_refused_and_another_is_not(api_knowing) -> None:
    api = api_knowing({"sellerId": SELLER, "revokedTokens": [{"value": TOKEN}]})
    answer = api.settings(KYOTO, COMPLETE)
    assert fields(answer) == {"mwsAuthToken": "TOKEN_REVOKED"}
    assert api.settings(KYOTO, {**COMPLETE, "mwsAuthToken": OTHER_TOKEN}).status_code == 200


def test_a_client_of_another_seller_is_refused(api_knowing) -> None:
    api = api_knowing({"sellerId": SELLER, "clientId": CLIENT[:-1] + "0"})
    assert fields(api.settings(KYOTO, COMPLETE)) == {"clientId": "OTHER_SELLER"}


def test_a_seeded_shop_with_a_revoked_token_starts_in_error(api_knowing) -> None:
    api = api_knowing({"sellerId": OTHER_SELLER, "revokedTokens": [{"value": OTHER_TOKEN}]})
    assert api.get(OSAKA, "amazon-settings").json()["apiStatus"] == "ERROR"
    # Later only its seal is there to be matched.
    answer = api.settings(OSAKA, {"clientId": CLIENT[:-1] + "0"})
    assert fields(answer) == {"mwsAuthToken": "TOKEN_REVOKED"}


def test_amazon_revokes_a_live_shop(api: Api, world: World) -> None:
    before = api.get(OSAKA, "amazon-settings")
    world.amazon_revokes(OSAKA)
    after = api.get(OSAKA, "amazon-settings")
    assert (before.json()["apiStatus"], after.json()["apiStatus"]) == ("VALID", "ERROR")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.json()["buttonsVisible"] is True
    [change] = api.changes(OSAKA)
    assert (change["actor"], change["actorType"], change["field"], change["cause"]) == (
        "amazon",
        "AMAZON",
        "apiStatus",
        None,
    )
    assert refusal(api.settings(OSAKA, {"mwsAuthToken": TOKEN})) == (422, "AMAZON_API_ERROR")


def test_amazon_restores_it(api: Api, world: World) -> None:
    world.amazon_revokes(OSAKA)
    world.amazon_restores(OSAKA)
    assert api.get(OSAKA, "amazon-settings").json()["apiStatus"] == "VALID"
    assert api.settings(OSAKA, {"mwsAuthToken": TOKEN}).status_code == 200


def test_amazon_knows_nothing_of_a_shop_without_a_seller(world: World) -> None:
    with pytest.raises(Problem, match="no seller id"):
        world.amazon_revokes(KYOTO)
