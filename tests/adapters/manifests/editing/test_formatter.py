"""The canonical style by examples: comments move with their subject, quotes are where they are needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.editing.canonical_style import canonical
from reconciler.adapters.manifests.editing.formatter import FormattedFolder
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile
from reconciler.ports.manifest_editing import FormattedFile

HEAD = "apiVersion: reconciler/v1\nshop: a\n"


def formatted(text: str) -> str:
    page = read_source(text.encode(), "a.yaml", ShopDocument)
    assert isinstance(page, SourceFile), [str(finding.summary) for finding in page]
    return serialise_source(canonical(page, ShopDocument)).decode()


def test_keys_take_the_order_of_the_documents_and_comments_go_with_them() -> None:
    before = """\
# This shop is special.
shop: a
# who may be closed
maintenance:
    window: '01:00-05:00'   # at night
    # only then
    close_shop: allow
payment: {amazon_pay: {pre_order: true}} # asked for by mail

# the canaries
labels:
  wave: canary
apiVersion: reconciler/v1
"""
    assert (
        formatted(before)
        == """\
# This shop is special.
apiVersion: reconciler/v1
shop: a

# the canaries
labels:
  wave: canary
payment: # asked for by mail
  amazon_pay:
    pre_order: true
# who may be closed
maintenance:
  # only then
  close_shop: allow
  window: 01:00-05:00 # at night
"""
    )


def test_comments_at_the_end_of_a_mapping_stay_in_it() -> None:
    before = """\
amazon:
  enabled: true
  # api:
  #   seller_id: later
# about the shop
shop: a
apiVersion: reconciler/v1
"""
    assert formatted(before).endswith("amazon:\n  enabled: true\n  # api:\n  #   seller_id: later\n")


def test_the_modeline_comes_first() -> None:
    line = "# yaml-language-server: $schema=../schemas/shop.schema.json"
    assert formatted(f"{HEAD}# one\n{line}\nlabels:\n  a: b\n").startswith(f"{line}\napiVersion")


def test_comments_inside_braces_are_kept() -> None:
    before = f"{HEAD}labels: {{ # all\n  # the first\n  a: b, # beside\n  c: d\n  # the end\n}} # after\n"
    after = f"{HEAD}# after\nlabels: # all\n  # the first\n  a: b # beside\n  c: d\n  # the end\n"
    assert formatted(before) == after


def test_a_file_in_braces_becomes_lines() -> None:
    before = '# head\n{"apiVersion": "reconciler/v1", # one\n  "shop": "a"} # end\n'
    assert formatted(before) == "# head\napiVersion: reconciler/v1 # one\nshop: a\n# end\n"


def test_keys_that_are_written_with_a_question_mark() -> None:
    assert formatted(f"{HEAD}? labels\n: a: b\n  c: d\n") == f"{HEAD}labels:\n  a: b\n  c: d\n"


def test_marks_of_documents_go_and_their_comments_stay() -> None:
    before = f"%YAML 1.2\n--- # begins\n{HEAD}... # ends\n"
    assert formatted(before) == f"# begins\n{HEAD}# ends\n"


def test_blank_lines_separate_and_do_not_heap_up() -> None:
    before = f"\n\n{HEAD}\n\n\nlabels:\n\n  a: b\n\n\n"
    assert formatted(before) == f"{HEAD}\nlabels:\n  a: b\n"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ('"canary"', "canary"),
        ("'canary'", "canary"),
        ('"no"', '"no"'),
        ("'010'", '"010"'),
        ("'1_000'", '"1_000"'),
        ("'2026-01-01'", '"2026-01-01"'),
        ("'true'", '"true"'),
        ('"a: b"', '"a: b"'),
        ('"a # b"', '"a # b"'),
        ("'- a'", '"- a"'),
        ("''", '""'),
        ("'say \"hi\"'", 'say "hi"'),
        ('"\\"hi\\""', "'\"hi\"'"),
        ('"a\\tb"', '"a\\tb"'),
        ('"\\u3000"', '"\u3000"'),
        ('"全角\\u3000空白"', "全角\u3000空白"),
        ('"\\u200b"', '"\\u200B"'),
        ('"one\\ntwo\\n"', "|\n        one\n        two"),
        ('"one\\n\\ntwo"', "|-\n        one\n\n        two"),
        ('"one\\n\\n"', '"one\\n\\n"'),
        ('" one\\ntwo"', '" one\\ntwo"'),
        ('"one \\ntwo"', '"one \\ntwo"'),
        ("one\n        two", "one two"),
        (">-\n        one\n        two", "one two"),
        ("null", "null"),
        ("~", "null"),
    ],
)
def test_quotes_are_where_they_are_needed(written: str, canonical: str) -> None:
    text = f"{HEAD}amazon:\n  messages:\n    order_area:\n      message: "
    assert formatted(f"{text}{written}\n") == f"{text}{canonical}\n"


def test_the_example_fleet_is_in_the_style() -> None:
    shops = Path(__file__).parents[4] / "shops"
    seen = list(FormattedFolder(shops, "shops").format(()))

    assert len(seen) > 15
    assert seen == [FormattedFile()] * len(seen)


def test_what_the_loader_refuses_is_not_read() -> None:
    for text in (
        f"{HEAD}amazon: {{enabled: no}}\n",
        f"{HEAD}shop: b\n",
        f"{HEAD}nonsense: 1\n",
        "- a\n",
        "a: [",
        HEAD[:5],
    ):
        assert isinstance(read_source(text.encode(), "a.yaml", ShopDocument), tuple)
