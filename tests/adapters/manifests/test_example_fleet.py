"""The fleet in `shops/`: valid, and together it shows everything a manifest can hold."""

from pathlib import Path

import pytest

from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.model.kinds import KINDS, AmazonPayPayment, AmazonSettings, IpnEndpoint, StorefrontState
from reconciler.core.model.policy import Owner
from reconciler.core.model.selection import Selection
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.values import PRE_SET, UNSET, Registration, SecretRef, StorefrontStatus

ROOT = Path(__file__).parents[3]
FILES = sorted(path for path in (ROOT / "shops").rglob("*.yaml"))


@pytest.fixture(scope="module")
def fleet():
    manifest = ManifestFolder(ROOT / "shops", shown_as="shops").read(Selection())
    assert manifest.findings == ()
    return {str(shop.shop): shop for shop in manifest.shops}


def test_a_dozen_shops_and_more(fleet):
    assert len(fleet) >= 12


def test_every_field_that_can_be_declared_is_declared_somewhere(fleet):
    shown = {ref.spec.policy.manifest_path for shop in fleet.values() for ref, _ in declared_values(shop)}
    assert shown == {spec.policy.manifest_path for kind in KINDS for spec in kind.managed_fields(Owner.MANAGED)}


def test_most_shops_that_are_on_may_be_closed_for_a_moment(fleet):
    on = [shop for shop in fleet.values() if shop.kind(AmazonSettings).enabled is True]
    assert sum(shop.maintenance.close_shop for shop in on) >= len(on) - 1


def test_the_stories(fleet):
    assert {key for key, shop in fleet.items() if shop.labels.get("wave") == "canary"} == {"kyoto-tea", "nara-brushes"}
    assert fleet["osaka-knives"].kind(AmazonSettings).mws_auth_token is PRE_SET
    assert fleet["kanazawa-gold"].kind(AmazonSettings).enabled is False
    assert fleet["sapporo-dairy"].kind(StorefrontState).status is StorefrontStatus.CLOSED
    assert fleet["hakata-noodles"].kind(IpnEndpoint).registration is Registration.ABSENT
    assert fleet["uji-matcha"].kind(AmazonPayPayment).subscription is True
    assert fleet["uji-matcha"].origins["amazon.enabled"].file == "shops/_groups/standard.yaml"
    assert fleet["kobe-coffee"].kind(AmazonPayPayment).pre_order is UNSET
    assert list(fleet["sendai-lacquer"].values) == ["amazon_settings"]
    assert list(fleet["matsue-clay"].values) == ["amazon_pay_payment"]
    assert fleet["okinawa-salt"].maintenance.window == (1410, 270)
    assert (
        fleet["hanamori-gifts"].kind(AmazonSettings).seller_id
        == fleet["hanamori-flowers"].kind(AmazonSettings).seller_id
    )


def test_tokens_are_references_to_the_environment(fleet):
    tokens = [shop.kind(AmazonSettings).mws_auth_token for shop in fleet.values()]
    assert all(token.scheme == "env" for token in tokens if isinstance(token, SecretRef))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_names_its_schema_for_editors(path):
    first = path.read_text().splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert first != named
    assert (path.parent / named).resolve().parent == ROOT / "schemas"
    assert Path(named).name == (
        "shared.schema.json" if "_" in path.relative_to(ROOT).as_posix() else "shop.schema.json"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_mail_goes_to_reserved_names_only(path):
    for line in path.read_text().splitlines():
        if "email:" in line:
            assert line.split("#")[0].strip().endswith(".example")
