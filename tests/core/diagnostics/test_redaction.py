"""What looks like a secret, and what remains of a text without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.redaction import (
    REDACTED,
    contains_credential,
    credential_kind,
    is_high_entropy,
    may_be_secret,
    redact,
)

UUID = "4ea38b7b-f563-7709-4bae-87aeafa6e9d1"
CREDENTIALS = {
    f"amzn.mws.{UUID}": "an MWSAuthToken",
    f"AMZN.MWS.{UUID.upper()}": "an MWSAuthToken",
    f"amzn_mws_{UUID}": "an MWSAuthToken",
    f"amzn%2Emws%2e{UUID}": "an MWSAuthToken",
    "amzn.mws.4ea38b7b-f563": "an MWSAuthToken",
    f"ref+env://{UUID}": "an MWSAuthToken",
    "amzn1.oa2-cs.v1.0123abcd4567": "a client secret of Amazon Login",
    "Atza|IwEBIJabcdefgh": "an access token of Amazon Login",
    "Atzr%7CIwEBIJabcdefgh": "an access token of Amazon Login",
    "AKIAIOSFODNN7EXAMPLE": "an access key of AWS",
    "ASIAIOSFODNN7EXAMPLE": "an access key of AWS",
    "-----BEGIN PRIVATE KEY-----": "a private key",
    "-----BEGIN RSA PRIVATE KEY-----": "a private key",
    "Authorization: Bearer 0a1b2c3d4e5f6": "a bearer token",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln": "a signed token",
    "postgresql://operator:hunter2@db.example/journal": "an address with a password",
}
HARMLESS = [
    "",
    "amazon-pay@kyoto-tea.example",
    "A1EXAMPLE234567",
    "AKIAKYOTOTEA234",
    "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
    "amzn mws feed",
    "an MWSAuthToken begins with amzn.mws.",
    "Bearer certificates are not sold here",
    "Asia/Tokyo",
    "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
    "ref+file:///run/secrets/kyoto-tea",
    "https://www.example.jp:8443/shop?part=1#top",
    "お支払いはAmazon Payで。詳細: https://kyoto-tea.example/",
]


@pytest.mark.parametrize("around", ["{}", "see ({})", "a\n{}\nb", "日本語{}日本語"])
@pytest.mark.parametrize(("text", "name"), CREDENTIALS.items())
def test_a_credential_is_known_by_its_form(text: str, name: str, around: str) -> None:
    whole = around.format(text)
    assert str(credential_kind(whole)) == name
    assert contains_credential(whole)
    assert may_be_secret(whole)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_is_no_credential(text: str) -> None:
    assert credential_kind(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "amzn.mws.",
        "amzn1.oa2-cs.",
        "Atza|",
        "bearer abc",
        "Basic b3BlcmF0b3I6eA==",
        "a" * 40,
        "password=hunter2",
        '{"client_secret": "x"}',
        "user:hunter2@db.example",
        "postgresql:/user:hunter2@db.example/world",
    ],
)
def test_what_is_quoted_is_trusted_less(text: str) -> None:
    assert may_be_secret(text)


@pytest.mark.parametrize(
    "text", ["B1EXAMPLE234567", "open", "https://admin.example/", "会員登録", "shops/kyoto-tea.yaml"]
)
def test_what_may_be_quoted(text: str) -> None:
    assert not may_be_secret(text)


@pytest.mark.parametrize(
    ("text", "opaque"),
    [
        (UUID, True),
        ("0123456789abcdef0123456789abcdef", True),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", True),
        ("KYOTO_TEA_MWS_AUTH_TOKEN_2", False),
        ("kyoto-tea", False),
        (f"see {UUID}", False),
    ],
)
def test_what_only_machines_make(text: str, opaque: bool) -> None:
    assert is_high_entropy(text) is opaque


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("https://admin.example:8443/base", "https://admin.example:8443/base"),
        ("http://[::1]:8765/", "http://[::1]:8765/"),
        ("https://user:hu/nt@er2@admin.example/a", f"https://{REDACTED}@admin.example/a"),
        ("https://user@admin.example:80", f"https://{REDACTED}@admin.example:80"),
        ("https://user@admin.example:80/a?b=c", f"https://{REDACTED}@admin.example:80/a?{REDACTED}"),
        ("https://admin.example/a?key=hunter2", f"https://admin.example/a?{REDACTED}"),
        ("https://admin.example/a#hunter2", f"https://admin.example/a?{REDACTED}"),
        ("https://admin.example:hunter2/", f"https://admin.example:{REDACTED}/"),
        ("http://[::1]:hunter2", f"http://[::1]:{REDACTED}"),
        (f"ref+vault://amzn.mws.{UUID}, and more", f"ref+vault://{REDACTED}, and more"),
        ("no address at all", "no address at all"),
    ],
)
def test_what_is_left_when_secrets_are_taken_out(text: str, left: str) -> None:
    assert redact(text) == left


@given(st.text(), st.sampled_from(sorted(CREDENTIALS)), st.text())
def test_no_credential_is_left(before: str, text: str, after: str) -> None:
    assert not contains_credential(redact(f"{before} {text} {after}"))
