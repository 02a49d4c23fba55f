"""docs/reference/settings.md and manifest-fields.md: every key of a file, from the JSON Schema of the file.

In: a schema whose titles and descriptions hold both languages. Out: a page of one language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.views.i18n import Language
from reconciler.wiring.schemas import schemas
from tools.reference.markdown_text import code, language_line, prose, table

Schema = Mapping[str, Any]

_WORDS: Final = {
    "en": {
        "settings": "# Settings\n",
        "settings_intro": "Every key of `reconciler.yaml`. All keys are optional, unless the table says *required*. "
        "`reconciler config show` prints the settings in use, `reconciler schema settings` the JSON Schema.",
        "fields": "# Fields of manifests\n",
        "fields_intro": "Every key of a manifest. What is not mentioned is not managed. "
        "`reconciler explain FIELD` shows one field, "
        "`reconciler schema shop` prints the JSON Schema. [Manifests](../manifests.md) explains how values are inherited.",
        "key": "Key",
        "value": "Value",
        "meaning": "Meaning",
        "required": "*required*",
        "top": "Top level",
    },
    "ja": {
        "settings": "# 設定\n",
        "settings_intro": "`reconciler.yaml` のすべてのキーです。「必須」とあるもの以外は省略できます。"
        "`reconciler config show` は使用中の設定を、`reconciler schema settings` は JSON Schema を表示します。",
        "fields": "# マニフェストの項目\n",
        "fields_intro": "マニフェストのすべてのキーです。書いていない項目は管理しません。"
        "`reconciler explain FIELD` は 1 つの項目を、"
        "`reconciler schema shop` は JSON Schema を表示します。値の継承は[マニフェスト](../manifests.md)で説明しています。",
        "key": "キー",
        "value": "値",
        "meaning": "意味",
        "required": "*必須*",
        "top": "最上位",
    },
}
_TYPES: Final = {
    "string": ("text", "文字列"),
    "boolean": ("`true`, `false`", "`true`、`false`"),
    "integer": ("number", "数値"),
    "number": ("number", "数値"),
    "array": ("list", "リスト"),
    "object": ("mapping", "マッピング"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key by its path, such as `pace.in_flight` or `alerts.channels.*.url`."""

    path: str
    schema: Schema
    required: bool


def settings_page(words: Language) -> str:
    return _page("settings", "settings", words)


def manifest_fields_page(words: Language) -> str:
    return _page("shop", "fields", words)


def keys_of(schema: Schema, prefix: str = "") -> Iterator[Key]:
    """Each key that a file may have, parents first. `*` stands for a name of one's own, `[]` for the items of a list."""
    for branch in _branches(schema):
        required = branch.get("required", ())
        for name, below in branch.get("properties", {}).items():
            path = f"{prefix}{name}"
            yield Key(path=path, schema=below, required=name in required)
            yield from keys_of(below, f"{path}.")
        if isinstance(branch.get("additionalProperties"), Mapping):
            yield from keys_of(branch["additionalProperties"], f"{prefix}*.")
        if "items" in branch:
            yield from keys_of(branch["items"], f"{prefix.removesuffix('.')}[].")


def in_language(text: str, words: Language) -> str:
    """The part of a text of both languages: English sentences end with a full stop of their own, Japanese ones too."""
    sentences = re.findall(r".+?(?:。|\.(?= |$)|$) ?", re.sub(r"Admin screen / 管理画面: ", _SCREEN[words.code], text))
    japanese = [sentence for sentence in sentences if _is_japanese(sentence)]
    english = [sentence for sentence in sentences if not _is_japanese(sentence)]
    screen = [sentence for sentence in english if sentence.startswith("管理画面: ")]
    chosen = [*japanese, *screen] if words.code == "ja" else english
    return "".join(chosen).strip()


_SCREEN: Final = {"en": "Admin screen: ", "ja": "管理画面: "}


def title_in(title: str, words: Language) -> str:
    english, _, japanese = title.partition(" / ")
    return japanese if words.code == "ja" and japanese else english


def _is_japanese(sentence: str) -> bool:
    return sentence.rstrip().endswith("。")


def _page(schema: str, kind: str, words: Language) -> str:
    texts = _WORDS[words.code]
    name = {"settings": "settings.md", "fields": "manifest-fields.md"}[kind]
    whole = schemas()[schema]()
    parts = [texts[kind], language_line(name, words), f"{texts[f'{kind}_intro']}\n"]
    flat = [key for key in _unique(whole) if not any(each.path.startswith(f"{key.path}.") for each in _unique(whole))]
    simple = [key for key in flat if "." not in key.path and "[" not in key.path]
    parts += [f"## {texts['top']}\n", _table(simple, words)] if simple else []
    for top in whole["properties"]:
        below = [key for key in _unique(whole) if key.path.startswith((f"{top}.", f"{top}["))]
        own = next(key for key in _unique(whole) if key.path == top)
        if below:
            parts += [
                f"## {top}\n",
                f"{prose(in_language(own.schema.get('description', ''), words))}\n",
                _table(below, words),
            ]
    return "\n".join(parts)


def _unique(schema: Schema) -> list[Key]:
    """A key that several forms of a value have is one row."""
    return list({key.path: key for key in reversed(list(keys_of(schema)))}.values())[::-1]


def _table(keys: list[Key], words: Language) -> str:
    texts = _WORDS[words.code]
    return table((texts["key"], texts["value"], texts["meaning"]), (_row(key, words) for key in keys))


def _row(key: Key, words: Language) -> tuple[str, str, str]:
    title = title_in(key.schema.get("title", ""), words)
    meaning = prose(in_language(key.schema.get("description", ""), words))
    required = [_WORDS[words.code]["required"]] if key.required else []
    bold = [f"**{prose(title)}**"] if title else []
    return code(key.path), _value(key.schema, words), "<br>".join([*bold, *([meaning] if meaning else []), *required])


def _value(schema: Schema, words: Language) -> str:
    """The kinds of value, their words or range, and an example."""
    found: list[str] = []
    for branch in _branches(schema):
        kinds = branch.get("type", ())
        if "enum" in branch:
            found += [code(str(each)) for each in branch["enum"] if each is not None]
        else:
            found += [
                _TYPES[kind][words.code == "ja"]
                for kind in ([kinds] if isinstance(kinds, str) else kinds)
                if kind != "null"
            ]
        found += [f"{_bounds(branch)}"] if _bounds(branch) else []
    examples = [code(str(each)) for branch in _branches(schema) for each in branch.get("examples", ())[:1]]
    shown = list(dict.fromkeys(found))
    return ", ".join(shown) + (f"<br>{'例' if words.code == 'ja' else 'e.g.'} {examples[0]}" if examples else "")


def _bounds(schema: Schema) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None and high is None:
        return ""
    above = ">" if "exclusiveMinimum" in schema else ""
    return code(f"{above}{'' if low is None else f'{low:g}'}-{'' if high is None else f'{high:g}'}")


def _branches(schema: Schema) -> list[Schema]:
    return [schema, *(branch for each in schema.get("anyOf", ()) for branch in _branches(each))]
