"""What is shown of the lines that diagnostics point at, and above all what is not."""

from __future__ import annotations

import pytest

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.excerpts.file_excerpts import FileExcerpts
from reconciler.adapters.manifests.excerpts.masked_line import masked_line
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.adapters.settings.documents import SettingsDocument
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.values import Origin

HEAD = "apiVersion: reconciler/v1\nshop: kyoto-tea\n"
SECRET = "hunter2"


def shown(text: str) -> SourceLines:
    """Of a manifest, for all that is wrong with it."""
    data = text.encode()
    return FileExcerpts(data, "f.yaml", ShopDocument).lines_for(check_file(read_yaml(data, "f.yaml"), ShopDocument))


def marked(lines: SourceLines) -> list[tuple[str, str]]:
    return [(line.text, line.text[line.start : line.start + line.length]) for line in lines.values()]


def about(line: int, column: int, subject: str | None = None) -> Diagnostic:
    return diagnostic(codes.NOT_SHARED, msg("x"), subject=subject, origin=Origin("f.yaml", line, column))


@pytest.mark.parametrize(
    ("below", "line", "part"),
    [
        ("amazon:\n  enabld: true\n", "  enabld: true", "enabld"),
        ("amazon: {enabled: yes}\n", "amazon: {enabled: yes}", "yes"),
        ('amazon: {enabled: "true"}\n', 'amazon: {enabled: "true"}', '"true"'),
        ("amazon: [a]\n", "amazon: […]", "amazon"),
        ("labels: {日本: x}\n", "labels: {日本: x}", "日本"),
        ("amazon:\n  notification:\n    emial: a@b.example\n", "    emial: …", "emial"),
        ("amazon:\n  notification: {email: no one}\n", "  notification: {email: no one}", "no one"),
        ("storefront: {status: opened} # why\n", "storefront: {status: opened}", "opened"),
        ("amazon:\n  messages:\n    order_area: {lable: 'a # b'} # c\n", "    order_area: {lable: …}", "lable"),
        ("group:\n  - a\n", "group:", "group"),
        ("amazon:\n\t enabled: true\n", "\t enabled: true", "\t"),
        ("payment: *base\n", "payment: *…", "*"),
    ],
)
def test_a_line_with_the_part_that_is_meant(below: str, line: str, part: str) -> None:
    assert marked(shown(HEAD + below)) == [(line, part)]


@pytest.mark.parametrize(
    "below",
    [
        f"amazon: {{enabled: {SECRET}}}\n",
        f"amazon:\n  api: {{seller_id: {SECRET}}}\n",
        f"amazon:\n  api:\n    client_id: {SECRET}\n",
        f"amazon:\n  api:\n    mws_auth_token: {SECRET}\n",
        f"amazon:\n  api:\n    mws_auth_tokn: {SECRET}\n",
        f"amazon:\n  api:\n    mwsauthtoken: {SECRET}\n",
        f"amazon:\n  api:\n    tokne: {SECRET}\n",
        f"amazon:\n  api:\n    sekret: {SECRET}\n",
        f"amazon:\n  api:\n    pasword: {SECRET}\n",
        f"amazon:\n  api:\n    トークン: {SECRET}\n",
        f"amazon:\n  api:\n    mws_auth_token:\n      a: {SECRET}\n",
        f"amazon:\n  api:\n    mws_auth_token: |\n      {SECRET}\n      more\n",
        f"amazon:\n  api: {{mws_auth_token:\n    {SECRET}, selr_id: x}}\n",
        f"amazon:\n  api:\n    mws_auth_token: [{SECRET}]\n",
        f"amazon:\n  enabld: yes  # the token is {SECRET}\n",
        f"amazon:\n  enabled: true\n  unknown: {SECRET}\n",
        f"payment: {SECRET}\n",
        f"amazon:\n  api:\n    mws_auth_token:\n    {SECRET}\n",
        f"amazon:\n  api:\n    mws_auth_token: '{SECRET}\n    more\n  enabled: true\n",
        f"amazon:\n  api:\n  mws_auth_token\n  {SECRET}\n",
        f"amazon:\n  enabled: {SECRET}: true\n",
        f"amazon: &a\n  api: {{seller_id: {SECRET}}}\npayment: *a\n",
        f"amazon:\n  api:\n    mws_auth_token: &a\n      {SECRET}\n",
        "amazon: {enabled: amzn.mws.ba5eba11-c0de-4ca6-8ff6-ba5eba11ba5e}\n".replace("ba5eba11", SECRET),
    ],
)
def test_a_secret_is_never_shown(below: str) -> None:
    lines = shown(HEAD + below)
    assert SECRET not in repr(lines)


def test_nothing_of_a_line_that_is_said_to_hold_a_secret_is_shown() -> None:
    text = f"{HEAD}amazon: {{enabled: yes, notification: {{email: true}}}}\n"
    data = text.encode()
    diagnostics = [
        about(3, 19, "amazon.enabled"),
        diagnostic(codes.PLAINTEXT_TOKEN, msg("x"), subject="amazon", origin=Origin("f.yaml", 3, 1)),
    ]
    assert FileExcerpts(data, "f.yaml", ShopDocument).lines_for(diagnostics) == {}


def test_what_looks_like_a_secret_hides_its_line() -> None:
    pasted = "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef"
    assert shown(f"{HEAD}amazon: {{enabled: yes, api: {{client_id: {pasted}}}}}\n") == {}


@pytest.mark.parametrize(
    "diagnostics",
    [
        about(1, 1, "amazon.enabled"),
        about(1, 1),
        about(2, 7),
        about(3, 19, "amazon.notification"),
        about(3, 2),
        about(9, 1),
        about(5, 1),
    ],
)
def test_a_place_that_is_not_what_the_diagnostic_is_about_has_no_line(diagnostics: Diagnostic) -> None:
    """The whole file, the whole shop, a file that changed since."""
    text = f"{HEAD}amazon: {{enabled: true, notification: {{email: a@b.example}}}}\n".encode()
    assert FileExcerpts(text, "f.yaml", ShopDocument).lines_for([diagnostics]) == {}


@pytest.mark.parametrize("diagnostics", [about(1, 1), about(9, 1), about(3, 1)])
def test_a_place_that_a_broken_file_does_not_have_has_no_line(diagnostics: Diagnostic) -> None:
    assert FileExcerpts(b"a: [\n\n \n", "f.yaml", ShopDocument).lines_for([diagnostics]) == {}


def test_a_credential_in_a_broken_file_is_not_shown() -> None:
    text = f"{HEAD}amazon: {{enabled: amzn.mws.ba5eba11-c0de-4ca6-8ff6-ba5eba11ba5e: true}}\n"
    assert shown(text) == {}


def test_a_part_that_is_hidden_is_marked_where_its_sign_is() -> None:
    (line,) = shown(f"{HEAD}amazon: {{enabled: who-knows: true}}\n").values()
    assert (line.text, line.text[line.start : line.start + line.length]) == ("amazon: {enabled: …: true}", ":")
    masked = masked_line("a: secret words", [(3, 9)], (5, 7))
    assert masked is not None
    assert (masked.text, masked.start, masked.length) == ("a: … words", 3, 1)


def test_the_shop_key_itself_has_its_line() -> None:
    diagnostics = about(2, 7, "shop")
    (line,) = FileExcerpts(HEAD.encode(), "f.yaml", ShopDocument).lines_for([diagnostics]).values()
    assert line.text == "shop: kyoto-tea"


def test_a_text_over_several_lines_has_the_line_that_is_meant() -> None:
    text = f"{HEAD}amazon:\n  messages:\n    order_area:\n      message: |\n        one\n        two\n"
    diagnostics = about(6, 16, "amazon.messages.order_area.message")
    (line,) = FileExcerpts(text.encode(), "f.yaml", ShopDocument).lines_for([diagnostics]).values()
    assert (line.text, line.start, line.length) == ("      message: |", 15, 1)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("timeouts: {read: -1}\n", "timeouts: {read: -1}"),
        (f"backend: {{url: https://{SECRET}.example/, x: 1}}\n", "backend: {url: …, x: 1}"),
        ("manifsts: shops\n", "manifsts: …"),
    ],
)
def test_texts_of_settings_are_not_shown(settings: str, line: str) -> None:
    data = settings.encode()
    diagnostics = check_file(read_yaml(data, "reconciler.yaml"), SettingsDocument)
    excerpts = FileExcerpts(data, "reconciler.yaml", SettingsDocument, texts=False)
    assert {each.text for each in excerpts.lines_for(diagnostics).values()} <= {line}
    assert SECRET not in repr(excerpts.lines_for(diagnostics))
