"""A plaintext token is in no response, no trail, no log, no exception, and not in the database file."""

import logging
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError

from reconciler.embedded import Problem, World
from reconciler.embedded.contract.requests import AmazonSettingsPatch
from reconciler.embedded.seeding.seed import SeedError
from tests.embedded.harness import CLIENT, KOBE, KYOTO, OSAKA, OTHER_TOKEN, SELLER, TOKEN, Api

SECRETS = (TOKEN, OTHER_TOKEN, "operator-secret", "kyoto-secret")


def test_no_secret_is_in_the_files(api: Api, database: Path, world: World) -> None:
    api.settings(KYOTO, {"sellerId": SELLER, "clientId": CLIENT, "mwsAuthToken": TOKEN})
    world.ensure_client("another", "another-secret")
    written = b"".join(file.read_bytes() for file in database.parent.iterdir())
    assert KYOTO.encode() in written
    for secret in (*SECRETS, "another-secret", api.token):
        assert secret.encode() not in written


def test_no_secret_is_answered(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.settings(OSAKA, {"mwsAuthToken": TOKEN})
    refused = [
        api.settings(KYOTO, {"sellerId": SELLER, "clientId": "wrong", "mwsAuthToken": TOKEN}),
        api.settings(KYOTO, {"mwsAuthToken": TOKEN, "unknown": TOKEN}),
        api.settings(KYOTO, {"mwsAuthToken": TOKEN * 5}),
        api.settings(KYOTO, {"mwsAuthToken": {"value": TOKEN}}),
        api.settings(KOBE, {"mwsAuthToken": TOKEN}),
        api.settings(KYOTO, {"mwsAuthToken": TOKEN}, if_match='"0"'),
    ]
    assert all(answer.status_code >= 400 for answer in refused)
    read = [api.get(OSAKA, "amazon-settings"), api.get(OSAKA, "integration"), api.get(OSAKA, "changes")]
    texts = [answer.text for answer in (*refused, *read, api.ask("GET", "/integrations"))]
    for secret in SECRETS:
        assert all(secret not in text for text in (*texts, caplog.text))


def test_no_secret_is_in_an_exception(world: World) -> None:
    with pytest.raises(Problem) as refused:
        world.merchant_edits(KYOTO, {"sellerId": SELLER, "clientId": "wrong", "mwsAuthToken": TOKEN})
    assert TOKEN not in repr(refused.value.__dict__)
    with pytest.raises(SeedError) as clash:
        world.seed({"shops": [{"shopKey": KYOTO, "amazonSettings": {"mwsAuthToken": {"value": TOKEN}}}]})
    assert TOKEN not in str(clash.value)


def test_a_drivers_error_does_not_print_what_was_written(app) -> None:
    with pytest.raises(SQLAlchemyError) as caught, app.state.services.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (?)", (TOKEN,))
    assert TOKEN not in str(caught.value)


def test_a_body_does_not_print_its_token(api: Api) -> None:
    body = TypeAdapter(AmazonSettingsPatch).validate_python({"mwsAuthToken": TOKEN})
    assert TOKEN not in repr(body)
