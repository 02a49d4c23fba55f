"""The fast path gives the result of libyaml, or leaves the file to libyaml."""

import random
from collections import Counter
from pathlib import Path
from re import _parser as re_parser  # the only one who says how an expression was understood

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.checks.forbidden_text import forbidden_text
from reconciler.adapters.manifests.yaml.encoding import refuse_bytes
from reconciler.adapters.manifests.yaml.fast_path import _ENTRY, parse_fast
from reconciler.adapters.manifests.yaml.reader import parse_with_libyaml, read_yaml
from reconciler.core.values import Origin

ROOT = Path(__file__).parents[4]
DOCUMENTS = 400_000
KEYS = (
    "shop",
    "apiVersion",
    "amazon",
    "a",
    "b-c",
    "no",
    "y",
    "null",
    "on",
    "x.y",
    "1",
    "ラベル",
    '"q"',
    "? k",
    "<<",
    "a b",
)
VALUES = (
    *(
        "kyoto-tea",
        "true",
        "no",
        "NO",
        "Off",
        "~",
        "null",
        "010",
        "0o10",
        "0x1F",
        "1_000",
        "12:30:45",
        "1e3",
        "1.",
        ".5",
    ),
    *(
        "2026-01-01",
        "=",
        "<<",
        "-",
        "- a",
        "-1",
        "+1",
        "京都の茶",
        "Amazon Payでお支払い",
        "\u3000全角",
        "a\u00a0b",
        "茶: 抹茶",
        "🍵",
        "é",
    ),
    *(
        '"quoted"',
        "'single'",
        '"a\\tb"',
        "'it''s'",
        '""',
        "''",
        '"a" b',
        '"open',
        "'open",
        '"#"',
        '" a "',
        '"京都: 茶" # c',
    ),
    *(
        "|",
        "|-",
        "|+",
        ">",
        "|2",
        "| # c",
        "|- ",
        "a #c",
        "a#c",
        "a # ",
        "a:b",
        "a: b",
        "a :b",
        "a:",
        ":a",
        "http://x/y?z=1#f",
        "a  b",
    ),
    *(
        "&a x",
        "*a",
        "!!str x",
        "!x",
        "{}",
        "[]",
        "{a: b}",
        "[a, b]",
        "a{b",
        "a,b",
        "a]",
        "%x",
        "@x",
        "`x",
        "a\\nb",
        "a\tb",
        "a\u2028b",
    ),
    *(
        "\ufeffx",
        "a\x7fb",
        "a\x01b",
        "a\x85b",
        "# only",
        "ref+env://NAME",
        "01:00-05:00",
        "a" * 300,
        "x" * 2000,
        "a - b",
        "a ? b",
        "|x",
    ),
)
LINES = (
    *(
        "",
        "   ",
        "# comment",
        "      # deep comment",
        "---",
        "...",
        "%YAML 1.1",
        "- item",
        "text",
        "key:",
        "\tkey: x",
        "? a",
        ": b",
    ),
    *(
        "  continued",
        '  "more"',
        "  |",
        "      far: in",
        "a: b",
        "  a: b",
        "    a: b",
        "   a: b",
        "amazon:",
        "  api:",
        "    id: x",
    ),
)


def same(content: str) -> bool:
    """Whether the straight way led through, and then to the same."""
    if refuse_bytes(content.encode(), "f") is not None:
        return False
    made = parse_fast(content)
    if made is None:
        return False
    slow = parse_with_libyaml(content.encode(), "f")
    assert slow.diagnostics == ()
    assert (repr(made.data), tuple(made.names), made.marks) == (repr(slow.data), slow.names, slow.marks)
    assert not made.harmless or not any(forbidden_text(slow))
    return True


def document(chance: random.Random) -> str:
    """Mostly in order, with a few things in it that are not: nested keys, texts, and strange lines between them."""
    lines = list(_mapping(chance, "", 0))
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(LINES))
    text = "\n".join(lines) + chance.choice((*["\n"] * 10, "", "\n\n", "\r\n"))
    for _ in range(chance.choice((0, 0, 0, 0, 1, 2))):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(" \n#:'\"|-\t&*!?[]{},京\\") + text[at + chance.choice((0, 1)) :]
    return text


def _mapping(chance, margin, depth):
    strange = 0.04
    for number in range(chance.randint(1, 4)):
        key = chance.choice(KEYS) if chance.random() < strange else f"key{number}"
        kind = chance.random()
        if kind < 0.3 and depth < 5:
            yield f"{margin}{key}:{chance.choice(('', '', ' ', '  # why'))}"
            yield from _mapping(chance, margin + " " * chance.choice((2, 2, 2, 4, 1)), depth + 1)
        elif kind < 0.45:
            yield f"{margin}{key}: {chance.choice((*['|'] * 5, '|-', '|-', '>', '|+'))}"
            yield from _block(chance, margin)
        else:
            value = (
                chance.choice(VALUES)
                if chance.random() < 0.12
                else chance.choice(("word", "茶 と 茶", "5", '"x"', "true"))
            )
            yield f"{margin}{key}:{chance.choice((' ', ' ', '   '))}{value}{chance.choice(('', '', ' # why', '  '))}"


def _block(chance, margin):
    inner = margin + " " * chance.choice((2, 2, 4, 1))
    yield f"{inner}first"
    for _ in range(chance.choice((0, 1, 2, 3, 4))):
        whole = (f"{inner}text", f"{inner}  more: # text", f"{inner}京都", f"{inner}a\\b", "")
        yield chance.choice((*whole, *whole, *whole, inner, f"{margin} less"))


@pytest.mark.parametrize("text", ["amzn.mws.4ea38b7b-f563", "AKIAIOSFODNN7EXAMPLE", "a\u202eb"])
@pytest.mark.parametrize(
    "form", ["a: {}\n", "a: '{}'\n", 'a: "{}"\n', "a: |\n  x\n  {}\n", "b: x\na: |-\n  {}\nc: z\n"]
)
def test_what_has_no_business_in_a_file_is_seen_on_the_way(form, text):
    made = parse_fast(form.format(text))
    assert made is not None
    assert not made.harmless
    assert any(forbidden_text(read_yaml(form.format(text).encode(), "f")))


def test_a_key_that_has_no_business_in_a_file_is_seen_on_the_way():
    made = parse_fast("amzn.mws.4ea38b7b-f563: x\n")
    assert made is not None
    assert not made.harmless


def test_it_leads_through_the_example_fleet_and_the_manifests_of_the_cases():
    files = [path for path in (ROOT / "shops").rglob("*.yaml") if not path.name.startswith("_")]
    assert files
    assert all(same(path.read_text(encoding="utf-8")) for path in files)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a: no\n",
            "a: NO\n",
            "a: 010\n",
            "a: 2026-01-01\n",
            "a: 1_000\n",
            "no: a\n",
            "a: one\na: two\n",
            "a:\n",
            "a: &b x\n",
            "a: *b\n",
        ),
        *(
            "a: !!str 1\n",
            "a: {}\n",
            "a: []\n",
            "- a\n",
            "a: >\n  x\n",
            "a: |2\n  x\n",
            "a: x\n  y\n",
            'a: "\\n"\n',
            "a: 'it''s'\n",
        ),
        *(
            "a:\n\tb: c\n",
            "---\na: b\n",
            "a: b\n...\n",
            "a: b",
            "a: b: c\n",
            "a: |\n  x\n y\n",
            "  a: b\n",
            "a:\n    b: c\n  d: e\n",
        ),
        *(
            "",
            "# nothing\n",
            "x\n",
            "a: ~\n",
            "a: |\n\n  x\n",
            "a: \ufeffx\n",
            "a: x\x7f\n",
            "a: |\n  x\n   \n",
            "a: b\r\n",
            "? a\n: b\n",
            "a:\nb: c\n",
        ),
    ],
)
def test_what_is_not_sure_at_a_glance_is_left_to_libyaml(text):
    assert parse_fast(text) is None


def test_a_comment_after_a_plain_value_is_no_part_of_it():
    made = parse_fast("a: x@y.example # 通知\nb: c d  # why\nc: d #\ne: f#g h # i\n")
    assert made is not None
    assert made.data == {"a": "x@y.example", "b": "c d", "c": "d", "e": "f#g h"}


def test_lines_are_read_alike_by_every_python_that_is_served():
    """Before 3.11.5 a repeated group ends a step too late where the quantifier is possessive (python/cpython#106052)."""
    parsed = str(re_parser.parse(_ENTRY.pattern))
    assert "POSSESSIVE" not in parsed
    assert "ATOMIC" not in parsed


def test_of_what_went_straight_each_place_is_known():
    content = "shop: kyoto-tea\namazon:  # 利用\n  api:\n    id: '抹茶'   # why\n  text: |\n    一\n\n    二\n\n# end\n"
    parsed = read_yaml(content.encode(), "a.yaml")
    assert parse_fast(content) is not None
    assert parsed.data == {"shop": "kyoto-tea", "amazon": {"api": {"id": "抹茶"}, "text": "一\n\n二\n"}}
    assert parsed.origin(("amazon", "api", "id")) == Origin("a.yaml", 4, 9)
    assert parsed.key_origin(("amazon", "text")) == Origin("a.yaml", 5, 3)


@given(st.integers(min_value=0, max_value=2**63))
def test_no_document_leads_it_astray(seed):
    same(document(random.Random(seed)))


@pytest.mark.soak
def test_none_of_four_hundred_thousand_documents_leads_it_astray():
    chance = random.Random(20261124)
    went = Counter(same(document(chance)) for _ in range(DOCUMENTS))
    print(f"straight: {went[True]:,} of {DOCUMENTS:,}")
    assert went[True] > DOCUMENTS // 10
