"""Invalid files: each is reported with a position and a hint, and none raises."""

import os
import socket

import pytest

from reconciler.adapters.manifests.discovery.entries import unreadable_file
from reconciler.adapters.manifests.yaml.encoding import SIZE_LIMIT
from reconciler.core.values import ShopKey
from tests.support.drop_root import modes_count


def only(manifest):
    assert manifest.shops == ()
    (finding,) = manifest.findings
    assert finding.hint is not None
    return finding


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing but a comment\n", "---\n", "---\n...\n"])
def test_an_empty_file(folder, content):
    folder.write("kyoto-tea.yaml", content)
    finding = only(folder.read())
    assert finding.code.number == "M010"
    assert finding.shop == ShopKey("kyoto-tea")
    assert folder.read().broken == ("kyoto-tea",)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("{a: b", "2:1"),
        ("a: b: c", "1:5"),
        ("a: 'x\n", "2:1"),
        ("a: @x\n", "1:4"),
        ("- a\nb: 1\n", "2:1"),
        ('a: "\\ud800"\n', "1:7"),
        ("%FOO\n---\na: 1\n", "1:5"),
    ],
)
def test_not_yaml(folder, places, content, place):
    folder.write("kyoto-tea.yaml", content)
    assert only(folder.read()).code.number == "M011"
    assert places(folder.read()) == [f"M011 shops/kyoto-tea.yaml:{place}"]


@pytest.mark.parametrize("content", ["- a\n- b\n", "just text\n", "12\n", "'quoted'\n", "null\n"])
def test_yaml_of_another_shape(folder, content):
    folder.write("kyoto-tea.yaml", content)
    assert only(folder.read()).code.number == "M012"


def test_two_documents_in_one_file(folder, places):
    folder.write("kyoto-tea.yaml", "apiVersion: reconciler/v1\nshop: kyoto-tea\n---\nshop: nara\n")
    assert places(folder.read()) == ["M017 shops/kyoto-tea.yaml:3:1"]


def test_a_file_of_five_megabytes_is_refused_unread(folder):
    folder.write("kyoto-tea.yaml", b"a: " + b"x" * 5_000_000)
    finding = only(folder.read())
    assert finding.code.number == "M004"
    assert "256 KiB" in str(finding.summary)


def test_a_file_at_the_limit_is_read(folder):
    head = b"apiVersion: reconciler/v1\nshop: kyoto-tea\n"
    folder.write("kyoto-tea.yaml", head + b"#" * (SIZE_LIMIT - len(head)))
    assert len(folder.read().shops) == 1


DEEP = {
    "six hundred mappings": "".join(" " * n + f"k{n}:\n" for n in range(600)),
    "a thousand mappings in one line": "{a: " * 1000 + "1" + "}" * 1000,
    "a thousand lists in one line": "- " * 1000,
    "a hundred thousand lists": "- " * 100_000,
    "a quarter million brackets": "[" * 250_000,
    "brackets that are closed": "a: " + "[" * 5000 + "]" * 5000,
    "braces as keys": "{" * 5000,
    "braces in lines": "{a: " * 2000 + "\n" + "}" * 2000,
    "brackets over many lines": "[\n" * 100_000,
    "questions": "? " * 1000,
    "lists in mappings": "k:\n" + "".join("  " * n + "- a:\n" for n in range(40)),
    "thirty-three mappings": "".join(" " * n + f"k{n}:\n" for n in range(33)) + " " * 34 + "x: 1",
}


@pytest.mark.parametrize("content", DEEP.values(), ids=DEEP.keys())
def test_a_file_that_is_too_deep(folder, content):
    folder.write("kyoto-tea.yaml", content)
    manifest = folder.read()
    assert manifest.shops == ()
    assert "M005" in {finding.code.number for finding in manifest.findings}


def test_the_depth_is_reported_where_it_is_exceeded(folder, places):
    folder.write("kyoto-tea.yaml", "a: " + "[" * 40 + "]" * 40)
    assert "M005 shops/kyoto-tea.yaml:1:35" in places(folder.read())


def test_a_byte_order_mark(folder):
    folder.write("kyoto-tea.yaml", b"\xef\xbb\xbfapiVersion: reconciler/v1\nshop: kyoto-tea\n")
    finding = only(folder.read())
    assert finding.code.number == "M003"
    assert "byte order mark" in str(finding.summary)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16(folder, encoding):
    folder.write("kyoto-tea.yaml", "apiVersion: reconciler/v1\nshop: kyoto-tea\n".encode(encoding))
    finding = only(folder.read())
    assert finding.code.number == "M003"
    assert "UTF-" in str(finding.summary)


def test_shift_jis_is_not_utf_8(folder, places):
    folder.write("kyoto-tea.yaml", b"apiVersion: reconciler/v1\nshop: kyoto-tea # " + "京都".encode("shift_jis"))
    assert places(folder.read()) == ["M003 shops/kyoto-tea.yaml:2:19"]


def test_carriage_returns_are_fine(folder):
    folder.write("kyoto-tea.yaml", b"apiVersion: reconciler/v1\r\nshop: kyoto-tea\r\namazon:\r\n  enabled: true\r\n")
    (shop,) = folder.read().shops
    assert str(shop.origin_of("amazon.enabled")) == "shops/kyoto-tea.yaml:4:12"


@pytest.mark.parametrize("body", ["amazon:\n\tenabled: true\n", "amazon:\n  enabled: true\n\tapi: {}\n"])
def test_tabs_as_indentation(folder, body):
    (finding,) = folder.findings(body)
    assert finding.code.number == "M018"
    assert finding.origin.line == 3 + body[: body.index("\t")].count("\n")
    assert "spaces" in str(finding.expected)


def test_a_tab_within_a_text_is_fine(folder):
    assert folder.findings("amazon:\n  messages:\n    order_area:\n      message: |\n        a\n        \tb\n") == ()


@pytest.mark.parametrize(
    ("content", "number", "place"),
    [
        (b"a: \x00", "M011", "1:4"),
        ("茶: \x07".encode(), "M011", "1:4"),
        (b"a: 1\nb: \xff\n", "M003", "2:4"),
        ("a: 1\r\nb: 茶 \u2028 c\n".encode(), "M016", "2:6"),
        ("a: 1\nb: \u0085\n".encode(), "M016", "2:4"),
    ],
)
def test_characters_that_cannot_be_there(folder, places, content, number, place):
    folder.write("kyoto-tea.yaml", content)
    assert places(folder.read()) == [f"{number} shops/kyoto-tea.yaml:{place}"]


def test_an_anchor_and_its_aliases(folder, places):
    folder.shop("amazon: &a\n  enabled: true\npayment: *a\n")
    assert places(folder.read()) == ["M014 shops/kyoto-tea.yaml:3:9", "M014 shops/kyoto-tea.yaml:5:10"]


def test_aliases_that_would_grow_without_end(folder):
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)), "b: &b [*b]"]
    folder.write("kyoto-tea.yaml", "\n".join(lines))
    assert {finding.code.number for finding in folder.read().findings} == {"M014"}


def test_a_tag(folder, places):
    folder.shop("storefront:\n  status: !!str open\n")
    assert places(folder.read()) == ["M015 shops/kyoto-tea.yaml:4:11"]


def test_a_merge_key_is_answered_with_groups(folder):
    (finding,) = folder.findings("<<: {amazon: {enabled: true}}\n")
    assert finding.code.number == "M016"
    assert "_groups" in str(finding.hint)


@pytest.mark.parametrize("key", ["1", "true", "1.5", "null", "~"])
def test_a_key_that_is_not_text(folder, key):
    (finding,) = folder.findings(f"{key}: x\n")
    assert finding.code.number == "M102"
    assert str(finding.origin) == "shops/kyoto-tea.yaml:3:1"


@pytest.mark.parametrize("key", ["? [a, b]\n:", "? {a: b}\n:", "[a]:", "{a: b}:"])
def test_a_key_that_is_a_collection(folder, key):
    assert [finding.code.number for finding in folder.findings(f"{key} x\n")] == ["M102"]


def test_a_huge_number(folder):
    (finding,) = folder.findings("labels:\n  wave: " + "9" * 10_000 + "\n")
    assert finding.code.number == "M102"
    assert len(str(finding.summary)) < 200


def test_all_errors_of_a_file_are_reported_at_once(folder, places):
    folder.shop("amazon:\n  enabled: yes\n  enabled: true\n  enabld: true\n1: x\nstorefront:\n  status: opne\n")
    assert places(folder.read()) == [
        "M016 shops/kyoto-tea.yaml:4:12",
        "M013 shops/kyoto-tea.yaml:5:3",
        "M101 shops/kyoto-tea.yaml:6:3",
        "M102 shops/kyoto-tea.yaml:7:1",
        "M103 shops/kyoto-tea.yaml:9:11",
    ]


def test_a_file_that_vanishes_between_listing_and_reading(folder):
    (folder.root / "kyoto-tea.yaml").symlink_to(folder.root / "gone.txt")
    finding = only(folder.read())
    assert finding.code.number == "M002"


def test_a_folder_that_is_named_like_a_manifest(folder):
    (folder.root / "kyoto-tea.yaml").mkdir()
    assert only(folder.read()).code.number == "M002"


def test_a_pipe_that_is_named_like_a_manifest_does_not_hold_the_run_up(folder):
    os.mkfifo(folder.root / "kyoto-tea.yaml")
    assert only(folder.read()).code.number == "M002"


def test_a_socket_that_is_named_like_a_manifest(folder, monkeypatch):
    monkeypatch.chdir(folder.root)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("kyoto-tea.yaml")
        assert only(folder.read()).code.number == "M002"


def test_a_file_that_may_not_be_read(folder):
    folder.shop().chmod(0)
    with modes_count():
        assert only(folder.read()).code.number == "M002"


def test_each_reason_not_to_read_a_file_has_its_own_words():
    errors = (FileNotFoundError(), PermissionError(), IsADirectoryError(), OSError(5, "Input/output error"))
    said = [str(unreadable_file("shops/a.yaml", error).summary) for error in errors]
    assert len(set(said)) == 4
    assert "Input/output error" in said[-1]
