"""Diagnostics of a file with the wrong shape: the subject, the place, the found and the expected value, and a hint."""

import pytest

from reconciler.core.values import ShopKey


def only(findings):
    (finding,) = findings
    return finding


class TestUnknownKeys:
    @pytest.mark.parametrize(
        ("body", "place", "guess"),
        [
            ("amazn: {}\n", "3:1", "`amazon`"),
            ("amazon:\n  enabeld: true\n", "4:3", "`enabled`"),
            ("amazon:\n  api:\n    sellerId: A1EXAMPLE234567\n", "5:5", "`seller_id`"),
            ("amazon:\n  api:\n    seller-id: A1EXAMPLE234567\n", "5:5", "`seller_id`"),
            ("payment: {amazon_pay: {preorder: true}}\n", "3:24", "`pre_order`"),
            ("maintenance: {close: allow}\n", "3:15", "`close_shop`"),
            ("Storefront: {status: open}\n", "3:1", "`storefront`"),
            ("amazon: {messages: {order_area: {text: x}}}\n", "3:34", None),
        ],
    )
    def test_with_the_key_that_was_meant(self, folder, body, place, guess):
        finding = only(folder.findings(body))
        assert finding.code.number == "M101"
        assert str(finding.origin) == f"shops/kyoto-tea.yaml:{place}"
        assert finding.shop == ShopKey("kyoto-tea")
        assert "one of" in str(finding.expected)
        assert guess is None or str(finding.hint) == f"Did you mean {guess}?"

    @pytest.mark.parametrize(
        ("body", "elsewhere"),
        [
            ("seller_id: A1EXAMPLE234567\n", "amazon.api.seller_id"),
            ("amazon: {mws_auth_token: pre-set}\n", "amazon.api.mws_auth_token"),
            ("window: '01:00-02:00'\n", "maintenance.window"),
            ("storefront: {ipn_endpoint: absent}\n", "seller_central.ipn_endpoint"),
        ],
    )
    def test_with_the_place_where_the_key_belongs(self, folder, body, elsewhere):
        finding = only(folder.findings(body))
        assert finding.code.number == "M101"
        assert elsewhere in str(finding.hint)

    def test_a_very_long_key_is_cut(self, folder, sentences):
        finding = only(folder.findings(f"{'k' * 900}: 1\n"))
        assert len(sentences(finding)) < 500

    def test_an_odd_key_stays_on_one_line(self, folder, sentences):
        finding = only(folder.findings('"a\\n\\u001b[31mb": 1\n'))
        assert "\n" not in sentences(finding)
        assert "\x1b" not in sentences(finding)


class TestWrongTypes:
    @pytest.mark.parametrize(
        ("body", "found", "expected", "hint"),
        [
            ("amazon: {enabled: 'true'}\n", "the text `true`", "true or false", "without quotes"),
            ("amazon: {enabled: 1}\n", "the number `1`", "true or false", "one of the two, without quotes"),
            ("amazon: {enabled: perhaps}\n", "the text `per...`", "true or false", "one of the two, without quotes"),
            ("payment: 3\n", "the number `3`", "a mapping", "on the lines below"),
            ("amazon: {enabled: [true]}\n", "a list", "true or false", "Write one value directly after the colon"),
            ("amazon: true\n", "`true`", "a mapping", "on the lines below"),
            ("amazon: []\n", "a list", "a mapping", "on the lines below"),
            (
                "amazon: {api: {seller_id: 12}}\n",
                "the number `12` (2 characters)",
                "`A` and 9 to 20",
                "Write it like A1EXAMPLE",
            ),
            ("labels: {wave: 1}\n", "the number `1`", "1 to 63 letters", "in quotes"),
            ("labels: {wave: true}\n", "`true`", "1 to 63 letters", "in quotes"),
            ("amazon: {messages: {order_area: {label: 5}}}\n", "the number `5`", "text", "in quotes"),
            ("storefront: {status: true}\n", "`true`", "one of `open`, `closed`", "`open`"),
            (
                "maintenance: {window: {from: 1}}\n",
                "a mapping",
                "two times of day",
                "Write one value directly after the colon",
            ),
        ],
    )
    def test_in_plain_words(self, folder, body, found, expected, hint):
        finding = only(folder.findings(body))
        assert finding.code.number == "M102"
        assert str(finding.summary).endswith(f"is {found}")
        assert str(finding.expected).startswith(expected)
        assert hint in str(finding.hint)


class TestChoices:
    @pytest.mark.parametrize(
        ("body", "choices", "guess"),
        [
            ("storefront: {status: opne}\n", "`open`, `closed`", "open"),
            ("storefront: {status: OPEN}\n", "`open`, `closed`", "open"),
            ("seller_central: {ipn_endpoint: register}\n", "`registered`, `absent`", "registered"),
            ("maintenance: {close_shop: allowed}\n", "`allow`, `deny`", "allow"),
            ("seller_central: {ipn_endpoint: 'yes'}\n", "`registered`, `absent`", "registered"),
            ("seller_central: {ipn_endpoint: 'Off'}\n", "`registered`, `absent`", "absent"),
            ("maintenance: {close_shop: 'no'}\n", "`allow`, `deny`", "deny"),
        ],
    )
    def test_a_value_outside_its_choices(self, folder, body, choices, guess):
        finding = only(folder.findings(body))
        assert finding.code.number == "M103"
        assert str(finding.expected) == f"one of {choices}"
        assert str(finding.hint) == f"Did you mean `{guess}`?"

    @pytest.mark.parametrize(("switch", "guess"), [("true", "registered"), ("false", "absent")])
    def test_a_switch_where_words_are_chosen_from(self, folder, switch, guess):
        finding = only(folder.findings(f"seller_central: {{ipn_endpoint: {switch}}}\n"))
        assert str(finding.hint) == f"Did you mean `{guess}`?"

    def test_where_there_is_one_choice_it_is_named_alone(self, folder):
        finding = only(folder.findings("amazon: {notification: {mail: a@b.example}}\n"))
        assert str(finding.expected) == "`email`"

    def test_another_version(self, folder):
        folder.write("kyoto-tea.yaml", "apiVersion: reconciler/v2\nshop: kyoto-tea\n")
        finding = only(folder.read().findings)
        assert (finding.code.number, str(finding.origin)) == ("M103", "shops/kyoto-tea.yaml:1:13")

    @pytest.mark.parametrize(("zone", "guess"), [("Asia/Tokio", "Asia/Tokyo"), ("asia/tokyo", "Asia/Tokyo")])
    def test_a_time_zone(self, folder, zone, guess):
        finding = only(folder.findings(f"maintenance: {{time_zone: {zone}}}\n"))
        assert finding.code.number == "M103"
        assert str(finding.hint) == f"Did you mean `{guess}`?"

    @pytest.mark.parametrize(
        "zone",
        [
            "../../etc/passwd",
            "/etc/localtime",
            "Asia",
            "''",
            "x" * 300,
            "posixrules/x",
            "localtime",
            "posixrules",
            "Factory",
            "posix/Asia/Tokyo",
        ],
    )
    def test_a_time_zone_that_is_none_at_all(self, folder, zone):
        finding = only(folder.findings(f"maintenance:\n  time_zone: {zone}\n"))
        assert finding.code.number == "M103"
        assert str(finding.origin) == "shops/kyoto-tea.yaml:4:14"


def test_faults_on_one_line_do_not_hide_each_other(folder):
    findings = folder.findings("maintenance: {window: 1-2, time_zone: Asia/Tokio, close_shop: true, window: x}\n")
    assert [finding.code.number for finding in findings] == ["M105", "M103", "M102", "M013"]


class TestMissing:
    def test_the_head(self, folder):
        folder.write("kyoto-tea.yaml", "amazon: {enabled: true}\n")
        findings = folder.read().findings
        assert [(f.code.number, f.subject) for f in findings] == [("M104", "apiVersion"), ("M104", "shop")]
        assert str(findings[0].hint) == "Add the line `apiVersion: reconciler/v1`"
        assert str(findings[1].hint) == "Add the line `shop: kyoto-tea`"


class TestForms:
    @pytest.mark.parametrize(
        ("place", "value", "says", "hint"),
        [
            ("seller_id", "' A1EXAMPLE234567'", "it has spaces or line breaks around it, as", "Delete the spaces"),
            ("seller_id", '"A1EXAMPLE234567\\n"', "it has spaces or line breaks around it, as", "Delete the spaces"),
            ("seller_id", "a1example234567", "wrong case", "like A1EXAMPLE234567"),
            ("seller_id", "B1EXAMPLE234567", "the text `B1EXAMPLE234...` (15 characters)", "like A1EXAMPLE234567"),
            ("client_id", "amzn1.application-oa2-client.0123", "the text", "like amzn1.application-oa2-client."),
            ("client_id", "amzn1.application-oa2-client.0123456789ABCDEF0123456789ABCDEF", "wrong case", "like amzn1."),
        ],
    )
    def test_ids(self, folder, place, value, says, hint):
        finding = only(folder.findings(f"amazon:\n  api:\n    {place}: {value}\n"))
        assert finding.code.number == "M105"
        assert str(finding.origin) == f"shops/kyoto-tea.yaml:5:{len(place) + 7}"
        assert says in str(finding.summary)
        assert hint in str(finding.hint)
        assert finding.expected is not None

    @pytest.mark.parametrize(
        "mail", ["a@b", "a b@c.example", "a@b.example, c@d.example", "a@-b.example", "@b.example", ""]
    )
    def test_mail(self, folder, mail):
        finding = only(folder.findings(f"amazon:\n  notification:\n    email: '{mail}'\n"))
        assert finding.code.number == "M105"
        assert "name@shop.example" in str(finding.expected)

    def test_a_label_and_a_part_of_another_form(self, folder):
        body = "labels: {' wave': canary}\namazon:\n  messages:\n    Order: {label: x}\n"
        first, second = folder.findings(body)
        assert (first.code.number, str(first.origin)) == ("M105", "shops/kyoto-tea.yaml:3:10")
        assert (second.code.number, str(second.origin)) == ("M105", "shops/kyoto-tea.yaml:6:5")
        assert "`Order`" in str(second.summary)

    @pytest.mark.parametrize("window", ["1:00-5:00", "01:00 - 05:00", "01:00-24:00", "night"])
    def test_a_window(self, folder, window):
        finding = only(folder.findings(f"maintenance: {{window: '{window}'}}\n"))
        assert finding.code.number == "M105"

    def test_a_window_that_never_ends(self, folder):
        finding = only(folder.findings("maintenance: {window: '01:00-01:00'}\n"))
        assert finding.code.number == "M105"
        assert "01:00" in str(finding.summary)


class TestDeclaredDerived:
    @pytest.mark.parametrize(
        ("body", "label"),
        [
            ("payment: {amazon_pay: {use: true}}\n", "Amazon Pay in the payment list"),
            ("payment: {amazon_pay: {enabled: true}}\n", "Amazon Pay in the payment list"),
            ("payment: {use: true}\n", "Amazon Pay in the payment list"),
            ("payment: {amazon_pay: {regular: true}}\n", "Regular sales"),
            ("payment: {amazon_pay: {通常販売: true}}\n", "Regular sales"),
            ("amazon: {buttons_visible: true}\n", "Amazon buttons shown"),
            ("amazon: {output: true}\n", "System parts output"),
        ],
    )
    def test_it_says_from_what_it_follows(self, folder, body, label):
        finding = only(folder.findings(body))
        assert finding.code.number == "M106"
        assert label in str(finding.summary)
        assert "follows Use Amazon" in str(finding.summary)
        assert "amazon.enabled" in str(finding.hint)

    @pytest.mark.parametrize(
        "body",
        [
            "amazon: {merchant_site_url: https://x.example}\n",
            "amazon: {notification: {merchant_site_url: x}}\n",
            "amazon: {notification: {販売事業者様サイトURL: x}}\n",
            "seller_central: {merchant_site_url: x}\n",
            "amazon: {api: {api_status: valid}}\n",
            "seller_central: {others: []}\n",
            "amazon: {pay_option: true}\n",
        ],
    )
    def test_what_the_platform_issues(self, folder, body):
        finding = only(folder.findings(body))
        assert finding.code.number == "M107"
        assert "the platform issues" in str(finding.summary)

    def test_the_site_url_leads_to_its_registration(self, folder):
        finding = only(folder.findings("amazon: {merchant_site_url: x}\n"))
        assert "seller_central.ipn_endpoint" in str(finding.hint)
