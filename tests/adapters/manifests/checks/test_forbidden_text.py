"""A credential, or a character that steers a screen, in any text of a manifest: an error at its place that quotes nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d1"
UUID = TOKEN.removeprefix("amzn.mws.")
CREDENTIALS = [
    TOKEN,
    TOKEN.upper(),
    f"before {TOKEN} after",
    f"{TOKEN}@kyoto-tea.example",
    "amzn1.oa2-cs.v1.0123456789abcdef",
    "Atza|IwEBIJabcdefgh",
    "Atzr|IwEBIJabcdefgh",
    "AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN RSA PRIVATE KEY----- MIIE",
    "Bearer 0a1b2c3d4e5f6a7b",
    "https://operator:hunter2@admin.example/",
]
PLACES = {
    "a label's value": ("labels: {wave: '%s'}\n", "3:16", "labels.wave"),
    "a label's name": ("labels: {'%s': canary}\n", "3:10", "labels.(not shown)"),
    "a message": ("amazon:\n  messages:\n    order_area:\n      message: '%s'\n", "6:16", "order_area.message"),
    "a part's label": ("amazon:\n  messages:\n    order_area: {label: '%s'}\n", "5:25", "order_area.label"),
    "it is an email address": ("amazon:\n  notification:\n    email: '%s'\n", "5:12", "amazon.notification.email"),
    "an id": ("amazon:\n  api:\n    seller_id: '%s'\n", "5:16", "amazon.api.seller_id"),
    "the group": ("group: '%s'\n", "3:8", "group"),
    "a switch": ("amazon: {enabled: '%s'}\n", "3:19", "amazon.enabled"),
    "a list": ("labels: [a, '%s']\n", "3:13", "labels.1"),
    "an unknown key": ("'%s': x\n", "3:1", "(not shown)"),
    "the token's own place": ("amazon:\n  api:\n    mws_auth_token: '%s'\n", "5:21", "amazon.api.mws_auth_token"),
    "a reference": ("amazon:\n  api:\n    mws_auth_token: 'ref+env://%s'\n", "5:21", "amazon.api.mws_auth_token"),
    "a path": ("amazon:\n  api:\n    mws_auth_token: 'ref+file:///run/%s'\n", "5:21", "amazon.api.mws_auth_token"),
    "a scheme": ("amazon:\n  api:\n    mws_auth_token: 'ref+%s://x'\n", "5:21", "amazon.api.mws_auth_token"),
}
STEERING = {
    "\\e": "U+001B",
    "\\0": "U+0000",
    "\\a": "U+0007",
    "\\x7f": "U+007F",
    "\\x9b": "U+009B",
    "\\r": "U+000D",
    "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "\\u2066": "U+2066 LEFT-TO-RIGHT ISOLATE",
}


def printed(folder, sentences, body):
    folder.shop(body)
    manifest = folder.read()
    assert manifest.shops == ()
    said = " ".join(map(sentences, manifest.findings))
    assert "4ea38b7b" not in said.lower()
    assert "hunter2" not in said
    return [finding for finding in manifest.findings if finding.code.number in {"M108", "M113"}]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", CREDENTIALS)
def test_a_credential_is_found_wherever_it_was_pasted(folder, sentences, place, text):
    body, position, subject = PLACES[place]
    (finding,) = printed(folder, sentences, body % text)
    assert finding.code.number == "M108"
    assert str(finding.origin) == f"shops/kyoto-tea.yaml:{position}"
    assert finding.subject.endswith(subject)
    assert finding.hint is not None
    assert text not in sentences(finding)


@pytest.mark.parametrize("reference", [f"ref+env://{UUID}", f"ref+env://{UUID.upper()}"])
def test_a_token_without_its_beginning_in_the_place_of_a_variables_name(folder, sentences, reference):
    (finding,) = printed(folder, sentences, f"amazon: {{api: {{mws_auth_token: {reference}}}}}\n")
    assert finding.code.number == "M108"


@pytest.mark.parametrize("character", STEERING)
@pytest.mark.parametrize("place", [place for place, (body, *_) in PLACES.items() if "token" not in body])
def test_a_character_that_steers_the_screen(folder, sentences, place, character):
    body, position, _ = PLACES[place]
    (finding,) = printed(folder, sentences, (body % f"a{character}b").replace("'", '"'))
    assert str(finding.origin) == f"shops/kyoto-tea.yaml:{position}"
    assert finding.code.number == "M113"
    assert f"the control character {STEERING[character]}," in str(finding.summary)
    assert sentences(finding).isprintable()


@pytest.mark.parametrize("text", ["two\\nlines", "a\\r\\nb", "a\\tb", "絵文字👩\\u200d🍳", "\\u200eעברית", "a\\\\b"])
def test_what_texts_may_hold(folder, text):
    folder.shop(f'amazon:\n  messages:\n    order_area: {{message: "{text}"}}\n')
    assert folder.read().findings == ()


def test_a_credential_in_a_shared_file_is_reported_once_at_its_place(folder, places):
    folder.write("_defaults.yaml", f"labels: {{wave: {TOKEN}}}\n")
    folder.group("g", f"amazon:\n  notification:\n    email: {TOKEN}@x.example\n")
    folder.shop("group: g\n")
    folder.shop("group: g\n", key="uji-cups")
    manifest = folder.read()
    assert manifest.shops == ()
    assert places(manifest) == ["M108 shops/_defaults.yaml:1:16", "M108 shops/_groups/g.yaml:3:12"]


def test_all_of_them_are_reported_at_once(folder, places):
    folder.shop(f'labels: {{a: {TOKEN}, b: "x\\e"}}\n{TOKEN}: {TOKEN}\n')
    assert places(folder.read()) == [
        "M108 shops/kyoto-tea.yaml:3:13",
        "M113 shops/kyoto-tea.yaml:3:63",
        "M108 shops/kyoto-tea.yaml:4:1",
        "M108 shops/kyoto-tea.yaml:4:48",
    ]


def test_a_duplicate_key_hides_no_credential(folder, places):
    folder.shop(f"labels: {{a: x, a: {TOKEN}}}\n")
    assert "M108 shops/kyoto-tea.yaml:3:19" in places(folder.read())


ids = st.text(st.sampled_from("BCDFGHJK789"), min_size=12, max_size=30)


@given(ids, st.sampled_from(["seller_id", "client_id"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_of_an_id_without_its_form_only_the_start_is_shown(folder, sentences, text, name):
    """An identifier, and so no secret; but what does not have its form may be anything."""
    for finding in folder.findings(f"amazon: {{api: {{{name}: 'z-{text}'}}}}\n"):
        assert f"`z-{text[:10]}...` ({len(text) + 2} characters)" in sentences(finding)
        assert text[:11] not in sentences(finding)


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_a_text_of_several_lines_hides_none_wherever_a_line_ends(folder, sentences, credential):
    body = (
        f"amazon:\n  messages:\n    order_area:\n      message: |\n        first\n        {credential}\n        last\n"
    )
    assert len(printed(folder, sentences, body)) == 1
