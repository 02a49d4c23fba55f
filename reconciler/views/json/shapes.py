"""Annotations that say more of a JSON value than its type does: its bounds, its words, its form.

Type checkers ignore them; pydantic calls them when a schema is derived. Nothing here needs pydantic, so that a
document can be written without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Annotated, Any

Schema = dict[str, Any]


class Keywords:
    """Adds keywords to the JSON Schema of the annotated type."""

    def __init__(self, **keywords: Any) -> None:
        self._keywords = keywords

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], Schema]) -> Schema:
        return {**handler(core), **self._keywords}


class Shape:
    """The JSON Schema is that of another type: `form`."""

    def __init__(self, form: Any) -> None:
        self._form = form

    def __get_pydantic_core_schema__(self, _source: Any, handler: Any) -> Any:
        return handler.generate_schema(self._form)


def one_of(words: type[Enum] | Iterable[str]) -> Keywords:
    return Keywords(enum=[word.value if isinstance(word, Enum) else word for word in words])


def key_for(word: Enum) -> str:
    """A word as the key of a document: keys are written with underscores, values with hyphens."""
    return str(word.value).replace("-", "_")


def counts_of(*names: str) -> Keywords:
    """Exactly these keys, each with a count."""
    return Keywords(
        properties={name: {"type": "integer", "minimum": 0} for name in names},
        required=list(names),
        additionalProperties=False,
    )


Count = Annotated[int, Keywords(minimum=0)]
Position = Annotated[int, Keywords(minimum=1)]
Fingerprint = Annotated[str, Keywords(pattern="^sha256:[0-9a-f]{64}$")]
