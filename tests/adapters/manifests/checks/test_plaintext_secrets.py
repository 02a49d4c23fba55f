"""A secret in a manifest: an error, and no part of it in the output."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.core.values import PRE_SET_LITERAL

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d1"
BODY = "amazon:\n  api:\n    mws_auth_token: {}\n"


def only(findings):
    (finding,) = findings
    return finding


@pytest.mark.parametrize("text", [TOKEN, TOKEN.upper(), f"' {TOKEN} '", "hunter2", "''", "env://NAME", "NAME", "ref:x"])
def test_a_text_that_is_no_reference_may_be_the_secret(folder, sentences, text):
    finding = only(folder.findings(BODY.format(text)))
    assert finding.code.number == "M108"
    assert str(finding.origin) == "shops/kyoto-tea.yaml:5:21"
    assert "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN" in str(finding.hint)
    assert "4ea38b7b" not in sentences(finding).lower()
    assert "hunter2" not in sentences(finding)


@pytest.mark.parametrize("text", [PRE_SET_LITERAL, "preset", "Pre-Set", "pre_set", "' pre-set'"])
def test_the_screens_own_words_for_a_pre_set_token(folder, text):
    finding = only(folder.findings(BODY.format(text)))
    assert finding.code.number == "M105"
    assert str(finding.hint) == "Write pre-set"


@pytest.mark.parametrize("text", ["ref+env://", "ref+ENV://NAME", "' ref+env://NAME'", "ref+env:NAME", "ref+env://A B"])
def test_a_reference_that_is_misspelled(folder, text):
    finding = only(folder.findings(BODY.format(text)))
    assert finding.code.number == "M105"
    assert "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN" in str(finding.hint)


@pytest.mark.parametrize("value", ["12345678", f"[{TOKEN}]", f"{{{TOKEN}: x}}", "2026-01-01", "12:30", "0123"])
def test_a_value_of_another_kind_is_not_quoted_either(folder, sentences, value):
    findings = folder.findings(BODY.format(value))
    assert findings
    for finding in findings:
        said = sentences(finding)
        assert value not in said
        assert "4ea38b7b" not in said


@pytest.mark.parametrize(
    "body",
    [
        f"amazon: {{api: {{client_id: {TOKEN}}}}}\n",
        f"amazon: {{api: {{seller_id: {TOKEN}}}}}\n",
        f"amazon: {{notification: {{email: {TOKEN}}}}}\n",
        f"amazon: {{enabled: {TOKEN}}}\n",
        f"amazon: {TOKEN}\n",
        f"storefront: {{status: {TOKEN}}}\n",
        f"maintenance: {{time_zone: {TOKEN}}}\n",
        f"group: {TOKEN}\n",
        f"labels: {{a: '{TOKEN}!'}}\n",
        f"labels: {{'{TOKEN}!': a}}\n",
        f"{TOKEN}: x\n",
        f"amazon: {{api: {{{TOKEN}: x}}}}\n",
        f"amazon: {{api: {{mws_auth_tokn: {TOKEN}}}}}\n",
        f"amazon: {{messages: {{{TOKEN}: {{label: x}}}}}}\n",
        f"a: {{{TOKEN}: x, {TOKEN}: z}}\n",
        f"amazon: {{api: {{mws_auth_token: '{TOKEN}}}}}\n",
        f"amazon:\n  api:\n    mws_auth_token: {TOKEN}: x\n",
        f"amazon:\n  api:\n    mws_auth_token: &a {TOKEN}\n",
        f"amazon:\n  api:\n    mws_auth_token: *{TOKEN.replace('.', '_')}\n",
        f"amazon:\n  api:\n    mws_auth_token: !{TOKEN} x\n",
    ],
)
def test_a_token_that_was_pasted_into_the_wrong_place(folder, sentences, body):
    findings = folder.findings(body)
    assert findings
    for finding in findings:
        assert "4ea38b7b" not in sentences(finding)


def test_a_token_in_a_shared_file(folder, sentences):
    folder.group("g", f"amazon: {{api: {{mws_auth_token: {TOKEN}}}}}\n")
    folder.shop("group: g\n")
    assert "4ea38b7b" not in "".join(sentences(finding) for finding in folder.read().findings)


printable = st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"])


@given(st.text(printable, min_size=8, max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_text_in_the_tokens_place_is_ever_quoted(folder, sentences, text):
    quoted = text.replace("'", "''")
    for finding in folder.findings(BODY.format(f"'{quoted}'")):
        assert text not in sentences(finding)
