"""Properties of the editor over handwritten manifests: nothing is lost, nothing else changes, it is idempotent."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.editing.canonical_style import canonical
from reconciler.adapters.manifests.editing.compose import compose_source
from reconciler.adapters.manifests.editing.edit import remove_value, set_value
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile, comments_of, data_of, leaves
from reconciler.adapters.manifests.yaml.reader import read_yaml
from tests.support.manifest_strategies import DATA, TEXTS, manifests

Written = tuple[str, dict[str, Any]]


def page_of(data: bytes) -> SourceFile:
    page = read_source(data, "kyoto-tea.yaml", ShopDocument)
    assert isinstance(page, SourceFile), [str(finding.summary) for finding in page]
    return page


def read(written: Written) -> tuple[bytes, SourceFile]:
    """What the loader refuses (a control character, a line that ends otherwise in another YAML) is not the editor's matter."""
    data = written[0].encode()
    page = read_source(data, "kyoto-tea.yaml", ShopDocument)
    assume(isinstance(page, SourceFile))
    assert isinstance(page, SourceFile)
    return data, page


def formatted(data: bytes) -> bytes:
    return serialise_source(canonical(page_of(data), ShopDocument))


def values(data: bytes) -> object:
    parsed = read_yaml(data, "kyoto-tea.yaml")
    assert parsed.diagnostics == ()
    return parsed.data


@given(manifests())
def test_hands_write_what_they_mean(written: Written) -> None:
    data, page = read(written)

    assert values(data) == written[1] == data_of(page)


@given(manifests())
def test_what_no_one_changed_is_written_as_it_was(written: Written) -> None:
    data, page = read(written)
    braces = written[0].lstrip().startswith("{") or "\n{" in written[0].replace("\r", "")

    assert braces or serialise_source(page) == data


@given(manifests())
def test_formatting_keeps_every_value_and_every_comment(written: Written) -> None:
    data, page = read(written)

    after = formatted(data)

    assert values(after) == values(data)
    assert Counter(comments_of(page_of(after))) == Counter(comments_of(page))


@given(manifests())
def test_no_comment_is_overlooked(written: Written) -> None:
    """Counted in the text itself, where no value holds the sign of one."""
    data, page = read(written)
    assume("#" not in repr(written[1]))

    assert len(comments_of(page)) == sum("#" in line for line in data.decode().splitlines())


@given(manifests())
def test_formatting_twice_is_formatting_once(written: Written) -> None:
    data, _ = read(written)
    once = formatted(data)

    assert formatted(once) == once


@given(manifests(), st.data())
def test_a_set_value_is_in_the_file_and_nothing_else_changes(written: Written, draw: st.DataObject) -> None:
    _, page = read(written)
    path = draw.draw(st.sampled_from(PLACES))
    value = draw.draw(NEW[path])

    changed = set_value(page, path, value, ShopDocument)

    after = serialise_source(changed)
    assert values(after) == set_in(written[1], path, value)
    assert dict(leaves(data_of(page_of(after)))) == dict(leaves(set_in(written[1], path, value)))
    assert Counter(comments_of(page)) <= Counter(comments_of(page_of(after)))
    assert set_value(changed, path, value, ShopDocument) is changed


@given(manifests(), st.data())
def test_what_is_taken_out_is_gone_and_nothing_else_moves(written: Written, draw: st.DataObject) -> None:
    _, page = read(written)
    held = [path for path, _ in leaves(written[1]) if path not in (("apiVersion",), ("shop",))]
    assume(held)
    path = draw.draw(st.sampled_from(held))

    after = serialise_source(remove_value(page, path))

    assert values(after) == removed_from(written[1], path)
    assert remove_value(page_of(after), path) == page_of(after)


@given(DATA)
def test_a_new_manifest_reads_back(data: dict[str, Any]) -> None:
    after = serialise_source(
        compose_source(data, ShopDocument, schema="../schemas/shop.schema.json", about=("A shop.", ""))
    )

    wanted = dict(leaves(data))
    assert dict(leaves(values(after))) == {path: value for path, value in wanted.items() if value != {}}
    assert formatted(after) == after


@given(DATA, TEXTS)
def test_any_text_reads_back(data: dict[str, Any], text: str) -> None:
    path = ("amazon", "messages", "order_area", "message")
    page = set_value(compose_source(data, ShopDocument), path, text, ShopDocument)

    assert read_yaml(serialise_source(page), "f").data == set_in(without_empty(data), path, text)


NEW: dict[tuple[str, ...], st.SearchStrategy[Any]] = {
    ("amazon", "enabled"): st.booleans() | st.none(),
    ("amazon", "api", "seller_id"): st.sampled_from(("A1EXAMPLE234567", "A2EXAMPLE234567")),
    ("amazon", "messages", "order_area", "message"): st.sampled_from(("one\ntwo\n", "no", "", "three # four")),
    ("labels", "wave"): st.sampled_from(("canary", "no", "010")),
    ("payment", "amazon_pay", "pre_order"): st.booleans(),
    ("maintenance", "window"): st.just("23:30-04:30"),
    ("group",): st.sampled_from(("standard", "other")),
    ("amazon", "notification"): st.none(),
}
PLACES = tuple(NEW)


def set_in(data: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    key, *rest = path
    held = data.get(key)
    inner = held if isinstance(held, dict) else {}
    return {**data, key: set_in(inner, tuple(rest), value) if rest else value}


def removed_from(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A mapping that is left empty goes as well."""
    key, *rest = path
    inner = removed_from(data[key], tuple(rest)) if rest else {}
    others = {name: value for name, value in data.items() if name != key}
    return {**others, key: inner} if inner else others


def without_empty(data: dict[str, Any]) -> dict[str, Any]:
    kept = {key: without_empty(value) if isinstance(value, dict) else value for key, value in data.items()}
    return {key: value for key, value in kept.items() if value != {}}
