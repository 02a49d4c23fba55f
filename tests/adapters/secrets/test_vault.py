"""`ref+vault://PATH#KEY`: what is read from Vault, in how few requests, and what is reported where it cannot be."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from math import inf

import pytest

from reconciler.adapters.secrets import SecretResolver
from reconciler.adapters.secrets.documents import FAILURE_KEPT, KEPT_BY_SERVICES, DocumentSecrets, read_each
from reconciler.adapters.secrets.vault import Vault
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing
from tests.adapters.secrets.vault_server import TOKEN, VaultServer, serving_vault

SECRET = "a-merchant's-token-that-nobody-may-see"


class Setting:
    """A scheme with a clock that a test moves; waits between attempts are recorded, and take no time."""

    def __init__(self, vault: VaultServer, *, kept: float = inf, **environment: str) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        variables = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": TOKEN, **environment}
        read = read_each(Vault(variables, self.waits.append).read)
        self.read = DocumentSecrets("vault", read, lambda: self.now, kept=kept)

    def missing(self, locator: str) -> str:
        with pytest.raises(SecretMissing) as raised:
            self.read(locator)
        said = "".join(traceback.format_exception(raised.value))
        assert SECRET not in said
        assert TOKEN not in said
        assert raised.value.hint is not None
        return f"{raised.value.text} | {raised.value.hint}"


@pytest.fixture
def vault() -> Iterator[VaultServer]:
    with serving_vault() as server:
        server.secrets["secret/shops"] = {"kyoto-tea": SECRET, "osaka": "another", "nested": {"token": "deep"}, "n": 5}
        yield server


def test_a_key_of_the_newest_version_is_read(vault: VaultServer) -> None:
    assert Setting(vault).read("secret/shops#kyoto-tea") == SECRET
    assert vault.asked == ["sys/internal/ui/mounts/secret/shops", "secret/data/shops"]


@pytest.mark.parametrize("locator", ["secret/shops#/kyoto-tea", "/secret/shops#kyoto-tea"])
def test_a_slash_more_does_no_harm(vault: VaultServer, locator: str) -> None:
    assert Setting(vault).read(locator) == SECRET


def test_a_key_below_another_is_read(vault: VaultServer) -> None:
    assert Setting(vault).read("secret/shops#nested.token") == "deep"


def test_three_hundred_shops_of_one_path_cost_two_requests(vault: VaultServer) -> None:
    vault.secrets["secret/shops"] = {f"shop-{number}": f"token-{number}" for number in range(300)}
    setting = Setting(vault)
    assert [setting.read(f"secret/shops#shop-{number}") for number in range(300)] == [f"token-{n}" for n in range(300)]
    assert len(vault.asked) == 2


def test_each_further_path_costs_one_request(vault: VaultServer) -> None:
    vault.secrets |= {f"secret/shop-{number}": {"token": str(number)} for number in range(5)}
    setting = Setting(vault)
    for number in range(5):
        setting.read(f"secret/shop-{number}#token")
    assert len(vault.asked) == 6


def test_a_run_reads_a_secret_once_however_long_it_takes(vault: VaultServer) -> None:
    setting = Setting(vault)
    setting.read("secret/shops#kyoto-tea")
    vault.secrets["secret/shops"]["kyoto-tea"] = "renewed"
    setting.now = 86_400.0
    assert setting.read("secret/shops#kyoto-tea") == SECRET


def test_a_service_reads_a_secret_that_was_renewed_after_a_minute(vault: VaultServer) -> None:
    setting = Setting(vault, kept=KEPT_BY_SERVICES)
    setting.read("secret/shops#kyoto-tea")
    vault.secrets["secret/shops"]["kyoto-tea"] = "renewed"
    setting.now = KEPT_BY_SERVICES - 1
    assert setting.read("secret/shops#kyoto-tea") == SECRET
    setting.now = KEPT_BY_SERVICES
    assert setting.read("secret/shops#kyoto-tea") == "renewed"


def test_an_engine_mounted_below_a_path_and_one_without_versions(vault: VaultServer) -> None:
    vault.mounts = {"team/pay": "1", "team/other": "2"}
    vault.secrets = {"team/pay/shops": {"kyoto-tea": "one"}, "team/other/shops": {"kyoto-tea": "two"}}
    setting = Setting(vault)
    assert setting.read("team/pay/shops#kyoto-tea") == "one"
    assert setting.read("team/other/shops#kyoto-tea") == "two"


def test_a_policy_that_hides_mounts_leaves_the_first_part_of_the_path(vault: VaultServer) -> None:
    vault.hidden_mounts = True
    assert Setting(vault).read("secret/shops#kyoto-tea") == SECRET


def test_the_namespace_is_sent(vault: VaultServer) -> None:
    vault.namespace = "payments"
    assert Setting(vault, VAULT_NAMESPACE="payments").read("secret/shops#kyoto-tea") == SECRET


def test_the_token_of_vault_login_is_used(vault: VaultServer, tmp_path) -> None:
    (tmp_path / ".vault-token").write_text(TOKEN)
    assert Setting(vault, VAULT_TOKEN="", HOME=str(tmp_path)).read("secret/shops#kyoto-tea") == SECRET


def test_a_restart_is_waited_for(vault: VaultServer) -> None:
    vault.refusals = [503, 503]
    setting = Setting(vault)
    assert setting.read("secret/shops#kyoto-tea") == SECRET
    assert setting.waits == [0.2, 1.0]


class TestMissing:
    def test_no_key(self, vault: VaultServer) -> None:
        assert Setting(vault).missing("secret/shops") == (
            "ref+vault://secret/shops names no key | Write ref+vault://PATH#KEY"
        )

    def test_another_key(self, vault: VaultServer) -> None:
        assert Setting(vault).missing("secret/shops#kyoto-te") == (
            "ref+vault://secret/shops has no key kyoto-te | Did you mean the key kyoto-tea?"
        )

    def test_no_text(self, vault: VaultServer) -> None:
        assert "is not a text" in Setting(vault).missing("secret/shops#n")

    def test_no_secret(self, vault: VaultServer) -> None:
        assert Setting(vault).missing("secret/nothing#token").startswith("Vault has no secret at secret/nothing | ")

    def test_no_permission(self, vault: VaultServer) -> None:
        vault.forbidden.add("secret/shops")
        assert "does not allow its token to read secret/shops" in Setting(vault).missing("secret/shops#kyoto-tea")

    def test_a_wrong_token(self, vault: VaultServer) -> None:
        assert "VAULT_TOKEN" in Setting(vault, VAULT_TOKEN="hvs.other").missing("secret/shops#kyoto-tea")

    @pytest.mark.parametrize("token", ["", "hvs.with\nline", "hvs.日本"])
    def test_no_token_that_could_be_sent(self, vault: VaultServer, token: str) -> None:
        assert "There is no token for Vault" in Setting(vault, VAULT_TOKEN=token).missing("secret/shops#kyoto-tea")
        assert vault.asked == []

    def test_no_address(self, vault: VaultServer) -> None:
        assert "VAULT_ADDR is not set" in Setting(vault, VAULT_ADDR="").missing("secret/shops#kyoto-tea")

    def test_an_address_that_is_not_encrypted(self, vault: VaultServer) -> None:
        said = Setting(vault, VAULT_ADDR="http://vault.example:8200").missing("secret/shops#kyoto-tea")
        assert "would travel unencrypted" in said

    def test_a_sealed_vault_is_asked_once_for_all_shops(self, vault: VaultServer) -> None:
        vault.refusals = [503] * 100
        setting = Setting(vault)
        for number in range(300):
            assert "is sealed | Unseal it" in setting.missing(f"secret/shop-{number}#token")
        assert len(vault.asked) == 4
        vault.refusals = []
        setting.now = FAILURE_KEPT
        assert setting.read("secret/shops#kyoto-tea") == SECRET

    def test_an_unreachable_vault(self, vault: VaultServer) -> None:
        setting = Setting(vault, VAULT_ADDR="http://127.0.0.1:1")
        assert "no connection could be made" in setting.missing("secret/shops#kyoto-tea")
        assert setting.waits == [0.2, 1.0, 2.0]

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": null}', b'{"data": {"data": []}}'])
    def test_an_answer_that_is_none_of_vaults(self, vault: VaultServer, body: bytes) -> None:
        vault.raw = body
        assert "Vault has no secret at secret/shops" in Setting(vault).missing("secret/shops#kyoto-tea")

    def test_an_answer_without_end(self, vault: VaultServer) -> None:
        vault.raw = b" " * (5 << 20)
        assert "its answer is too large" in Setting(vault).missing("secret/shops#kyoto-tea")


def test_the_scheme_is_built_in(vault: VaultServer, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    resolver, ref = SecretResolver(tmp_path), SecretRef("ref+vault://secret/shops#kyoto-tea")
    resolver.check_scheme(ref)
    secret = resolver.resolve(ref)
    assert secret.reveal() == SECRET
    assert secret.source == ref
