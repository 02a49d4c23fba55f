"""Defaults under groups under shops: which value wins, which is removed, and where an error is reported."""

from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, SystemParts
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.values import UNSET

API = "reconciler/v1"


def shop_of(folder, key="kyoto-tea"):
    manifest = folder.read()
    assert manifest.findings == ()
    return next(shop for shop in manifest.shops if shop.shop == key)


def test_the_nearer_file_wins(folder):
    folder.write("_defaults.yaml", "labels: {a: defaults, b: defaults, c: defaults, d: defaults}\n")
    folder.group("base", "labels: {b: base, c: base, d: base}\n")
    folder.group("standard", "group: base\nlabels: {c: standard, d: standard}\n")
    folder.shop("group: standard\nlabels: {d: shop}\n")
    shop = shop_of(folder)
    assert shop.labels == {"a": "defaults", "b": "base", "c": "standard", "d": "shop"}
    assert shop.group == "standard"


def test_each_value_keeps_the_place_of_its_own_layer(folder):
    folder.write("_defaults.yaml", "maintenance:\n  close_shop: deny\n")
    folder.group("base", "amazon:\n  enabled: false\n  messages: {order_area: {label: A}}\n")
    folder.group("standard", "group: base\npayment:\n  amazon_pay:\n    pre_order: true\n")
    folder.shop("group: standard\namazon:\n  enabled: true\n")
    shop = shop_of(folder)
    assert {place: str(shop.origins[place]) for place in sorted(shop.origins)} == {
        "amazon.enabled": "shops/kyoto-tea.yaml:5:12",
        "amazon.messages.order_area.label": "shops/_groups/base.yaml:3:34",
        "apiVersion": "shops/kyoto-tea.yaml:1:13",
        "group": "shops/kyoto-tea.yaml:3:8",
        "maintenance.close_shop": "shops/_defaults.yaml:2:15",
        "payment.amazon_pay.pre_order": "shops/_groups/standard.yaml:4:16",
        "shop": "shops/kyoto-tea.yaml:2:7",
    }


def test_shops_without_a_group_inherit_from_the_defaults(folder):
    folder.write("_defaults.yaml", f"apiVersion: {API}\nmaintenance: {{close_shop: allow}}\n")
    folder.shop()
    assert shop_of(folder).maintenance == MaintenancePolicy(close_shop=True)


def test_the_version_is_not_inherited(folder, places):
    folder.write("_defaults.yaml", f"apiVersion: {API}\n")
    folder.write("kyoto-tea.yaml", "shop: kyoto-tea\n")
    assert places(folder.read()) == ["M104 shops/kyoto-tea.yaml:1:1"]


def test_null_takes_an_inherited_value_out_of_management(folder):
    folder.group("standard", "amazon: {enabled: true}\npayment: {amazon_pay: {pre_order: true, subscription: true}}\n")
    folder.shop("group: standard\npayment: {amazon_pay: {pre_order: null}}\n")
    shop = shop_of(folder)
    assert shop.kind(AmazonPayPayment) == AmazonPayPayment(subscription=True)
    assert "payment.amazon_pay.pre_order" not in shop.origins
    assert "payment.amazon_pay.subscription" in shop.origins


def test_null_takes_a_whole_section_out(folder):
    folder.group("standard", "amazon: {enabled: true, messages: {order_area: {label: A, message: B}}}\n")
    folder.shop("group: standard\namazon:\n  enabled: true\n  messages:\n")
    shop = shop_of(folder)
    assert shop.kind(SystemParts).messages is UNSET
    assert sorted(place for place in shop.origins if place.startswith("amazon")) == ["amazon.enabled"]


def test_a_value_can_be_put_back_above_a_null(folder):
    folder.group("base", "amazon: {enabled: true}\n")
    folder.group("standard", "group: base\namazon: {enabled: null}\n")
    folder.shop("group: standard\namazon: {enabled: false}\n")
    folder.shop("group: standard\n", key="nara")
    assert shop_of(folder).kind(AmazonSettings).enabled is False
    assert str(shop_of(folder).origins["amazon.enabled"]) == "shops/kyoto-tea.yaml:4:19"
    assert shop_of(folder, "nara").values == {}


def test_null_over_nothing_is_a_key_without_a_value(folder, places):
    folder.shop("amazon:\n  enabled:\npayment: ~\n")
    manifest = folder.read()
    assert places(manifest) == ["M109 shops/kyoto-tea.yaml:4:3", "M109 shops/kyoto-tea.yaml:5:1"]
    assert manifest.findings[0].subject == "amazon.enabled"


def test_an_unknown_key_is_reported_before_its_missing_value(folder, places):
    folder.shop("amazn:\n")
    assert places(folder.read()) == ["M101 shops/kyoto-tea.yaml:3:1"]


def test_shops_do_not_share_what_they_change(folder):
    folder.group("standard", "labels: {a: x}\namazon: {messages: {order_area: {label: A}}}\n")
    folder.shop("group: standard\nlabels: {b: z}\namazon: {messages: {order_area: {message: M}}}\n", key="a")
    folder.shop("group: standard\n", key="b")
    first, second = folder.read().shops
    assert first.kind(SystemParts).messages == {"order_area.label": "A", "order_area.message": "M"}
    assert second.kind(SystemParts).messages == {"order_area.label": "A"}
    assert second.labels == {"a": "x"}


def test_a_group_that_does_not_exist(folder, places):
    folder.group("standard", "labels: {a: x}\n")
    folder.shop("group: standrad\n")
    manifest = folder.read()
    assert places(manifest) == ["M110 shops/kyoto-tea.yaml:3:8"]
    assert "`standard`" in str(manifest.findings[0].hint)


def test_a_group_where_there_are_none(folder):
    (finding,) = folder.findings("group: standard\n")
    assert finding.code.number == "M110"
    assert "_groups/standard.yaml" in str(finding.hint)


def test_a_group_cannot_lead_out_of_its_folder(folder, tmp_path):
    (tmp_path / "secret.yaml").write_text("labels: {a: x}\n")
    (finding,) = folder.findings("group: ../../secret\n")
    assert finding.code.number == "M105"


def test_a_fault_in_a_group_is_reported_once_and_breaks_its_shops(folder, places):
    folder.group("base", "amazon:\n  enabled: maybe\n")
    folder.group("standard", "group: base\n")
    for key in ("a", "b"):
        folder.shop("group: standard\n", key=key)
    folder.shop(key="c")
    manifest = folder.read()
    assert places(manifest) == ["M102 shops/_groups/base.yaml:2:12"]
    assert manifest.findings[0].shop is None
    assert manifest.broken == ("a", "b")
    assert [shop.shop for shop in manifest.shops] == ["c"]


def test_a_shop_over_a_broken_group_is_checked_all_the_same(folder, places):
    folder.group("standard", "amazon: []\n")
    folder.shop("group: standard\nstorefront: {status: ajar}\npayment:\n")
    assert places(folder.read()) == ["M103 shops/kyoto-tea.yaml:4:22", "M102 shops/_groups/standard.yaml:1:1"][::-1]


def test_a_fault_in_the_defaults_breaks_everything_once(folder, places):
    folder.write("_defaults.yaml", "maintenance: {close_shop: maybe}\n")
    folder.group("standard", "labels: {a: x}\n")
    for key in ("a", "b"):
        folder.shop("group: standard\n", key=key)
    folder.shop(key="c")
    manifest = folder.read()
    assert places(manifest) == ["M103 shops/_defaults.yaml:1:27"]
    assert manifest.broken == ("a", "b", "c")


def test_a_group_that_names_an_unknown_group(folder, places):
    folder.group("standard", "labels: {a: x}\ngroup: base\n")
    folder.shop("group: standard\n")
    manifest = folder.read()
    assert places(manifest) == ["M110 shops/_groups/standard.yaml:2:8"]
    assert manifest.broken == ("kyoto-tea",)


def test_groups_in_a_circle(folder, places):
    folder.group("b", "group: c\n")
    folder.group("c", "group: a\n")
    folder.group("a", "group: b\n")
    folder.group("over", "group: c\n")
    folder.shop("group: over\n", key="x")
    folder.shop("group: b\n", key="z")
    manifest = folder.read()
    assert places(manifest) == ["M111 shops/_groups/a.yaml:1:8"]
    assert "a -> b -> c -> a" in str(manifest.findings[0].summary)
    assert manifest.broken == ("x", "z")


def test_a_group_that_inherits_from_itself(folder, places):
    folder.group("a", "group: a\n")
    folder.shop("group: a\n")
    assert places(folder.read()) == ["M111 shops/_groups/a.yaml:1:8"]


def test_a_very_long_chain_of_groups(folder):
    folder.group("g0", "labels: {a: x}\n")
    for n in range(1, 1200):
        folder.group(f"g{n}", f"group: g{n - 1}\n")
    folder.shop("group: g1199\n")
    shop = shop_of(folder)
    assert shop.labels == {"a": "x"}
    assert str(shop.origins["labels.a"]) == "shops/_groups/g0.yaml:1:13"


def test_unused_groups_are_checked_too(folder, places):
    folder.shop()
    folder.group("unused", "amazon: {enabld: true}\n")
    manifest = folder.read()
    assert places(manifest) == ["M101 shops/_groups/unused.yaml:1:10"]
    assert len(manifest.shops) == 1


def test_shops_are_not_read_without_the_defaults_that_were_refused(folder, places):
    folder.write("_defaults.yml", "maintenance: {close_shop: deny}\n")
    folder.group("standard", "labels: {a: x}\n")
    folder.shop("group: standard\n", key="a")
    folder.shop(key="c")
    manifest = folder.read()
    assert places(manifest) == ["M007 shops/_defaults.yml:1:1"]
    assert manifest.shops == ()
    assert manifest.broken == ("a", "c")


def test_a_group_whose_file_was_refused_is_reported_once(folder, places):
    folder.write("_groups/standard.yml", "labels: {a: x}\n")
    for key in ("a", "c"):
        folder.shop("group: standard\n", key=key)
    manifest = folder.read()
    assert places(manifest) == ["M007 shops/_groups/standard.yml:1:1"]
    assert manifest.broken == ("a", "c")


class TestNotShared:
    def numbers(self, folder):
        folder.shop()
        return [(f.code.number, f.subject) for f in folder.read().findings]

    def test_the_shops_key(self, folder):
        folder.group("g", "shop: kyoto-tea\n")
        assert self.numbers(folder) == [("M112", "shop")]

    def test_an_account_in_the_defaults(self, folder):
        folder.write(
            "_defaults.yaml",
            "amazon:\n  api:\n    seller_id: A1EXAMPLE234567\n"
            "    client_id: amzn1.application-oa2-client.0123456789abcdef0123456789abcdef\n"
            "    mws_auth_token: ref+env://TOKEN\n",
        )
        assert self.numbers(folder) == [
            ("M112", "amazon.api.seller_id"),
            ("M112", "amazon.api.client_id"),
            ("M112", "amazon.api.mws_auth_token"),
        ]

    def test_a_group_in_the_defaults(self, folder):
        folder.write("_defaults.yaml", "group: g\n")
        folder.group("g", "labels: {a: x}\n")
        assert self.numbers(folder) == [("M112", "group")]

    def test_a_token_in_a_group_without_its_seller_id(self, folder):
        folder.group("g", "amazon: {api: {mws_auth_token: ref+env://TOKEN}}\n")
        assert self.numbers(folder) == [("M112", "amazon.api.mws_auth_token")]

    def test_one_merchants_account_in_its_own_group_is_fine(self, folder):
        folder.group("g", "amazon: {api: {seller_id: A1EXAMPLE234567, mws_auth_token: ref+env://TOKEN}}\n")
        assert self.numbers(folder) == []

    def test_pre_set_can_be_shared(self, folder):
        folder.write("_defaults.yaml", "amazon: {api: {mws_auth_token: pre-set}}\n")
        assert self.numbers(folder) == []
