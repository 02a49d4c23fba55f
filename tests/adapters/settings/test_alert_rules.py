"""`alerts.yaml`: its rules and channels, and what is reported about a wrong one, each fault with its line."""

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_file
from reconciler.adapters.settings.alert_channels import (
    AppriseSettings,
    MailChannelSettings,
    SlackSettings,
    WebhookSettings,
)
from reconciler.adapters.settings.alert_documents import alerts_schema
from reconciler.adapters.settings.alert_rules import AlertsContent, read_alerts
from reconciler.core.alerts.rules import AlertRule, Delivery
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.findings.finding import FindingClass
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.values import SecretRef

FULL = """\
apiVersion: reconciler/v1
mail: {host: smtp.example.jp, username: alerts, password: ref+env://SMTP_PASSWORD, sender: alerts@example.jp}
channels:
  ops-chat: {kind: slack, url: ref+env://OPS_CHAT_URL, language: ja}
  oncall:
    kind: webhook
    url: https://alerts.example.jp/drift
    secret: [ref+env://ONCALL_SECRET, ref+file://oncall-old.txt]
  payments: {kind: mail, to: [payments@example.jp, night@example.jp], language: ja}
  anything: {kind: apprise, url: ref+env://APPRISE_URL}
rules:
  - {label: {tier: "test*"}, when: never}
  - {severity: critical, channels: [ops-chat, oncall]}
  - {owner: "@shop-team", channels: [payments], when: digest 09:00}
  - {class: [drifted, conflict], group: standard, channels: [anything]}
"""
REFERENCE = "ref+env://X"
MAIL = "mail: {{host: smtp.example, {}, sender: a@b.example}}\n"


def read(tmp_path: Path, text: str) -> AlertsContent:
    file = tmp_path / "alerts.yaml"
    file.write_text(text, encoding="utf-8")
    return read_alerts(file, "alerts.yaml")


def with_channel(channel: str, rule: str = "{}", more: str = "") -> str:
    return f"apiVersion: reconciler/v1\n{more}channels:\n  ops: {channel}\nrules:\n  - {rule}\n"


def faults(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    content = read(tmp_path, text)
    assert content.channels == ()
    assert content.rules.channels == content.rules.rules == ()
    assert {each.code.number for each in content.diagnostics} == {"F108"}
    return [(line(each), str(each.summary)) for each in content.diagnostics]


def line(found: Diagnostic) -> int:
    assert found.origin is not None
    assert found.origin.file == "alerts.yaml"
    return found.origin.line


def test_everything(tmp_path):
    content = read(tmp_path, FULL)
    assert content.diagnostics == ()
    assert content.rules.channels == ("ops-chat", "oncall", "payments", "anything")
    assert content.rules.rules == (
        AlertRule(labels={"tier": "test*"}, delivery=Delivery.NEVER),
        AlertRule(severity=FindingSeverity.CRITICAL, channels=frozenset({"ops-chat", "oncall"})),
        AlertRule(
            owners=frozenset({"@shop-team"}),
            channels=frozenset({"payments"}),
            delivery=Delivery.DIGEST,
            digest_at="09:00",
        ),
        AlertRule(
            classes=frozenset({FindingClass.DRIFTED, FindingClass.CONFLICT}),
            groups=frozenset({"standard"}),
            channels=frozenset({"anything"}),
        ),
    )
    chat, oncall, payments, anything = content.channels
    assert chat == SlackSettings(name="ops-chat", url=SecretRef("ref+env://OPS_CHAT_URL"), language="ja")
    secrets = (SecretRef("ref+env://ONCALL_SECRET"), SecretRef("ref+file://oncall-old.txt"))
    assert oncall == WebhookSettings(name="oncall", url="https://alerts.example.jp/drift", secrets=secrets)
    assert isinstance(payments, MailChannelSettings)
    assert payments.to == ("payments@example.jp", "night@example.jp")
    assert (payments.server.host, payments.server.port, payments.server.security) == (
        "smtp.example.jp",
        587,
        "starttls",
    )
    assert (payments.server.sender, payments.server.sender_name) == ("alerts@example.jp", "reconciler")
    assert anything == AppriseSettings(name="anything", url=SecretRef("ref+env://APPRISE_URL"), language="en")


def test_the_schema_accepts_what_the_reader_accepts(tmp_path):
    (tmp_path / "alerts.yaml").write_text(FULL)
    file = ManifestPath(stem="alerts", path=str(tmp_path / "alerts.yaml"), display_path="alerts.yaml")
    jsonschema.Draft202012Validator(alerts_schema()).validate(json.loads(json.dumps(read_file(file).data)))


def test_a_webhook_address_may_be_a_reference(tmp_path):
    (channel,) = read(tmp_path, with_channel(f"{{kind: webhook, url: {REFERENCE}, secret: {REFERENCE}}}")).channels
    assert channel == WebhookSettings(name="ops", url=SecretRef(REFERENCE), secrets=(SecretRef(REFERENCE),))


def test_http_is_allowed_to_this_machine(tmp_path):
    text = with_channel(f"{{kind: webhook, url: 'http://127.0.0.1:8080/alerts', secret: {REFERENCE}}}")
    assert read(tmp_path, text).diagnostics == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "The file contains only comments and blank lines")]),
        ("channels: [", None),
        (with_channel("{kind: teams}"), [(3, "`channels.ops.kind` is `teams`")]),
        (with_channel("{url: ref+env://X}"), [(3, "`channels.ops.kind` is missing")]),
        (
            with_channel("{kind: slack, url: ref+env://X, language: fr}"),
            [(3, "`channels.ops.language` is `fr`")],
        ),
        (with_channel("{kind: slack}"), [(3, "`channels.ops` is a channel of kind `slack` without `url`")]),
        (
            with_channel("{kind: webhook, url: 'https://a.example/'}"),
            [(3, "`channels.ops` is a channel of kind `webhook` without `secret`")],
        ),
        (
            with_channel("{kind: mail, to: [a@b.example]}"),
            [(3, "`channels.ops` is a channel of kind `mail` without `mail`")],
        ),
        (
            with_channel("{kind: slack, url: ref+env://X, secret: ref+env://Y, to: [a@b.example]}"),
            [
                (3, "`channels.ops.secret` is not used by a channel of kind `slack`"),
                (3, "`channels.ops.to` is not used by a channel of kind `slack`"),
            ],
        ),
        (
            with_channel("{kind: webhook, url: 'http://alerts.example/', secret: ref+env://X}"),
            [(3, "`channels.ops.url` is not an https:// address (http:// only for this machine)")],
        ),
        (
            with_channel("{kind: webhook, url: 'https://', secret: ref+env://X}"),
            None,
        ),
        (
            with_channel("{kind: slack, url: ref+env://X}", "{channels: [oops]}"),
            [(5, "`rules.0.channels.0` names the unknown channel `oops`")],
        ),
        (
            with_channel("{kind: slack, url: ref+env://X}", "{when: digest 24:00}"),
            [(5, "`rules.0.when` is the text `digest 24:00`")],
        ),
        (
            with_channel("{kind: slack, url: ref+env://X}", "{when: digest 9:00}"),
            [(5, "`rules.0.when` is the text `digest 9:00`")],
        ),
        (
            with_channel("{kind: slack, url: ref+env://X}", "{severity: urgent}"),
            [(5, "`rules.0.severity` is `urgent`")],
        ),
        (
            with_channel("{kind: slack, url: ref+env://X}", "{class: drift}"),
            [(5, "`rules.0.class` is `drift`")],
        ),
        (
            with_channel("{kind: slack, url: ref+env://X}\n  ops: {kind: mail}"),
            [(4, "Duplicate key `ops`; it is already on line 3")],
        ),
        (
            with_channel("{kind: mail, to: [a@b.example]}", more=MAIL.format("security: none")),
            [(2, "smtp.example is not this machine, and without encryption the mail can be read in transit")],
        ),
        (
            with_channel("{kind: mail, to: [a@b.example]}", more=MAIL.format("username: x")),
            [(2, "`mail` has username without its counterpart")],
        ),
        (
            with_channel("{kind: mail, to: [nowhere]}", more="mail: {host: smtp.example, sender: a@b.example}\n"),
            [(4, "`channels.ops.to.0` is the text `nowhere`")],
        ),
        (with_channel("{kind: slack, url: ref+env://X}").replace("v1", "v9"), [(1, "`apiVersion` is `reconciler/v9`")]),
    ],
)  # fmt: skip
def test_a_fault_has_its_line(tmp_path, text, expected):
    found = faults(tmp_path, text)
    assert found
    if expected is not None:
        assert found == expected


def test_a_misspelt_channel_gets_a_suggestion(tmp_path):
    (found,) = read(tmp_path, FULL.replace("[payments]", "[paymnets]")).diagnostics[:1]
    assert str(found.hint) == "Did you mean `payments`?"


def test_an_unused_channel_is_a_warning_and_the_rules_hold(tmp_path):
    content = read(tmp_path, FULL.replace("channels: [anything]", "channels: [oncall]"))
    (found,) = content.diagnostics
    assert (found.code.number, found.severity, line(found)) == ("F109", Severity.WARNING, 10)
    assert len(content.rules.rules) == 4


def test_a_channel_that_only_a_never_rule_names_is_unused(tmp_path):
    content = read(tmp_path, with_channel("{kind: slack, url: ref+env://X}", "{when: never}"))
    assert [each.code.number for each in content.diagnostics] == ["F109"]


SECRETS = {
    "a Slack address": "{kind: slack, url: 'https://hooks.slack.com/services/T0/B0/abcDEF123abcDEF123abcD'}",
    "a short chat address": "{kind: slack, url: 'https://chat.example/hooks/tiny-s3cret'}",
    "a token in the query": "{kind: webhook, url: 'https://a.example/x?key=tiny-s3cret', secret: ref+env://X}",
    "a token in the path": "{kind: webhook, url: 'https://a.example/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f', secret: ref+env://X}",
    "a password": "{kind: webhook, url: 'https://user:tiny-s3cret@a.example/', secret: ref+env://X}",
    "a user": "{kind: webhook, url: 'https://tiny-s3cret@a.example/', secret: ref+env://X}",
    "a signing secret": "{kind: webhook, url: 'https://a.example/', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}",
    "an apprise address": "{kind: apprise, url: 'tgram://123456789:tiny-s3cret/12'}",
    "an upper-case address": "{kind: slack, url: 'HTTPS://chat.example/hooks/tiny-s3cret'}",
    "an address with spaces": "{kind: slack, url: ' https://chat.example/hooks/tiny-s3cret'}",
    "an address elsewhere": "{kind: slack, language: 'https://chat.example/hooks/abcDEF123abcDEF123abcD', url: ref+env://X}",
}
PARTS = ("tiny-s3cret", "abcDEF123", "0a1b2c3d", "MfKQ9r8G", "123456789")


@pytest.mark.parametrize("channel", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_in_the_file_is_refused_and_not_quoted(tmp_path, channel):
    content = read(tmp_path, with_channel(channel))
    assert content.channels == ()
    assert content.diagnostics
    shown = repr(content.diagnostics)
    assert [part for part in PARTS if part in shown] == []


def test_a_shop_key_in_a_path_is_no_secret(tmp_path):
    text = with_channel(
        "{kind: webhook, url: 'https://alerts.example/teams/payments-and-shops/v2', secret: ref+env://X}"
    )
    assert read(tmp_path, text).diagnostics == ()


def test_each_secret_of_a_channel_is_proposed_a_variable_of_its_own(tmp_path: Path) -> None:
    content = read(tmp_path, with_channel("{kind: webhook, url: ref+env://X, secret: [hunter2, hunter3]}"))
    assert [str(each.hint).split()[8] for each in content.diagnostics] == [
        "ref+env://ALERTS_CHANNELS_OPS_SECRET_1",
        "ref+env://ALERTS_CHANNELS_OPS_SECRET_2",
    ]
