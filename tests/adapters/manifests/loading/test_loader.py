"""A valid folder: the desired values of the shops, their order, and where each value came from."""

from pathlib import Path

from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, IpnEndpoint, StorefrontState, SystemParts
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.values import PRE_SET, UNSET, Origin, Registration, SecretRef, ShopKey, StorefrontStatus

EVERYTHING = """\
labels: {wave: canary}
amazon:
  enabled: true
  api:
    seller_id: A1EXAMPLE234567
    client_id: amzn1.application-oa2-client.0123456789abcdef0123456789abcdef
    mws_auth_token: ref+env://KYOTO_TEA_MWS_AUTH_TOKEN
  notification:
    email: amazon-pay@kyoto-tea.example
  messages:
    order_area:
      label: Amazon
      message: |
        one
        two
payment:
  amazon_pay:
    pre_order: true
    subscription: false
seller_central:
  ipn_endpoint: registered
storefront:
  status: open
maintenance:
  close_shop: allow
  window: "23:30-04:15"
  time_zone: Asia/Seoul
"""


def one(folder, body):
    folder.shop(body)
    manifest = folder.read()
    assert manifest.findings == ()
    (shop,) = manifest.shops
    return shop


def test_everything_a_manifest_can_hold(folder):
    shop = one(folder, EVERYTHING)
    assert shop.shop == ShopKey("kyoto-tea")
    assert shop.values == {
        "amazon_settings": AmazonSettings(
            enabled=True,
            seller_id="A1EXAMPLE234567",
            client_id="amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
            mws_auth_token=SecretRef("ref+env://KYOTO_TEA_MWS_AUTH_TOKEN"),
            notification_email="amazon-pay@kyoto-tea.example",
        ),
        "system_parts": SystemParts(messages={"order_area.label": "Amazon", "order_area.message": "one\ntwo\n"}),
        "amazon_pay_payment": AmazonPayPayment(pre_order=True, subscription=False),
        "ipn_endpoint": IpnEndpoint(registration=Registration.REGISTERED),
        "storefront_status": StorefrontState(status=StorefrontStatus.OPEN),
    }
    assert shop.labels == {"wave": "canary"}
    assert shop.maintenance == MaintenancePolicy(close_shop=True, window=(1410, 255), time_zone="Asia/Seoul")


def test_every_value_knows_its_place(folder):
    shop = one(folder, EVERYTHING)
    assert shop.origin == Origin("shops/kyoto-tea.yaml", 2, 7)
    assert {place: (o.line, o.column) for place, o in shop.origins.items()} == {
        "apiVersion": (1, 13),
        "shop": (2, 7),
        "labels.wave": (3, 16),
        "amazon.enabled": (5, 12),
        "amazon.api.seller_id": (7, 16),
        "amazon.api.client_id": (8, 16),
        "amazon.api.mws_auth_token": (9, 21),
        "amazon.notification.email": (11, 12),
        "amazon.messages.order_area.label": (14, 14),
        "amazon.messages.order_area.message": (15, 16),
        "payment.amazon_pay.pre_order": (20, 16),
        "payment.amazon_pay.subscription": (21, 19),
        "seller_central.ipn_endpoint": (23, 17),
        "storefront.status": (25, 11),
        "maintenance.close_shop": (27, 15),
        "maintenance.window": (28, 11),
        "maintenance.time_zone": (29, 14),
    }
    assert len(shop.origins) == 17
    assert "amazon" not in shop.origins


def test_what_is_not_mentioned_is_not_managed(folder):
    shop = one(folder, "")
    assert shop.values == {}
    assert shop.labels == {}
    assert shop.group is None
    assert shop.maintenance == MaintenancePolicy(close_shop=False, window=None, time_zone="Asia/Tokyo")
    assert shop.kind(AmazonSettings).enabled is UNSET


def test_empty_mappings_mention_nothing(folder):
    shop = one(folder, "amazon: {api: {}, messages: {}}\npayment: {amazon_pay: {}}\nstorefront: {}\nlabels: {}\n")
    assert shop.values == {}


def test_a_token_that_amazon_holds(folder):
    shop = one(folder, "amazon: {api: {mws_auth_token: pre-set}}\n")
    assert shop.kind(AmazonSettings).mws_auth_token is PRE_SET


def test_an_empty_message_is_a_value(folder):
    shop = one(folder, "amazon: {messages: {order_area: {label: ''}}}\n")
    assert shop.kind(SystemParts).messages == {"order_area.label": ""}


def test_shops_come_sorted_from_folders_of_any_depth(folder):
    for key, name in (("b", "b.yaml"), ("a", "x/y/a.yaml"), ("c", "x/c.yaml"), ("a-1", "a-1.yaml")):
        folder.write(name, f"apiVersion: reconciler/v1\nshop: {key}\n")
    assert [shop.shop for shop in folder.read().shops] == ["a", "a-1", "b", "c"]
    assert folder.read().shops[0].origin.file == "shops/x/y/a.yaml"


def test_other_files_are_ignored(folder):
    folder.shop()
    for name in ("README.md", "notes.txt", "_drafts/a.yaml", "_b.yaml", ".git/c.yaml", ".d.yaml", "yaml"):
        folder.write(name, "not: [a manifest")
    manifest = folder.read()
    assert (len(manifest.shops), manifest.findings) == (1, ())


def test_reading_twice_gives_the_same(folder):
    folder.shop(EVERYTHING)
    folder.write("nara.yaml", "shop: [\n")
    assert folder.read() == folder.read()


def test_the_folder_is_called_as_the_user_typed_it(tmp_path, monkeypatch, folder):
    folder.shop()
    monkeypatch.chdir(tmp_path)
    (shop,) = ManifestFolder(Path("shops")).read(Selection()).shops
    assert shop.origin.file == "shops/kyoto-tea.yaml"


def test_no_folder(tmp_path):
    (finding,) = ManifestFolder(tmp_path / "shops", shown_as="shops").read(Selection()).findings
    assert finding.code.number == "M001"
    assert "shops" in str(finding.summary)


def test_a_folder_without_manifests(folder):
    folder.write("README.md", "")
    (finding,) = folder.read().findings
    assert finding.code.number == "M001"


class TestSelection:
    def fleet(self, folder):
        folder.shop("labels: {wave: canary}\n", key="kyoto-tea")
        folder.shop("labels: {wave: first}\ngroup: standard\n", key="kyoto-sake")
        folder.shop("amazon: [\n", key="nara")
        folder.group("standard", "storefront: {status: open}\n")
        folder.group("broken", "storefront: {status: ajar}\n")

    def test_everything(self, folder):
        self.fleet(folder)
        manifest = folder.read()
        assert [shop.shop for shop in manifest.shops] == ["kyoto-sake", "kyoto-tea"]
        assert {finding.origin.file for finding in manifest.findings} == {
            "shops/nara.yaml",
            "shops/_groups/broken.yaml",
        }
        assert manifest.broken == ("nara",)

    def test_globs_leave_the_faults_of_other_shops_out(self, folder):
        self.fleet(folder)
        folder.write("nara-2.yml", "")
        manifest = folder.read(globs=("kyoto-*",))
        assert [shop.shop for shop in manifest.shops] == ["kyoto-sake", "kyoto-tea"]
        assert manifest.findings == ()
        assert manifest.broken == ()

    def test_patterns_that_name_a_broken_shop_report_its_errors(self, folder):
        self.fleet(folder)
        manifest = folder.read(globs=("nara",))
        assert manifest.shops == ()
        assert manifest.broken == ("nara",)

    def test_labels_cannot_select_a_broken_file(self, folder):
        self.fleet(folder)
        manifest = folder.read(labels=(("wave", "canary"),))
        assert [shop.shop for shop in manifest.shops] == ["kyoto-tea"]
        assert manifest.broken == ("nara",)

    def test_a_group(self, folder):
        self.fleet(folder)
        assert [shop.shop for shop in folder.read(group="standard").shops] == ["kyoto-sake"]
