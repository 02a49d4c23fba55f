"""docs/reference/json-documents.md: every JSON document with a schema, its version and its keys. In: the schemas. Out: a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.views.i18n import Language
from reconciler.wiring.schemas import schemas
from tools.reference.markdown_text import code, language_line, table

_WORDS: Final = {
    "en": {
        "head": "# JSON documents\n",
        "intro": "What `-o json` prints, and what the tool writes or reads as JSON or YAML. A document names "
        "its `format` and `version`. "
        "A version gets new keys only; a key that is removed or means something else needs a new version. "
        "`reconciler schema NAME` prints the whole JSON Schema.",
        "name": "Name",
        "version": "Version",
        "keys": "Keys at the top",
    },
    "ja": {
        "head": "# JSON 文書\n",
        "intro": "`-o json` で出力する文書と、JSON または YAML で読み書きするファイルの一覧です。文書には "
        "`format` と `version` があります。"
        "同じバージョンではキーの追加だけを行います。キーの削除や意味の変更では、バージョンが上がります。"
        "`reconciler schema NAME` は JSON Schema の全体を表示します。",
        "name": "名前",
        "version": "バージョン",
        "keys": "最上位のキー",
    },
}


def json_documents_page(words: Language) -> str:
    texts = _WORDS[words.code]
    rows = ((code(name), _version(make()), _keys(make())) for name, make in sorted(schemas().items()))
    head = f"{texts['head']}\n{language_line('json-documents.md', words)}\n{texts['intro']}\n\n"
    return head + table((texts["name"], texts["version"], texts["keys"]), rows)


def _version(schema: Mapping[str, Any]) -> str:
    named = _properties(schema).get("version", _properties(schema).get("v", {}))
    return str(named.get("const", ""))


def _keys(schema: Mapping[str, Any]) -> str:
    return ", ".join(code(key) for key in _properties(schema))


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a document, or of all forms that it can have."""
    forms = schema.get("anyOf") or schema.get("oneOf") or ()
    return schema.get("properties") or {
        key: value for form in forms for key, value in form.get("properties", {}).items()
    }
