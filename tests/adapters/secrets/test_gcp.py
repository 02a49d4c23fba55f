"""`ref+gcpsecrets://PROJECT/NAME#KEY`: what is read, with which token, and what is reported where it cannot be."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.adapters.secrets import SecretResolver
from reconciler.adapters.secrets.documents import DocumentSecrets, read_each
from reconciler.adapters.secrets.gcp import GoogleSecrets
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing
from tests.adapters.secrets.gcp_server import ACCESS, WEB_TOKEN, GoogleServer, serving_google

SECRET = "a-merchant's-token-that-nobody-may-see"
ADDRESS = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"
LATEST = "projects/practice/secrets/shops/versions/latest"


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[GoogleServer]:
    with serving_google() as server:
        server.secrets[LATEST] = json.dumps({"kyoto-tea": SECRET}).encode()
        server.secrets["projects/practice/secrets/plain/versions/3"] = SECRET.encode()
        server.secrets["projects/practice/secrets/blob/versions/latest"] = b"\xff\xfe"
        monkeypatch.setenv(ADDRESS, f"{server.address}/")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", server.key_file(tmp_path / "key.json"))
        yield server


class Setting:
    """A scheme whose waits between attempts are recorded, and take no time."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        read = read_each(GoogleSecrets(self.waits.append).read)
        self.read = DocumentSecrets("gcpsecrets", read, form="PROJECT/NAME#KEY", whole=True)

    def missing(self, locator: str) -> str:
        with pytest.raises(SecretMissing) as raised:
            self.read(locator)
        said = "".join(traceback.format_exception(raised.value))
        assert not any(secret in said for secret in (SECRET, ACCESS, WEB_TOKEN))
        assert raised.value.hint is not None
        return f"{raised.value.text} | {raised.value.hint}"


@pytest.mark.parametrize("locator", ["practice/shops#kyoto-tea", "practice/shops/latest#kyoto-tea", "practice/plain/3"])
def test_a_key_of_an_object_and_a_whole_text_are_read(google: GoogleServer, locator: str) -> None:
    assert Setting().read(locator) == SECRET


def test_three_hundred_shops_of_one_object_cost_one_token_and_one_request(google: GoogleServer) -> None:
    tokens = {f"shop-{number}": f"token-{number}" for number in range(300)}
    google.secrets[LATEST] = json.dumps(tokens).encode()
    setting = Setting()
    assert [setting.read(f"practice/shops#{shop}") for shop in tokens] == list(tokens.values())
    assert google.asked == ["/token", f"/v1/{LATEST}:access"]


def test_secrets_that_are_announced_are_read_with_one_token(google: GoogleServer) -> None:
    names = [f"shop-{number}" for number in range(40)]
    google.secrets = {f"projects/practice/secrets/{name}/versions/latest": name.encode() for name in names}
    setting = Setting()
    setting.read.prepare(f"practice/{name}" for name in names)
    assert google.asked.count("/token") == 1
    assert len(google.asked) == 41
    assert [setting.read(f"practice/{name}") for name in names] == names
    assert len(google.asked) == 41


def test_a_job_signs_in_with_the_token_of_its_ci(
    google: GoogleServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(WEB_TOKEN)
    file = google.federation_file(tmp_path / "federation.json", tmp_path / "token")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
    assert Setting().read("practice/shops#kyoto-tea") == SECRET
    assert google.asked[0] == "/v1/token"


def test_a_busy_server_is_waited_for(google: GoogleServer) -> None:
    google.errors = [429, 503]
    setting = Setting()
    assert setting.read("practice/shops#kyoto-tea") == SECRET
    assert setting.waits == [0.2, 1.0]


class TestMissing:
    @pytest.mark.parametrize(
        ("locator", "said"),
        [
            ("practice/nowhere#a", "Google has no secret practice/nowhere, or not this version"),
            ("practice/shops#kyoto-te", "has no key kyoto-te | Did you mean the key kyoto-tea?"),
            ("practice/blob", "is not a text"),
            ("practice#a", "names no secret of Google | Write ref+gcpsecrets://PROJECT/NAME#KEY"),
            ("practice/a/1/2#a", "names no secret of Google"),
            ("practice/..%2f/1#a", "names no secret of Google"),
        ],
    )
    def test_what_is_not_there(self, google: GoogleServer, locator: str, said: str) -> None:
        assert said in Setting().missing(locator)

    @pytest.mark.parametrize(
        ("status", "said"), [(403, "does not allow its account to read practice/shops"), (400, "disabled or destroyed")]
    )
    def test_one_secret_that_is_refused_harms_no_other(self, google: GoogleServer, status: int, said: str) -> None:
        google.refused[LATEST] = status
        setting = Setting()
        assert said in setting.missing("practice/shops#kyoto-tea")
        assert setting.read("practice/plain/3") == SECRET

    @pytest.mark.parametrize(
        ("status", "said"),
        [(401, "does not accept its credentials"), (429, "its quota is used up"), (503, "answers with status 503")],
    )
    def test_a_store_that_is_down_is_not_asked_for_each_secret(
        self, google: GoogleServer, status: int, said: str
    ) -> None:
        google.errors = [status] * 100
        setting = Setting()
        setting.read.prepare(f"practice/shop-{number}" for number in range(300))
        assert said in setting.missing("practice/shop-0")
        assert said in setting.missing("practice/shop-299")
        assert len(google.asked) <= 5

    def test_credentials_that_google_refuses(self, google: GoogleServer) -> None:
        google.token_status = 400
        assert "cannot be obtained (RefreshError)" in Setting().missing("practice/shops#kyoto-tea")

    @pytest.mark.parametrize("content", [None, "{}", "not json " + SECRET])
    def test_no_credentials(
        self, google: GoogleServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
    ) -> None:
        file = tmp_path / "other.json"
        if content is not None:
            file.write_text(content)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        said = Setting().missing("practice/shops#kyoto-tea")
        assert "The credentials of Google cannot be obtained (DefaultCredentialsError)" in said
        assert google.asked == []

    def test_no_token_is_asked_for_where_the_assertion_would_travel_unencrypted(
        self, google: GoogleServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        file = google.key_file(tmp_path / "key.json", token_uri="http://token.example/token")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
        assert "cannot be obtained (TransportError)" in Setting().missing("practice/shops#kyoto-tea")

    def test_an_address_that_is_not_encrypted(self, google: GoogleServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(ADDRESS, "http://secrets.example")
        said = Setting().missing("practice/shops#kyoto-tea")
        assert f"{ADDRESS} is http://secrets.example: credentials would travel unencrypted" in said
        assert google.asked == []

    def test_an_unreachable_server(self, google: GoogleServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(ADDRESS, "http://127.0.0.1:1")
        setting = Setting()
        assert "cannot be reached: no connection could be made" in setting.missing("practice/shops#kyoto-tea")
        assert setting.waits == [0.2, 1.0, 2.0]

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"payload": 5}', b'{"payload": {"data": "%%"}}'])
    def test_an_answer_that_is_none_of_googles(self, google: GoogleServer, body: bytes) -> None:
        google.raw = body
        assert Setting().missing("practice/plain/3")


def test_no_level_of_logging_shows_a_secret(google: GoogleServer, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        Setting().read("practice/shops#kyoto-tea")
    finally:
        logging.getLogger().setLevel(logging.WARNING)
    assert SECRET not in caplog.text
    assert ACCESS not in caplog.text


def test_the_scheme_is_built_in(google: GoogleServer, tmp_path: Path) -> None:
    resolver, ref = SecretResolver(tmp_path), SecretRef("ref+gcpsecrets://practice/shops#kyoto-tea")
    resolver.check_scheme(ref)
    assert resolver.resolve(ref).reveal() == SECRET
