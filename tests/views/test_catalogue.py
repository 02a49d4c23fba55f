"""The catalogue: complete, consistent, and found at run time without Babel."""

import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import KINDS, kind_named
from reconciler.core.model.state import FieldRef
from reconciler.views.i18n import fill_japanese, language
from tools import catalogue
from tools import catalogue_cli as tool
from tools.catalogue import CatalogueFiles

SOURCE = """
msg("one {a}", a=1)
look.plural("{count} shop", "{count} shops", n)
context.translate(msg("{x}", x=msg("inner")))
f"{context.translate(msg('in an f-string'))}"
msg(variable)
(lambda: say)()("not found")
"""
TEMPLATE = """
{% set here = "no text" %}
<p title="{{ _("題名") }}">{{ _("{count}件", count=_("数") ~ n) }} {{ _(variable) }} 訳さない</p>
"""


@pytest.fixture
def files(tmp_path: Path) -> CatalogueFiles:
    """Sources with a catalogue made from them, and translated."""
    sources = tmp_path / "package"
    sources.mkdir()
    (sources / "module.py").write_text(SOURCE)
    found = replace(catalogue.PRODUCT, sources=sources, root=tmp_path, po=tmp_path / "x.po", without=())
    catalogue.update(found)
    text = found.po.read_text()
    for english, japanese in {
        'msgid "one {a}"\nmsgstr ""': 'msgid "one {a}"\nmsgstr "一 {a}"',
        'msgstr[0] ""': 'msgstr[0] "{count} 店舗"',
        'msgid "{x}"\nmsgstr ""': 'msgid "{x}"\nmsgstr "{x}"',
        'msgid "inner"\nmsgstr ""': 'msgid "inner"\nmsgstr "中"',
        'msgid "in an f-string"\nmsgstr ""': 'msgid "in an f-string"\nmsgstr "文字列の中"',
    }.items():
        assert english in text
        text = text.replace(english, japanese)
    found.po.write_text(text)
    catalogue.compile_(found)
    return found


@pytest.mark.parametrize("each", catalogue.CATALOGUES, ids=lambda each: each.po.stem)
def test_the_catalogue_is_complete(each: CatalogueFiles) -> None:
    assert catalogue.check(each) == []


def test_the_texts_of_the_pages_are_in_their_own_catalogue_only() -> None:
    product, pages = (set(each.files()) for each in catalogue.CATALOGUES)
    assert product & pages == set()
    assert {file.name for file in pages} >= {"menu.py", "page_parts.py", "base.jinja"}


def test_texts_of_templates(files: CatalogueFiles) -> None:
    pages = replace(files, po=files.po.with_name("pages.po"))
    (files.sources / "module.py").unlink()
    (files.sources / "page.jinja").write_text(TEMPLATE)
    assert {fault.partition(": ")[2] for fault in catalogue.check(pages)} >= {"題名", "{count}件", "数"}
    catalogue.update(pages)
    assert "訳さない" not in pages.po.read_text()
    assert "#: package/page.jinja" in pages.po.read_text()
    (files.sources / "page.jinja").write_text("{{ broken")
    with pytest.raises(TemplateSyntaxError):
        catalogue.update(pages)


JA = language("ja")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_japanese_name_of_a_field_is_its_label_on_the_screen(kind) -> None:
    assert JA.translate(kind.short_name) == kind.label
    for spec in kind.fields:
        assert JA.translate(spec.policy.short_name) == JA.translate(spec.policy.full_name) == spec.policy.label


def test_the_english_name_of_a_field_is_followed_by_its_key() -> None:
    enabled = kind_named("amazon_settings").field("enabled").policy
    assert str(enabled.full_name) == "Use Amazon (`amazon.enabled`)"
    entry = FieldRef("system_parts", "messages", "order_area.label")
    assert str(entry.full_name) == "System part label order_area.label (`amazon.messages.order_area.label`)"
    assert JA.translate(entry.full_name) == "ラベル order_area.label"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("通知メールアドレス", "通知メールアドレスが空"),
        ("SellerId", "SellerId が空"),
        ("SellerId(出品者ID)", "SellerId(出品者ID) が空"),
    ],
)
def test_a_japanese_value_is_followed_by_its_particle_without_a_space(label: str, expected: str) -> None:
    assert fill_japanese("{label} が空", {"label": label}) == expected
    assert fill_japanese("{label!s:>1} が空", {"label": label}) == expected


@pytest.mark.parametrize("name", ["山﨑", "𠮷野", "ﾃﾝﾎﾟ", "京都茶舗㈱", "「京都」"])
def test_names_with_rare_characters_are_japanese(name: str) -> None:
    assert fill_japanese("店舗 {name} が空", {"name": name}) == f"店舗{name}が空"


def test_spaces_within_values_and_within_a_text_stay() -> None:
    assert fill_japanese("{n} 件 ({a} {b})", {"n": 3, "a": "全角 空白", "b": "値"}) == "3 件 (全角 空白値)"


def test_a_catalogue_that_is_well(files) -> None:
    assert catalogue.check(files) == []


def test_an_update_keeps_what_is_translated(files) -> None:
    before = files.po.read_bytes()
    catalogue.update(files)
    assert files.po.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgid "inner"', 'msgid "outer"', "not in the catalogue: inner"),
        ('msgid "inner"', 'msgid "outer"', "not used any more: outer"),
        ('msgstr "中"', 'msgstr ""', "not translated: inner"),
        ('"一 {a}"', '"一 {b}"', "other placeholders than the original: one {a}"),
        ('"一 {a}"', '"一{a}"', "no space between a placeholder and Japanese: one {a}"),
        ('"一 {a}"', '"{a!r}ー"', "no space between a placeholder and Japanese: one {a}"),
        ('"{count} 店舗"', '"{count}店舗"', "no space between a placeholder and Japanese: {count} shops"),
        ('"{count} 店舗"', '"店舗"', "other placeholders than the original: {count} shops"),
        ('msgid "inner"', '#, fuzzy\nmsgid "inner"', "fuzzy: inner"),
        ('msgid "inner"', '#~ msgid "old"\n#~ msgstr "旧"\n\nmsgid "inner"', "obsolete: old"),
        ('msgstr "中"', 'msgstr "内"', "x.mo is out of date: run `make catalogue`"),
    ],
)
def test_what_is_wrong_is_named(files, old: str, new: str, fault: str) -> None:
    files.po.write_text(files.po.read_text().replace(old, new))
    assert fault in catalogue.check(files)


@pytest.mark.parametrize("japanese", ["「{a}」", "一、{a}。", "一 ({a}) 一", "{a}・一", "{a}: 一"])
def test_a_placeholder_beside_punctuation_needs_no_space(files, japanese: str) -> None:
    files.po.write_text(files.po.read_text().replace('"一 {a}"', f'"{japanese}"'))
    catalogue.compile_(files)
    assert catalogue.check(files) == []


def test_a_letter_has_no_spaces_beside_numbers(files) -> None:
    files.po.write_text(files.po.read_text().replace('"{count} 店舗"', '"次の{count}店舗"'))
    catalogue.compile_(files)
    assert catalogue.check(files) != []
    assert catalogue.check(replace(files, letters=frozenset({"package/module.py"}))) == []


def test_a_catalogue_that_is_not_there(files) -> None:
    files.po.unlink()
    files.mo.unlink()
    assert "not in the catalogue: inner" in catalogue.check(files)


def test_the_tool(monkeypatch, capsys) -> None:
    called = []
    monkeypatch.setattr(tool, "update", lambda each: called.append(f"update {each.po.stem}"))
    monkeypatch.setattr(tool, "compile_", lambda each: called.append(f"compile {each.po.stem}"))
    monkeypatch.setattr(tool, "check", lambda each: [f"not translated: {each.po.stem}"])
    assert [tool.main(["update"]), tool.main(["compile"])] == [0, 0]
    assert called == ["update reconciler", "update pages", "compile reconciler", "compile pages"]
    assert tool.main(["check"]) == 1
    assert capsys.readouterr().err == "not translated: reconciler\nnot translated: pages\n"
    monkeypatch.setattr(tool, "check", lambda _each: [])
    assert tool.main(["check"]) == 0
    assert tool.main([]) == 1


def test_the_tool_by_its_name(monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "tools.catalogue_cli")
    monkeypatch.setattr(sys, "argv", ["messages", "nonsense"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("tools.catalogue_cli", run_name="__main__")
    assert ended.value.code == 1


def test_japanese() -> None:
    japanese = language("ja")
    assert japanese.translate(msg("warning")) == "警告"
    assert japanese.translate(Message("")) == ""
    assert japanese.plural("{count} field", "{count} fields", 3) == "3 項目"


def test_english_counts() -> None:
    assert [language("en").plural("{count} field", "{count} fields", n) for n in (1, 2)] == ["1 field", "2 fields"]


def test_a_language_without_a_catalogue() -> None:
    with pytest.raises(ValueError, match="'tlh'"):
        language("tlh")


def test_babel_is_not_needed_at_run_time() -> None:
    code = "import sys; from reconciler.views.i18n import language; language('ja'); sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
