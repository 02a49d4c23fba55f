"""Tokens from stores of secrets, and the credentials for them: searched for in all output, logs and files, also where a store
fails and quotes them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.app import app
from tests.adapters.secrets import aws_server, gcp_server, vault_server
from tests.adapters.secrets.aws_server import serving_aws
from tests.adapters.secrets.gcp_server import serving_google
from tests.adapters.secrets.loopback_http import Answer, Asked, serving
from tests.adapters.secrets.vault_server import serving_vault
from tests.cli.conftest import environment, write_shop
from tests.cli.test_secret_canaries import disguises

pytestmark = pytest.mark.system

TOKEN = "amzn.mws.5eed5eed-c0de-4ca2-9bb2-5eed5eed5eed"
OTHER = "amzn.mws.01d01d01-c0de-4ca1-8aa1-01d01d01d01d"
CREDENTIALS = (
    vault_server.TOKEN,
    aws_server.KEY,
    aws_server.SESSION,
    aws_server.WEB_TOKEN,
    gcp_server.ACCESS,
    gcp_server.WEB_TOKEN,
)
DOCUMENT = {"kyoto": TOKEN, "kyoto-old": OTHER, "n": 5, "broken": "canary-that-is-no-token"}
CANARIES = (TOKEN, OTHER, "canary-that-is-no-token", *CREDENTIALS)
COMMANDS = (
    ("validate", "--with-secrets"),
    ("secrets", "list"),
    ("secrets", "rotate", "kyoto-tea"),
    ("plan", "--out", "plan.json"),
    ("plan", "-o", "markdown"),
    ("show-plan", "plan.json", "-o", "json"),
    ("drift", "-o", "html=drift.html", "-o", "json"),
    ("apply", "--auto-approve", "--allow", "fleet-share", "--log", "json"),
    ("apply", "plan.json", "--auto-approve"),
    ("secrets", "rotate", "kyoto-tea", "-o", "json"),
    ("history", "-o", "json"),
    ("drift", "--require-secrets"),
)
SHORT = (
    ("validate", "--with-secrets", "--lang", "ja"),
    ("apply", "--auto-approve", "--allow", "fleet-share", "--log", "json"),
    ("secrets", "list", "-o", "json"),
)


@dataclass(frozen=True, slots=True)
class Store:
    """`reference` is a scheme with the place of the document; `variables` lead to the store at an address."""

    reference: str
    serving: Callable[[], object]
    variables: Callable[[str, Path], dict[str, str]]


def _vault(address: str, _: Path) -> dict[str, str]:
    return {"VAULT_ADDR": address, "VAULT_TOKEN": vault_server.TOKEN}


def _aws(address: str, _: Path) -> dict[str, str]:
    keys = {"AWS_ACCESS_KEY_ID": aws_server.KEY_ID, "AWS_SECRET_ACCESS_KEY": aws_server.KEY}
    return keys | {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": aws_server.REGION,
        "AWS_SESSION_TOKEN": aws_server.SESSION,
    }


def _aws_job(address: str, folder: Path) -> dict[str, str]:
    (folder / "job-token").write_text(aws_server.WEB_TOKEN)
    file = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "job-token"), "AWS_ROLE_ARN": "arn:aws:iam::1:role/reconciler"}
    return file | {"AWS_ENDPOINT_URL": address, "AWS_REGION": aws_server.REGION, "AWS_EC2_METADATA_DISABLED": "true"}


def _gcp(address: str, folder: Path) -> dict[str, str]:
    google = gcp_server.GoogleServer()
    google.address = address
    (folder / "job-token").write_text(gcp_server.WEB_TOKEN)
    file = google.federation_file(folder / "federation.json", folder / "job-token")
    return {"CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": address, "GOOGLE_APPLICATION_CREDENTIALS": file}


@contextmanager
def _vault_server() -> Iterator[str]:
    with serving_vault() as vault:
        vault.secrets["secret/shops"] = dict(DOCUMENT)
        yield vault.address


@contextmanager
def _aws_server() -> Iterator[str]:
    with serving_aws() as aws:
        aws.secrets, aws.session = {"shops": json.dumps(DOCUMENT)}, aws_server.SESSION
        yield aws.address


@contextmanager
def _google_server() -> Iterator[str]:
    with serving_google() as google:
        google.secrets["projects/practice/secrets/shops/versions/latest"] = json.dumps(DOCUMENT).encode()
        yield google.address


STORES = {
    "vault": Store("ref+vault://secret/shops", _vault_server, _vault),
    "aws": Store("ref+awssecrets://shops", _aws_server, _aws),
    "aws-job": Store("ref+awssecrets://shops", _aws_server, _aws_job),
    "gcp": Store("ref+gcpsecrets://practice/shops", _google_server, _gcp),
}
each_store = pytest.mark.parametrize("store", STORES.values(), ids=STORES)


@pytest.fixture
def folder(fleet: Path, tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture) -> Path:
    """Everything is logged that any library would log."""
    caplog.set_level(logging.DEBUG)
    write_shop(fleet, "uji-cups")
    return tmp_path_factory.mktemp("credentials")


def refer(fleet: Path, reference: str) -> None:
    for shop in ("kyoto-tea", "uji-cups"):
        path = fleet / "shops" / f"{shop}.yaml"
        lines = path.read_text().splitlines()
        path.write_text("\n".join(f"    mws_auth_token: {reference}" if "mws_auth" in line else line for line in lines))


def search(
    fleet: Path,
    variables: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    commands: Sequence[tuple[str, ...]],
) -> None:
    own = environment(RECONCILER_DEBUG="1", RECONCILER_VERBOSE="1", **variables)
    outputs = []
    for words in commands:
        result = CliRunner().invoke(app, words, env=own, prog_name="reconciler")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        outputs.append((words, result.output.encode()))
    kept = [(str(file), file.read_bytes()) for file in fleet.rglob("*") if file.is_file()]
    found = [
        (where, canary)
        for where, content in (*outputs, ("log", caplog.text.encode()), *kept)
        for canary in CANARIES
        if any(form in content for form in disguises(canary))
    ]
    assert found == []


@each_store
def test_a_token_that_is_used(fleet: Path, folder: Path, caplog: pytest.LogCaptureFixture, store: Store) -> None:
    with store.serving() as address:  # type: ignore[attr-defined]  # a context manager
        variables = store.variables(address, folder)
        refer(fleet, f"{store.reference}#kyoto")
        search(fleet, variables, caplog, COMMANDS)
        applied = CliRunner().invoke(app, ("drift",), env=environment(**variables), prog_name="reconciler")
        assert "No drift" in applied.output


@each_store
def test_keys_that_are_of_no_use(fleet: Path, folder: Path, caplog: pytest.LogCaptureFixture, store: Store) -> None:
    """A misspelt one, one whose value is no token, one that is no text, and the whole document."""
    with store.serving() as address:  # type: ignore[attr-defined]  # a context manager
        for key in ("#kyoto-ol", "#broken", "#n", ""):
            refer(fleet, f"{store.reference}{key}")
            search(fleet, store.variables(address, folder), caplog, SHORT)


@each_store
@pytest.mark.parametrize("status", [200, 400, 403])
def test_answers_that_quote_secrets(
    fleet: Path, folder: Path, caplog: pytest.LogCaptureFixture, store: Store, status: int
) -> None:
    """As proxies and debugging servers do: the request, its headers and what would have been answered."""
    for kind in ("text/html", "application/json", "text/xml"):
        with serving(lambda asked, kind=kind: _echo(asked, kind, status)) as address:  # type: ignore[misc]  # bound now
            refer(fleet, f"{store.reference}#kyoto")
            search(fleet, store.variables(address, folder), caplog, SHORT[:2])


def _echo(asked: Asked, kind: str, status: int) -> Answer:
    said = {"message": " ".join([*CANARIES, *asked.headers.values(), asked.body.decode()]), "__type": TOKEN}
    errors = {"errors": [TOKEN, *CREDENTIALS], "error": TOKEN, "error_description": gcp_server.ACCESS}
    body = json.dumps(said | errors)
    headers = {"Content-Type": kind, "X-Token": TOKEN}
    return Answer(status=status, body=(f"<Error>{body}</Error>" if "ml" in kind else body).encode(), headers=headers)
