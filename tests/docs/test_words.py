"""The words of user-visible texts: plain English, professional Japanese, each message in both languages.

`NOT_YET_CLEAN` names what still has older wording. It only ever gets shorter. Documentation is checked without exception.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from reconciler.core.model.kinds import KINDS
from reconciler.ipn.process.mail_template import default_template
from tools import catalogue

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "workflows", "adapters", "ports", "lib", "ipn", "embedded", "wiring", "views", "cli")

NOT_YET_CLEAN: frozenset[str] = frozenset()
"""A text that a package in this list uses is not checked."""

ENGLISH = (
    r"(?<!a )(?<!the )stands?\b(?! for)(?! in for)",
    r"stood",
    r"mend(s|ed|ing)?",
    r"way on",
    r"told",
    r"tells?\b(?! apart)",
    r"left over",
    r"left out",
    r"leaves? out",
    r"begun",
    r"(?-i:[Bb]egins?)",
    r"began",
    r"whoever",
    r"whatever",
    r"nobody",
    r"somebody",
    r"cut off",
    r"look(s|ed|ing)? (after|at|into|whether)",
    r"set aside",
    r"put aside",
    r"anew",
    r"otherwise than",
    r"unwell",
    r"(?<!`)proven",
    r"overtaken",
    r"to be had",
    r"gone on with",
    r"go(es)? on with",
    r"lies? (under|over|in)",
    r"at the most",
    r"for good",
    r"meanwhile",
    r"by itself",
    r"as it says",
    r"what stands",
    r"had to do with",
    r"is no (time|amount|number|such thing)",
    r"still lacks?",
    r"lacks?",
    r"finding a way",
    r"taken over",
    r"takes? over",
    r"give the command",
    r"wants",
    r"(is|are|be) asked",
    r"asks? whoever",
    r"one \w+( \w+)?(?<! at)(?<! for)(?<! of)(?<! than)(?<! to) a (shop|page|row|wave)",
)
"""Archaic or metaphorical; CONTRIBUTING.md has the word to use. Right are: `stands for`, a stand-in, SQL's BEGIN, and `proven`
as the name of a field.
"""

JAPANESE = (
    "差異",
    "乖離",
    "再開店",
    "途中で停止した",
    "打ち切",
    "ストア(?!ID)",
    "プラン(?!ク)",
    "読み返",
    "(?<!クライアント)シークレット",
    "秘匿",
    "(?<!Amazon)セラーセントラル(?!通知)",
    "Seller Central",
    "入金待ち",
    "証明済み",
    "もしかして",
    "このツール",
    "後始末",
    "一店舗",
    "一行",
    "二つ",
    "一つ",
    "(?<![^ ])版",
    "通知先メールアドレス",
    "写し",
)

PLAIN_ENDING = re.compile(
    r"(?<!で)(?<!ま)(?<!開店に戻)す$|[うくぐつぬぶむる]$|(?<!まし)(?<!でし)た$|だ$|(?<!くださ)(?<!は)(?<!違)(?<!扱)(?<!払)い$"
)
"""A sentence ends in です・ます, ください or a noun, not in a plain verb form."""

SENTENCE_ENDS = re.compile(r"[。！？：]|: |(?<=か)\? ")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
TRAILING = re.compile(r"([\s.:：;,、`]|\([^()]*\)|（[^（）]*）)+$")


@dataclass(frozen=True)
class Text:
    english: str
    japanese: str
    packages: frozenset[str]

    @property
    def clean(self) -> bool:
        return not self.packages & NOT_YET_CLEAN


@cache
def texts() -> tuple[Text, ...]:
    return tuple(
        Text(form, string, frozenset(place.split("/")[1] for place, _line in message.locations))
        for message in catalogue._texts(catalogue._read(catalogue.PRODUCT))
        for form in (message.id if isinstance(message.id, tuple) else (message.id,))
        for string in (message.string if isinstance(message.string, tuple) else (message.string,))
    )


def endings(text: str) -> Iterator[str]:
    """The sentences of a text, without what follows their last word."""
    for sentence in SENTENCE_ENDS.split(PLACEHOLDER.sub("X", text)):
        yield TRAILING.sub("", sentence)


def unwanted(text: str, words: tuple[str, ...]) -> str | None:
    found = re.search("|".join(words), text, re.IGNORECASE)
    return found[0] if found else None


BOUND = tuple(rf"\b(?:{word})\b" for word in ENGLISH)
each_package = pytest.mark.parametrize("package", [name for name in PACKAGES if name not in NOT_YET_CLEAN])


@cache
def screen_words() -> frozenset[str]:
    """The values of fields, as the admin screens call them."""
    words = {str(word) for kind in KINDS for spec in kind.fields for _, word in spec.policy.words.pairs}
    return frozenset(text.japanese for text in texts() if text.english in words)


@each_package
def test_english_texts_are_plain(package: str) -> None:
    checked = [PLACEHOLDER.sub("X", text.english) for text in texts() if text.clean and package in text.packages]
    assert [(unwanted(text, BOUND), text) for text in checked if unwanted(text, BOUND)] == []


@each_package
def test_japanese_texts_use_the_terms_of_the_glossary(package: str) -> None:
    checked = [text.japanese for text in texts() if text.clean and package in text.packages]
    assert [(unwanted(text, JAPANESE), text) for text in checked if unwanted(text, JAPANESE)] == []


@each_package
def test_japanese_sentences_end_politely_or_in_a_noun(package: str) -> None:
    checked = {text.japanese for text in texts() if text.clean and package in text.packages} - screen_words()
    assert [text for text in checked if any(PLAIN_ENDING.search(end) for end in endings(text))] == []


def test_the_words_of_the_screens_are_no_sentences() -> None:
    assert {"利用する", "利用しない"} <= screen_words()


@pytest.mark.parametrize(
    "text", ["確認する", "値がない。次の値を使います", "{label} を変える ({why})", "再試行できる: {url}"]
)
def test_a_plain_ending_is_found(text: str) -> None:
    assert any(PLAIN_ENDING.search(end) for end in endings(text))


@pytest.mark.parametrize(
    "text", ["確認してください", "値がありません。次の値を使います", "{label}の変更 ({why})", "変更なし"]
)
def test_a_polite_ending_passes(text: str) -> None:
    assert not any(PLAIN_ENDING.search(end) for end in endings(text))


PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changes/**/*.md")]
    if path.name != "codes.md"
)
"""docs/codes.md and docs/ja/codes.md hold messages, which are checked above."""

JAPANESE_PAGES = [page for page in PAGES if "ja" in page.relative_to(ROOT).parts or page.name.endswith(".ja.md")]
ENGLISH_PAGES = [page for page in PAGES if page not in JAPANESE_PAGES]
NOT_PROSE = re.compile(
    r"^```.*?^```|<!-- (?:commands|exit codes) -->.*?<!-- end -->|`[^`\n]+`", re.DOTALL | re.MULTILINE
)
"""Code, and tables that hold messages."""


def prose(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    if page.name == "CONTRIBUTING.md":
        text = text.partition("\n## Glossary\n")[0]  # it lists the words to avoid
    return NOT_PROSE.sub("", text).splitlines()


ALERTS = sorted(ROOT.glob("monitoring/*"))
"""English, with a Japanese summary for each alert."""


@pytest.mark.parametrize("page", [*ENGLISH_PAGES, *ALERTS], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_english_pages_are_plain(page: Path) -> None:
    assert [(unwanted(line, BOUND), line) for line in prose(page) if unwanted(line, BOUND)] == []


@pytest.mark.parametrize("page", JAPANESE_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_japanese_pages_use_the_terms_of_the_glossary(page: Path) -> None:
    assert [(unwanted(line, JAPANESE), line) for line in prose(page) if unwanted(line, JAPANESE)] == []


def test_japanese_summaries_of_alerts_use_the_terms_and_end_politely() -> None:
    groups = yaml.safe_load((ROOT / "monitoring" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    summaries = [rule["annotations"]["summary_ja"] for group in groups for rule in group["rules"]]
    assert [text for text in summaries if unwanted(text, JAPANESE)] == []
    plain = [re.sub(r": \{\{.*", "", text) for text in summaries]
    assert [text for text in plain if any(PLAIN_ENDING.search(end) for end in endings(text))] == []


def test_every_message_has_both_languages() -> None:
    assert [text.english for text in texts() if not text.japanese] == []
    assert catalogue.check(catalogue.PRODUCT) == []


PAGE_TEXTS = {
    message.id: message.string for message in catalogue._texts(catalogue._read(catalogue.PAGES)) if message.string
}
"""Texts of the embedded backend's pages: Japanese, and their English."""


def test_english_texts_of_pages_are_plain() -> None:
    checked = [PLACEHOLDER.sub("X", text) for text in PAGE_TEXTS.values()]
    assert [(unwanted(text, BOUND), text) for text in checked if unwanted(text, BOUND)] == []


def test_english_texts_of_pages_are_english() -> None:
    assert [text for text in PAGE_TEXTS.values() if re.search(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]", text)] == []


IN_CODE = tuple(
    word.replace("look(s|ed|ing)? (after|at|into|whether)", "look(s|ed|ing)? (after|into)") for word in BOUND
)
"""In docstrings and comments, a look is a recorded drift check: one looks at shops, and decides whether a finding is healed."""
SOURCES = sorted(path for name in ("reconciler", "tools", "bench", "demo") for path in ROOT.glob(f"{name}/**/*.py"))


def docstrings(source: str) -> Iterator[str]:
    """Also those of attributes and constants: each text that is a statement of its own."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from node.value.value.splitlines()


def comments(source: str) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return (token.string for token in tokens if token.type == tokenize.COMMENT)


@pytest.mark.parametrize("prose_of", [docstrings, comments])
def test_prose_in_the_code_is_plain(prose_of: Callable[[str], Iterator[str]]) -> None:
    lines = [(path, line) for path in SOURCES for line in prose_of(path.read_text(encoding="utf-8"))]
    assert len(lines) > 500
    assert [(path, line) for path, line in lines if unwanted(line, IN_CODE)] == []


@pytest.mark.parametrize(
    "text", ["It stands otherwise.", "one manifest a shop", "The run begins.", "It is proven.", "Look after a run."]
)
def test_an_unwanted_word_is_found(text: str) -> None:
    assert unwanted(text, IN_CODE) is not None


@pytest.mark.parametrize(
    "text", ["a stand-in for Amazon", "one request for a page", "BEGIN IMMEDIATE", "`proven`: none is shorter"]
)
def test_a_term_that_only_looks_like_one_passes(text: str) -> None:
    assert unwanted(text, BOUND) is None


RAISED = {"Problem", "field_problem", "Rejection", "SeedError", "DatabaseError", "ClickException", "Refused"}
"""What raises or makes a text for people outside the catalogue: the embedded backend and the receiver of notifications."""


def raised_texts(package: str) -> list[str]:
    """The literal parts of such texts."""
    return [
        part.value
        for file in sorted((ROOT / "reconciler" / package).rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in RAISED
        for part in ast.walk(call)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


@pytest.mark.parametrize("package", ["embedded", "ipn"])
def test_texts_outside_the_catalogue_are_plain(package: str) -> None:
    texts = raised_texts(package)
    assert len(texts) > 50
    assert [(unwanted(text, BOUND), text) for text in texts if unwanted(text, BOUND)] == []


def described(node: object) -> Iterator[str]:
    """Every title and description of a schema."""
    for name, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if name in ("title", "description", "summary") and isinstance(value, str):
            yield value
        yield from described(value)


SCHEMAS = sorted(ROOT.glob("schemas/*.json"))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.stem)
def test_the_texts_of_schemas_are_plain(schema: Path) -> None:
    """They are in both languages at once, so both lists apply, except for the English name of Seller Central."""
    document = json.loads(schema.read_text(encoding="utf-8"))
    texts = [text.replace("Seller Central", "") for text in described(document)]
    found = [(unwanted(text, BOUND) or unwanted(text, JAPANESE), text) for text in texts]
    assert [each for each in found if each[0]] == []


def test_the_schemas_refer_to_no_page_that_a_wheel_does_not_hold() -> None:
    assert [schema.name for schema in SCHEMAS if "docs/" in schema.read_text(encoding="utf-8")] == []


def test_the_mail_uses_the_terms_of_the_glossary() -> None:
    text = default_template()
    assert unwanted(text, JAPANESE) is None
    assert not any(PLAIN_ENDING.search(end) for line in text.splitlines() for end in endings(line))
