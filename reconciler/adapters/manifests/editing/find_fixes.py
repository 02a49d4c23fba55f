"""What can be fixed in a file without asking anybody, one place at a time.

In: a parsed file and the document it should be. Out: for each place the part of the text to replace, and by what. A word for on
or off where a boolean belongs, a key that is nearly one that exists, a text that YAML does not take for one. Nothing on a line
that may hold a secret.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, Final

from yaml.nodes import MappingNode, ScalarNode

from reconciler.adapters.manifests.checks.keys import key_elsewhere, undeclarable_key_diagnostic
from reconciler.adapters.manifests.documents.base import FORM_KEYWORD, Document
from reconciler.adapters.manifests.documents.formats import format_by_name
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.editing.near_keys import near_keys
from reconciler.adapters.manifests.editing.quoting import quoted_text
from reconciler.adapters.manifests.excerpts.parsed_lines import ParsedLines
from reconciler.adapters.manifests.excerpts.schema_words import Schema, known_keys, schema_at, types_of
from reconciler.adapters.manifests.excerpts.secret_words import names_secret
from reconciler.adapters.manifests.yaml.located_nodes import LocatedNode, located_nodes
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path, origin_of
from reconciler.adapters.manifests.yaml.plain_scalars import resolve_plain
from reconciler.core.results.fixes import FixKind, ManifestFix
from reconciler.lib.frozen_class import frozen

_ON: Final = frozenset({"true", "yes", "on"})
_OFF: Final = frozenset({"false", "no", "off"})
_BLOCKS: Final = ("|", ">")


@frozen
class TextFix:
    """`start` and `end` count characters of the file's text. `nested`: with a key's name, more is known of what is below it."""

    fix: ManifestFix
    start: int
    end: int
    nested: bool

    def applied(self, text: str) -> str:
        return text[: self.start] + self.fix.after + text[self.end :]


def find_fixes(parsed: Parsed, data: bytes, model: type[Document]) -> Iterator[TextFix]:
    """In the order of the file. Of two keys that would get one name, neither is fixed."""
    text = data.decode()
    lines = ParsedLines(parsed, text, model)
    found = [(located, each) for located in located_nodes(parsed.root) for each in _fixes(located, parsed, model)]
    names = Counter((*located.path[:-1], after) for located, (_, kind, after) in found if kind is FixKind.KEY)
    for located, (node, kind, after) in found:
        one_line = node.start_mark.line == node.end_mark.line
        twice = kind is FixKind.KEY and names[*located.path[:-1], after] > 1
        if one_line and not twice and not lines.is_secret(node.start_mark.line):
            start, end = node.start_mark.index, node.end_mark.index
            origin = origin_of(parsed.file, node.start_mark)
            fix = ManifestFix(kind=kind, origin=origin, before=text[start:end], after=after)
            nested = kind is FixKind.KEY and not isinstance(located.value, ScalarNode)
            yield TextFix(fix=fix, start=start, end=end, nested=nested)


_Found = tuple[ScalarNode, FixKind, str]


def _fixes(located: LocatedNode, parsed: Parsed, model: type[Document]) -> Iterator[_Found]:
    yield from _key_fix(located, parsed, model)
    yield from _value_fix(located, model)


def _value_fix(located: LocatedNode, model: type[Document]) -> Iterator[_Found]:
    node, field = located.value, schema_at(shape(model), located.path)
    if not isinstance(node, ScalarNode) or node.style in _BLOCKS or field is None:
        return
    types, word = types_of(field), str(node.value)
    if types == {"boolean"}:
        after = _switch(word)
        if after is not None and (node.style or type(resolve_plain(word)) is not bool):
            yield node, FixKind.SWITCH, after
    elif types == {"string"} and not node.style and _is_mistaken(word) and _may_hold(field, word):
        yield node, FixKind.QUOTES, quoted_text(word)


def _switch(word: str) -> str | None:
    if word.lower() in _ON:
        return "true"
    return "false" if word.lower() in _OFF else None


def _is_mistaken(word: str) -> bool:
    """Whether YAML takes the word, without quotes, for anything but a text; a missing value is not one."""
    value = resolve_plain(word)
    return value is not None and type(value) is not str


def _may_hold(field: Schema, word: str) -> bool:
    form: Any = field.get(FORM_KEYWORD)
    return "enum" not in field and (form is None or format_by_name(form).accepts(word))


def _key_fix(located: LocatedNode, parsed: Parsed, model: type[Document]) -> Iterator[_Found]:
    if located.key is None or located.key.style in _BLOCKS:
        return
    guess = _guessed_key(located.path, located.key, parsed, model)
    if guess is not None:
        yield located.key, FixKind.KEY, guess


def _guessed_key(path: Path, key: ScalarNode, parsed: Parsed, model: type[Document]) -> str | None:
    """The only key that can be meant; None where there are several, or it is there already."""
    whole, word = shape(model), str(key.value)
    above = schema_at(whole, path[:-1])
    names: Collection[str] = () if above is None else above.get("properties", ())
    if word in names or key_elsewhere(word, whole) or undeclarable_key_diagnostic(path, parsed.origin(())):
        return None
    near = near_keys(word, names)
    if len(near) != 1 or _is_secret(word, near[0], model) or near[0] in _siblings(path, parsed):
        return None
    return near[0]


def _is_secret(word: str, near: str, model: type[Document]) -> bool:
    return any(names_secret(name, known_keys(model)) for name in (word, near))


def _siblings(path: Path, parsed: Parsed) -> frozenset[str]:
    node: Any = parsed.root
    for step in path[:-1]:
        pairs = node.value if isinstance(node, MappingNode) else ()
        node = next((value for key, value in pairs if key.value == step), None)
    return frozenset(str(key.value) for key, _ in node.value) if isinstance(node, MappingNode) else frozenset()
