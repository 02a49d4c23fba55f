"""What the schema says of a key, one language at a time.

In: the title (`English / 日本語`) and the description of a document's field, which hold both. Out: `FieldTexts`. Where a field is
on the admin screens is not in it: the core knows it.
"""

from __future__ import annotations

from typing import Any, Final

from reconciler.adapters.manifests.excerpts.schema_words import Schema
from reconciler.ports.editor.live_fleet import FieldTexts

_SCREEN: Final = " Admin screen / 管理画面:"


def field_texts(key: str, schema: Schema) -> FieldTexts:
    title: Any = schema.get("title", key)
    english, _, japanese = str(title).partition(" / ")
    description: Any = schema.get("description", "")
    said = str(description).partition(_SCREEN)[0].strip()
    # The English sentences come first and end with a period and a space; Japanese ones end with `。`.
    in_english, period, in_japanese = said.rpartition(". ")
    both = {"en": f"{in_english}.", "ja": in_japanese} if period else {"en": said, "ja": said}
    return FieldTexts(titles={"en": english, "ja": japanese or english}, descriptions=both)
