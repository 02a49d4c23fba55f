"""Messages of a page and its mirror are pairs; what does not fit is reported with its page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs_site.catalogues import pair, stale
from tools.docs_site.japanese_words import split_words
from tools.docs_site.markdown import anchors, listed
from tools.docs_site.pages import Page, pages
from tools.docs_site.running_text import as_markdown
from tools.docs_site.untranslated import english_headings

ROOT = Path(__file__).parents[3]
PAGE = Page(name="drift", english="docs/drift.md", japanese="docs/ja/drift.md")


def test_blocks_are_paired_in_order() -> None:
    made = pair(
        PAGE, [("title", "Drift"), ("paragraph", "It reads.")], [("title", "差分"), ("paragraph", "読み取ります。")]
    )

    assert made.translations == {"Drift": "差分", "It reads.": "読み取ります。"}
    assert made.problems == ()


def test_a_missing_translation_and_one_too_many_are_problems() -> None:
    missing = pair(PAGE, [("title", "Drift"), ("paragraph", "It reads.")], [("title", "差分")])
    left_over = pair(PAGE, [("title", "Drift")], [("title", "差分"), ("paragraph", "読み取ります。")])

    assert missing.problems == ("docs/drift.md: no translation for `It reads.`",)
    assert left_over.problems == ("docs/ja/drift.md: nothing in English for `読み取ります。`",)


def test_another_kind_of_block_is_a_problem() -> None:
    made = pair(PAGE, [("title", "Drift")], [("paragraph", "差分")])

    assert made.problems == ("docs/ja/drift.md: a paragraph where docs/drift.md has a title: `Drift`",)


def test_two_translations_of_one_text_on_a_page_are_a_problem() -> None:
    made = pair(PAGE, [("entry", "Effect"), ("entry", "Effect")], [("entry", "内容"), ("entry", "効果")])

    assert made.problems == ("docs/ja/drift.md: `Effect` is translated as `内容` and `効果`: use one",)


def test_a_changed_message_with_the_old_translation_is_stale() -> None:
    before = {"It reads.": "読み取ります。", "Drift": "差分"}

    [problem] = stale(PAGE, before, {"It reads and writes.": "読み取ります。", "Drift": "差分"})
    assert problem.startswith("docs/drift.md: `It reads and writes.` changed")
    assert stale(PAGE, before, {"It reads and writes.": "読み書きします。", "Drift": "差分"}) == []
    assert stale(PAGE, before, before | {"It also reads.": "読み取ります。"}) == []


def test_a_number_at_the_start_of_a_heading_makes_no_list_of_its_translation() -> None:
    assert as_markdown("1. 準備") == r"1\. 準備"
    assert as_markdown("- で始まる段落") == r"\- で始まる段落"
    assert as_markdown("0.2.0 への移行") == "0.2.0 への移行"
    assert as_markdown("**太字**の段落") == "**太字**の段落"


def test_japanese_has_no_space_between_its_own_characters() -> None:
    assert as_markdown("変わりません。 重要度が") == "変わりません。重要度が"
    assert as_markdown("`店舗 項目` と 店舗 と Git") == "`店舗 項目` と店舗と Git"
    assert as_markdown("比較して、\n計画の作成と\n適用") == "比較して、計画の作成と適用"
    assert as_markdown("実行します。\n`plan` は") == "実行します。`plan` は"
    assert as_markdown("次の\n`plan` は\nreconciler の") == "次の\n`plan` は\nreconciler の"


def test_lines_of_code_are_not_joined() -> None:
    made = pair(
        PAGE,
        [("paragraph", "It\nreads."), ("literal_block", "# one\n# two")],
        [("paragraph", "読み\n取ります。"), ("literal_block", "# 一\n二")],
    )

    assert made.for_sphinx() == {"It\nreads.": "読み取ります。", "# one\n# two": "# 一\n二"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """One page with two headings; in the built page the first one is as the test gives it."""
    for language, text in (("en", "# 6. Drift\n\n## `heal`\n"), ("ja", "# 6. 差分\n\n## `heal`\n")):
        (tmp_path / "sources" / language).mkdir(parents=True)
        (tmp_path / "sources" / language / "drift.md").write_text(text, encoding="utf-8")
    (tmp_path / "site" / "ja").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("shown", "problems"),
    [("6. 差分", []), ("6. Drift", ["ja/drift.html: the heading is not translated: 6. Drift"])],
)
def test_a_heading_that_stays_english_in_the_built_page_is_a_problem(
    built: Path, shown: str, problems: list[str]
) -> None:
    page = f'<h1>{shown}<a class="headerlink" href="#6-drift">#</a></h1><p>6. Drift</p><h2><code>heal</code></h2>'
    (built / "site" / "ja" / "drift.html").write_text(page, encoding="utf-8")

    assert english_headings(built / "site", built / "sources", ["drift"]) == problems


def test_each_catalogue_belongs_to_a_page_with_a_mirror() -> None:
    """`make site` writes those that are missing, and compares the messages themselves."""
    kept = ROOT / "docs" / "locale" / "ja"
    there = {path.relative_to(kept).with_suffix("").as_posix() for path in kept.glob("**/*.po")}

    assert there != set()
    assert there <= {name for name, page in pages(ROOT).items() if page.japanese}


def test_japanese_words_are_pairs_of_characters_so_that_parts_are_found() -> None:
    assert split_words("接続テストのAPI仕様 v1") == ["接続", "続テ", "テス", "スト", "トの", "API", "仕様", "v1"]
    assert set(split_words("接続テスト")) <= set(split_words("通知の接続テストを行います"))
    assert split_words("店") == ["店"]


def test_anchors_are_those_of_forges() -> None:
    text = "# The `a` page\n\n```sh\n# no heading\n```\n\n## What: `x --y`?\n\n## Same\n\n## Same\n"

    assert anchors(text) == ["the-a-page", "what-x---y", "same", "same-1"]


def test_lists_and_tables_of_an_index_name_its_pages() -> None:
    assert listed("- [A](a.md): x\n\nSee [B](b.md).\n\n| [C](c.md#d) | [E](e.md) |\n| [F](f.md) | x |\n") == [
        "a.md",
        "f.md",
    ]
