"""A store of secrets that is down, or refuses a path: the shops that need it are named, the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from reconciler.adapters.secrets.vault import Vault
from tests.adapters.secrets.vault_server import TOKEN as VAULT_TOKEN
from tests.adapters.secrets.vault_server import VaultServer, serving_vault
from tests.cli.conftest import Run, write_shop
from tests.support.example_fleet import TOKEN

SHOPS = [f"nara-{number:02}" for number in range(12)]


@pytest.fixture
def vault(fleet: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VaultServer]:
    """Twelve shops have their token in Vault, six in each path; two have it in the environment. Where the tool would wait
    before it asks Vault again, it asks at once.
    """
    monkeypatch.setattr("reconciler.adapters.secrets.vault.Vault", partial(Vault, sleep=lambda _seconds: None))
    write_shop(fleet, "uji-cups")
    for number, shop in enumerate(SHOPS):
        write_shop(fleet, shop)
        path = fleet / "shops" / f"{shop}.yaml"
        path.write_text(
            path.read_text().replace("ref+env://FLEET_TOKEN", f"ref+vault://secret/shops-{number % 2}#token")
        )
    names = ["kyoto-tea", "uji-cups", *SHOPS]
    shops = [{"shopKey": name, "entitlements": {"commerceCreator": "RUNNING"}} for name in names]
    (fleet / "seed.json").write_text(json.dumps({"shops": shops}))
    with serving_vault() as server:
        server.secrets = {f"secret/shops-{number}": {"token": TOKEN} for number in range(2)}
        monkeypatch.setenv("VAULT_ADDR", server.address)
        monkeypatch.setenv("VAULT_TOKEN", VAULT_TOKEN)
        yield server


def sealed(vault: VaultServer) -> None:
    vault.refusals = [503] * 1000


def test_a_plan_of_many_shops_reads_each_path_once(vault: VaultServer, run: Run) -> None:
    assert run("plan", "--allow", "fleet-share").exit_code == 0
    assert sorted(vault.asked) == [
        "secret/data/shops-0",
        "secret/data/shops-1",
        "sys/internal/ui/mounts/secret/shops-0",
    ]


def test_validate_names_the_shops_together(vault: VaultServer, run: Run) -> None:
    sealed(vault)
    assert run("validate").exit_code == 0
    shown = run("validate", "--with-secrets")
    assert shown.exit_code == 1
    assert shown.output.count("is sealed") == 1
    assert "the same in 11 more shops: nara-01, nara-02 and 9 more" in " ".join(shown.output.split())
    assert len(vault.asked) == 4
    document = json.loads(run("validate", "--with-secrets", "-o", "json").stdout)
    assert [each["shop"] for each in document["diagnostics"]] == SHOPS


def test_an_apply_goes_on_with_the_other_shops(vault: VaultServer, run: Run) -> None:
    sealed(vault)
    applied = run("apply", "--auto-approve", "--allow", "fleet-share")
    assert applied.exit_code == 5
    assert "12 refused, 2 applied" in applied.output
    assert "Unseal it: `vault operator unseal`" in applied.output
    vault.refusals = []
    assert "12 applied" in run("apply", "--auto-approve", "--allow", "fleet-share").output


@pytest.mark.parametrize("down", [False, True])
def test_drift_and_plan_compare_all_but_the_tokens(vault: VaultServer, run: Run, *, down: bool) -> None:
    assert run("apply", "--auto-approve", "--allow", "fleet-share").exit_code == 0
    if down:
        sealed(vault)
    for command in ("drift", "plan"):
        shown = run(command)
        assert shown.exit_code == 0
        assert ("is sealed" in shown.output) is down
    assert run("drift", "--require-secrets").exit_code == (1 if down else 0)


def test_a_path_that_is_refused_is_named_for_its_shops_alone(vault: VaultServer, run: Run) -> None:
    vault.forbidden = {"secret/shops-1"}
    applied = run("apply", "--auto-approve", "--allow", "fleet-share", "-o", "json")
    assert applied.exit_code == 5
    outcomes = {each["shop"]: each["outcome"] for each in json.loads(applied.stdout)["shops"]}
    refused = {shop for shop, outcome in outcomes.items() if outcome == "refused"}
    assert refused == set(SHOPS[1::2])
    assert "does not allow its token to read secret/shops-1" in applied.stdout


def test_a_saved_plan_names_the_reason_where_it_is_applied(vault: VaultServer, run: Run) -> None:
    assert run("plan", "--out", "plan.json", "--allow", "fleet-share").exit_code == 0
    sealed(vault)
    applied = run("apply", "plan.json", "--auto-approve")
    assert "is sealed" in applied.output
    assert applied.exit_code != 0
    assert "2 applied" in applied.output


def test_onboarding_needs_no_store(vault: VaultServer, run: Run, fleet: Path) -> None:
    sealed(vault)
    (fleet / "shops" / "nara-00.yaml").unlink()
    (fleet / "new.csv").write_text(
        "shop,seller_id,client_id,mws_auth_token,email\n"
        "nara-00,A1EXAMPLE234567,amzn1.application-oa2-client.0123456789abcdef0123456789abcdef,"
        "ref+vault://secret/shops-0#token,amazon-pay@nara-00.example\n"
        "kyoto-tea,A1EXAMPLE234567,amzn1.application-oa2-client.0123456789abcdef0123456789abcdef,"
        "ref+env://FLEET_TOKEN,amazon-pay@kyoto-tea.example\n"
    )
    shown = run("onboard", "new.csv")
    assert shown.exit_code == 0
    assert "+ nara-00  shops/nara-00.yaml" in shown.output
    assert "ref+vault://secret/shops-0#token" in (fleet / "shops" / "nara-00.yaml").read_text()
