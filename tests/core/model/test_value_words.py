"""The words of values: every value of a closed set has one, so that Japanese texts need no English."""

from collections.abc import Iterator
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

import pytest

from reconciler.core.model.kinds import KINDS, kind_named
from reconciler.core.model.state import FieldRef
from reconciler.core.model.value_words import NO_WORDS, ValueWords, value_name, value_to_type
from reconciler.core.values import CommerceCreator, Registration, StorefrontStatus
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language

JAPANESE = RenderContext(language=language("ja"))
FIELDS = [FieldRef(kind.name, spec.name) for kind in KINDS for spec in kind.fields]


def closed_values(ref: FieldRef) -> Iterator[bool | StrEnum]:
    """The values that a field of booleans or of a closed set of words may have."""
    hint: Any = get_type_hints(kind_named(ref.kind).model)[ref.field]
    for each in get_args(hint) if isinstance(hint, UnionType) else (hint,):
        if each is bool:
            yield from (True, False)
        elif isinstance(each, type) and each is not NoneType and issubclass(each, StrEnum):
            yield from each


@pytest.mark.parametrize("ref", FIELDS, ids=str)
def test_every_value_of_a_closed_set_has_a_word_of_its_own(ref: FieldRef) -> None:
    words = [JAPANESE.value(value, ref.spec.policy.words) for value in closed_values(ref)]
    assert all(word and not word.isascii() for word in words)
    assert len(set(words)) == len(words)


def test_english_shows_what_is_typed_and_japanese_the_word_of_the_screen() -> None:
    words = FieldRef("storefront_status", "status").spec.policy.words
    english = RenderContext(language=language("en"))
    assert (english.value(StorefrontStatus.OPEN, words), JAPANESE.value(StorefrontStatus.OPEN, words)) == (
        "open",
        "開店",
    )
    assert english.value_to_copy(StorefrontStatus.CLOSED, words) == "closed"
    assert JAPANESE.value_to_copy(StorefrontStatus.CLOSED, words) == "閉店 (`closed`)"


def test_machines_read_what_is_typed() -> None:
    words = FieldRef("amazon_settings", "enabled").spec.policy.words
    assert [str(value_name(value, words)) for value in (True, False)] == ["true", "false"]
    assert str(value_to_type(True, words)) == "true"


@pytest.mark.parametrize("value", [True, Registration.ABSENT, CommerceCreator.RUNNING])
@pytest.mark.parametrize("words", [NO_WORDS, ValueWords()])
def test_without_words_it_is_shown_as_it_is_typed(value: bool | StrEnum, words: ValueWords) -> None:
    assert JAPANESE.value(value, words) == JAPANESE.value_to_copy(value, words) == str(value).lower()
