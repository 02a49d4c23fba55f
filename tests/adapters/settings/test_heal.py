"""The policy of healing in the settings: what it becomes, and what is wrong with it, each with its place."""

from pathlib import Path

import pytest

from reconciler.adapters.settings.heal import healable_names
from reconciler.adapters.settings.settings import Settings, read_settings
from reconciler.core.healing.policy import NO_HEALING, HealingMode, HealingPolicy, HealingRule
from reconciler.core.model.policy import FindingSeverity


def read(folder: Path, text: str):
    path = folder / "reconciler.yaml"
    path.write_text(text)
    return read_settings(path)


def policy_of(folder: Path, text: str) -> HealingPolicy:
    settings = read(folder, text)
    assert isinstance(settings, Settings), settings
    return settings.healing


@pytest.mark.parametrize("text", ["backend: embedded\n", "heal: {}\n", "heal: {rules: []}\n"])
def test_nothing_is_healed_unless_a_rule_says_so(tmp_path, text):
    assert policy_of(tmp_path, text) == NO_HEALING


def test_everything(tmp_path):
    text = """\
heal:
  mode: propose
  max_per_look: 3
  max_share: 5%
  rules:
    - name: mail
      fields: [amazon.notification.email]
    - name: texts
      fields: [amazon.messages.*, payment.amazon_pay.auto_link]
      actors: [MERCHANT, CLIENT]
      severity: high
      window: 23:00-05:30
      time_zone: Asia/Seoul
      mode: heal
"""
    mail = HealingRule(name="mail", fields=("amazon.notification.email",), mode=HealingMode.PROPOSE)
    texts = HealingRule(
        name="texts",
        fields=("amazon.messages.*", "payment.amazon_pay.auto_link"),
        actors=frozenset({"MERCHANT", "CLIENT"}),
        severity=FindingSeverity.HIGH,
        window=(23 * 60, 5 * 60 + 30),
        time_zone="Asia/Seoul",
    )
    assert policy_of(tmp_path, text) == HealingPolicy(rules=(mail, texts), max_per_look=3, max_share=0.05)


def test_a_policy_can_be_switched_off_as_a_whole(tmp_path):
    text = "heal: {mode: disabled, rules: [{name: mail, fields: [amazon.notification.email]}]}\n"
    assert policy_of(tmp_path, text) == NO_HEALING


RULE = "heal:\n  rules:\n    - name: mail\n      fields: [{field}]\n      {more}\n"


@pytest.mark.parametrize(
    ("field", "more", "line", "says"),
    [
        ("amazon.notification.emial", "", 4, "unknown field `amazon.notification.emial`"),
        ("amazon.notification.emial", "", 4, "amazon.notification.email"),
        ("amazon.api.mws_auth_token", "", 4, "`amazon.api.mws_auth_token` is a secret"),
        ("amazon.api.seller_id", "", 4, "where the money goes"),
        ("amazon.enabled", "", 4, "only while the shop is closed"),
        ("storefront.status", "", 4, "opens or closes the shop"),
        ("amazon.messages", "", 4, "name one of them"),
        ("notification_email", "", 4, "write `amazon.notification.email`"),
        ("amazon.api.*", "", 4, "No field that can be healed matches `amazon.api.*`"),
        ("amazon.notification.email", "time_zone: Asia/Tokio", 5, "Unknown time zone `Asia/Tokio`"),
        ("amazon.notification.email", "window: 05:00-05:00", 5, "starts and ends at 05:00"),
        ("amazon.notification.email", "window: 5-6", 5, "01:00-05:00"),
        ("amazon.notification.email", "actors: [merchant]", 5, "MERCHANT"),
        ("amazon.notification.email", "severity: critical", 5, "medium"),
        ("amazon.notification.email", "mode: always", 5, "propose"),
        ("amazon.notification.email", "modes: heal", 5, "mode"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(tmp_path, field, more, line, says):
    found = read(tmp_path, RULE.format(field=field, more=more))
    assert not isinstance(found, Settings)
    (fault,) = found
    assert fault.code.number == "S201"
    assert fault.origin is not None
    assert fault.origin.line == line
    assert says in f"{fault.summary} {fault.expected} {fault.hint}"


@pytest.mark.parametrize(
    ("text", "says"), [("max_share: 120%", "0% to 100%"), ("max_per_look: 0", "1"), ("mode: 3", "")]
)
def test_a_wrong_limit_is_refused(tmp_path, text, says):
    (fault,) = read(tmp_path, f"heal:\n  {text}\n")
    assert (fault.code.number, fault.origin.line) == ("S201", 2)
    assert says in f"{fault.summary} {fault.expected}"


def test_two_rules_have_two_names(tmp_path):
    rule = "{name: mail, fields: [amazon.notification.email]}"
    (fault,) = read(tmp_path, f"heal:\n  rules:\n    - {rule}\n    - {rule}\n")
    assert (fault.origin.line, str(fault.summary)) == (4, "Two rules are called mail")


def test_the_fields_that_a_rule_may_name():
    assert set(healable_names()) == {
        "amazon.notification.email",
        "payment.amazon_pay.pre_order",
        "payment.amazon_pay.subscription",
        "payment.amazon_pay.auto_link",
        "amazon.messages.PART.label",
        "amazon.messages.PART.message",
        "seller_central.ipn_endpoint",
    }
