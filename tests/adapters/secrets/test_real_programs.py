"""Vault's API as OpenBao implements it, and files as sops encrypts them: what is promised of the servers of the tests holds."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.adapters.secrets import SecretResolver
from reconciler.adapters.secrets.documents import DocumentSecrets, read_each
from reconciler.adapters.secrets.vault import Vault
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing
from tests.adapters.secrets.programs import PROGRAMS, Bao, encrypt, new_age_key, program, serving_bao

SECRET = "a-merchant's-token-that-nobody-may-see"


@pytest.fixture(scope="module")
def bao() -> Iterator[Bao]:
    with serving_bao() as server:
        server.put("shops", **{"kyoto-tea": SECRET, "osaka": "another"})
        server.put("other", token=SECRET)
        server.ask("POST", "old/shops", **{"kyoto-tea": SECRET})
        yield server


class Reader:
    def __init__(self, bao: Bao, token: str) -> None:
        self.token = token
        self.waits: list[float] = []
        environment = {"VAULT_ADDR": bao.address, "VAULT_TOKEN": token}
        self.read = DocumentSecrets("vault", read_each(Vault(environment, self.waits.append).read), time.monotonic)

    def missing(self, locator: str) -> str:
        with pytest.raises(SecretMissing) as raised:
            self.read(locator)
        said = "".join(traceback.format_exception(raised.value))
        assert SECRET not in said
        assert self.token not in said
        return f"{raised.value.text} | {raised.value.hint}"


class TestOpenBao:
    def test_keys_of_both_kinds_of_engine_are_read(self, bao: Bao) -> None:
        reader = Reader(bao, bao.token("secret/data/shops", "old/shops"))
        assert reader.read("secret/shops#kyoto-tea") == SECRET
        assert reader.read("old/shops#kyoto-tea") == SECRET

    def test_a_path_that_the_policy_does_not_allow_harms_no_other(self, bao: Bao) -> None:
        reader = Reader(bao, bao.token("secret/data/shops"))
        reader.read.prepare(["secret/other#token", "secret/shops#osaka"])
        assert "does not allow its token to read secret/other" in reader.missing("secret/other#token")
        assert reader.read("secret/shops#osaka") == "another"

    def test_a_path_without_a_secret(self, bao: Bao) -> None:
        reader = Reader(bao, bao.token("secret/data/nothing"))
        assert "Vault has no secret at secret/nothing" in reader.missing("secret/nothing#token")

    def test_a_token_that_was_revoked(self, bao: Bao) -> None:
        token = bao.token("secret/data/shops")
        bao.ask("POST", "auth/token/revoke", token=token)
        assert "does not accept its token: it is expired" in Reader(bao, token).missing("secret/shops#kyoto-tea")

    def test_a_rate_limit(self, bao: Bao) -> None:
        token = bao.token("secret/data/shops")
        bao.ask("POST", "sys/quotas/rate-limit/few", rate=1, interval="1h", path="secret")
        reader = Reader(bao, token)
        assert reader.read("secret/shops#kyoto-tea") == SECRET
        try:
            assert "its rate limit is reached" in Reader(bao, token).missing("secret/shops#kyoto-tea")
        finally:
            bao.ask("DELETE", "sys/quotas/rate-limit/few")

    def test_a_sealed_server(self) -> None:
        with serving_bao() as sealed:
            token = sealed.token("secret/data/shops")
            sealed.ask("PUT", "sys/seal")
            reader = Reader(sealed, token)
            assert "is sealed | Unseal it" in reader.missing("secret/shops#kyoto-tea")
            assert reader.waits == [0.2, 1.0, 2.0]


class TestSops:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        program("sops")
        key, recipient = new_age_key()
        monkeypatch.setenv("SOPS_AGE_KEY", key)
        monkeypatch.setenv("PATH", str(PROGRAMS), prepend=":")
        for suffix in ("yaml", "json"):
            encrypt(tmp_path / f"tokens.{suffix}", {"kyoto-tea": SECRET, "shops": {"osaka": "deep"}}, recipient)
        return tmp_path

    @pytest.mark.parametrize("suffix", ["yaml", "json"])
    def test_a_file_is_decrypted_with_one_age_key(self, folder: Path, suffix: str) -> None:
        assert SECRET not in (folder / f"tokens.{suffix}").read_text()
        resolver = SecretResolver(folder)
        refs = [SecretRef(f"ref+sops://tokens.{suffix}#{key}") for key in ("kyoto-tea", "shops.osaka")]
        resolver.prepare(refs)
        assert [resolver.resolve(ref).reveal() for ref in refs] == [SECRET, "deep"]

    def test_another_key(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other, _ = new_age_key()
        monkeypatch.setenv("SOPS_AGE_KEY", other)
        with pytest.raises(SecretMissing) as raised:
            SecretResolver(folder).resolve(SecretRef("ref+sops://tokens.yaml#kyoto-tea"))
        assert "sops could not decrypt tokens.yaml: no key to decrypt it" in str(raised.value.text)
        assert other not in "".join(traceback.format_exception(raised.value))

    def test_a_file_that_was_changed_by_hand(self, folder: Path) -> None:
        file = folder / "tokens.yaml"
        file.write_text(file.read_text().replace("kyoto-tea:", "kyoto-cup:"))
        with pytest.raises(SecretMissing) as raised:
            SecretResolver(folder).resolve(SecretRef("ref+sops://tokens.yaml#kyoto-cup"))
        assert "sops could not decrypt tokens.yaml: exit code" in str(raised.value.text)
