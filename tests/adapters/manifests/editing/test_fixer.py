"""What is fixed in a manifest without asking anybody, and what is left for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.fixer import FixingFolder, fix_file
from reconciler.adapters.manifests.editing.near_keys import near_keys
from reconciler.adapters.manifests.yaml.reader import read_yaml
from tests.support.manifest_strategies import manifests

HEAD = "apiVersion: reconciler/v1\nshop: kyoto-tea\n"


def fixed(text: str) -> str:
    return fix_file(text.encode(), "f.yaml", ShopDocument)[0].decode()


def faults(data: bytes) -> int:
    return len(check_file(read_yaml(data, "f.yaml"), ShopDocument))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("amazon: {enabled: yes}", "amazon: {enabled: true}"),
        ("amazon: {enabled: No}", "amazon: {enabled: false}"),
        ("amazon:\n  enabled:   ON   # on  :)\n", "amazon:\n  enabled:   true   # on  :)\n"),
        ("amazon: {enabled: 'off'}", "amazon: {enabled: false}"),
        ('amazon: {enabled: "true"}', "amazon: {enabled: true}"),
        ("amazon: {enabeld: true}", "amazon: {enabled: true}"),
        ("amazon: {Enabled: true}", "amazon: {enabled: true}"),
        ("payment: {amazon-pay: {preorder: yes}}", "payment: {amazon_pay: {pre_order: true}}"),
        ("amazn:\n  notificaton: {emial: a@b.example}\n", "amazon:\n  notification: {email: a@b.example}\n"),
        ("labels: {wave: 1e5, b: 0123, c: 3, d: yes}", 'labels: {wave: "1e5", b: "0123", c: "3", d: "yes"}'),
        (
            "amazon: {messages: {a: {label: 12:30:00, message: 2026-01-01}}}",
            'amazon: {messages: {a: {label: "12:30:00", message: "2026-01-01"}}}',
        ),
        (
            'amazon: {messages: {a: {message: 2026-01-01 "at" \\ noon}}}',
            "amazon: {messages: {a: {message: '2026-01-01 \"at\" \\ noon'}}}",
        ),
        ("group: 12", 'group: "12"'),
    ],
)
def test_what_is_fixed(before: str, after: str) -> None:
    assert fixed(HEAD + before) == HEAD + after
    assert faults((HEAD + after).encode()) == 0


@pytest.mark.parametrize(
    "text",
    [
        "amazon: {enabled: y}",
        "amazon: {enabled: perhaps}",
        "amazon: {enabled: [yes]}",
        "amazon: {enabled: |-\n    yes\n  }",
        "amazon:\n  enabled: |\n    yes\n",
        "storefront: {status: on}",
        "labels: {wave: 12:30}",
        "labels: {wave: ~}",
        "amazon: {x: true}",
        "amazon: {enabled: true, enabeld: true}",
        "amazon: {enabeld: true, enabld: true}",
        "amazon: {buttons_visible: true}",
        "amazon: {email: a@b.example}",
        "amazon: {api: {mws_auth_tokn: ref+env://A}}",
        "amazon: {enabled: yes, api: {mws_auth_token: ref+env://A}}",
        "amazon: {enabled: yes, api: {client_id: amzn1.application-oa2-client.0123456789abcdef0123456789abcdef}}",
        "amazon: {enabled: yes} # token: x",
        "amazon: {notificaton: {x: 1, z: 2}}",
        "amazon: {enabled: yes",
        "- enabled: yes",
    ],
)
def test_what_is_left_for_people(text: str) -> None:
    assert fixed(HEAD + text) == HEAD + text


def test_one_fix_is_made_where_another_would_make_more_wrong() -> None:
    text = f"{HEAD}amazon: {{notificaton: {{x: 1, z: 2}}}}\npayment: {{amazon_pay: {{pre_order: on}}}}\n"
    assert fixed(text) == text.replace("on}", "true}")


def test_a_valid_file_is_left_as_it_is() -> None:
    text = f"{HEAD}amazon: {{enabled: True}}\n"
    assert fixed(text) == text


def test_fixes_are_reported_with_their_places() -> None:
    _, fixes = fix_file(f"{HEAD}amazon: {{enabeld: yes}}\n".encode(), "f.yaml", ShopDocument)
    reported = [(str(fix.origin), fix.kind.value, fix.before, fix.after) for fix in fixes]
    assert reported == [("f.yaml:3:10", "key", "enabeld", "enabled"), ("f.yaml:3:19", "switch", "yes", "true")]


def test_places_are_those_of_the_file_as_it_was() -> None:
    text = f"{HEAD}amazon: {{notificaton: {{emial: true}}, messages: {{a: {{lable: 1e5, mesage: 0123}}}}}}\n"
    _, fixes = fix_file(text.encode(), "f.yaml", ShopDocument)
    line = text.splitlines()[2]
    assert [fix.before for fix in fixes] == ["notificaton", "emial", "lable", "1e5", "mesage", "0123"]
    assert [line[fix.origin.column - 1 :].startswith(fix.before) for fix in fixes] == [True] * 6


def test_of_the_folder_the_files_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "_groups").mkdir()
    for name in ("_defaults.yaml", "_groups/g.yaml", "a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / name).write_text("amazon: {enabled: yes}\n")
    (tmp_path / "c.yaml").write_text("amazon: {enabled: true}\n")
    names = {f"shops/{name}" for name in ("_defaults.yaml", "_groups/g.yaml", "a.yaml", "c.yaml", "gone.yaml")}
    found = list(FixingFolder(tmp_path, "shops/").fixable(names))
    assert [file.change.display_path for file in found] == [
        "shops/_defaults.yaml",
        "shops/_groups/g.yaml",
        "shops/a.yaml",
    ]
    assert {file.change.after for file in found} == {b"amazon: {enabled: true}\n"}
    assert {file.shown_after for file in found} == {"amazon: {enabled: true}\n"}


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone")
    (tmp_path / "b.yaml").mkdir()
    assert list(FixingFolder(tmp_path, "shops").fixable({"shops/a.yaml", "shops/b.yaml"})) == []


def test_in_what_is_shown_there_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        f"{HEAD}# the password is hunter2\namazon:\n  api:\n    mws_auth_token: hunter2\n  unknown: hunter2\n"
        "  enabled: yes  # switched on\n"
    )
    (file,) = FixingFolder(tmp_path, "shops").fixable({"shops/a.yaml"})
    assert file.shown_before == (
        f"{HEAD}(not shown)\namazon:\n  api:\n(not shown)\n  unknown: …\n  enabled: yes  # switched on\n"
    )
    assert b"hunter2" in file.change.after


def test_rules_of_shared_files_hold(tmp_path: Path) -> None:
    data = b"amazon: {enabled: yes, api: {selller_id: A1EXAMPLE234567}}\n"
    after, _ = fix_file(data, "_defaults.yaml", SharedDocument)
    assert after == b"amazon: {enabled: true, api: {seller_id: A1EXAMPLE234567}}\n"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("enabeld", ("enabled",)),
        ("enable", ("enabled",)),
        ("enabledd", ("enabled",)),
        ("ENABLED", ("enabled",)),
        ("en", ()),
        ("api", ("api",)),
        ("aip", ("api",)),
        ("ap", ()),
        ("apex", ()),
        ("", ()),
        ("enabelde", ("enabled",)),
        ("enblde", ("enabled",)),
        ("disabled", ()),
    ],
)
def test_near_keys(word: str, near: tuple[str, ...]) -> None:
    assert near_keys(word, ("enabled", "api", "notification", "messages")) == near


SLIPS = {
    r"\btrue\b": ("yes", "on", "Yes", '"true"', "maybe"),
    r"\bfalse\b": ("no", "off", "OFF"),
    r"\benabled\b": ("enabeld", "enable", "Enabled", "x"),
    r"\bmessage\b": ("mesage", "messages", "lable"),
    r"\blabels\b": ("label", "lables"),
    r"\bamazon\b": ("amazn", "payment"),
    r"\bcanary\b": ("1e5", "0123", "yes", "2026-01-01"),
    r"\bmws_auth_token\b": ("mws_auth_tokn", "token"),
    r'"': ("", "'"),
}


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A manifest as hands write it, with slips in it."""
    text = draw(manifests())[0]
    for pattern in draw(st.lists(st.sampled_from(sorted(SLIPS)), min_size=1, max_size=4)):
        found = list(re.finditer(pattern, text))
        if found:
            match = draw(st.sampled_from(found))
            text = text[: match.start()] + draw(st.sampled_from(SLIPS[pattern])) + text[match.end() :]
    return text.encode()


@given(damaged())
def test_it_is_fixed_once_and_no_more_is_wrong(before: bytes) -> None:
    after, fixes = fix_file(before, "f.yaml", ShopDocument)
    assert faults(after) <= faults(before)
    assert fix_file(after, "f.yaml", ShopDocument) == (after, ())
    assert bool(fixes) is (after != before)


@given(damaged())
def test_everything_else_stays_byte_for_byte(before: bytes) -> None:
    after, fixes = fix_file(before, "f.yaml", ShopDocument)
    touched = {fix.origin.line - 1 for fix in fixes}
    ends = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
    lines = [(ends.findall(before)), (ends.findall(after))]
    assert len(lines[0]) == len(lines[1])
    for number, (old, new) in enumerate(zip(*lines, strict=True)):
        assert (old != new) == (number in touched)
        assert comment(old) == comment(new)


def comment(line: bytes) -> bytes:
    """From the last sign that may begin one: no fix writes or takes away such a sign."""
    return line[line.rfind(b"#") :] if b"#" in line else line[len(line.rstrip(b"\r\n")) :]
