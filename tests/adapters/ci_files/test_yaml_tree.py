"""CI files as trees: what a forge accepts is read, and no file makes the reader run away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.ci_files.yaml_tree import parse_ci_file
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.ports.ci.files import CiNode


def documents(text: str) -> tuple[CiNode, ...]:
    made = parse_ci_file(text.encode(), "ci.yml")
    assert not isinstance(made, Diagnostic), made.summary
    return made


def test_a_scalar_keeps_the_text_that_was_written() -> None:
    [root] = documents("on: push\nvariables: {GIT_DEPTH: 0, OFF: no}\n")
    assert root.text_at("on") == "push"
    assert (root.text_at("variables", "GIT_DEPTH"), root.text_at("variables", "OFF")) == ("0", "no")


def test_each_node_knows_its_place() -> None:
    [root] = documents("jobs:\n  plan:\n    steps:\n      - uses: actions/checkout@v6\n")
    uses = root.get("jobs", "plan", "steps").items[0].get("uses")
    assert str(uses.origin) == "ci.yml:4:15"


def test_a_component_is_two_documents() -> None:
    spec, pipeline = documents("spec: {inputs: {image: {}}}\n---\nplan: {script: [a, [b, c]]}\n")
    assert spec.get("spec", "inputs", "image") is not None
    assert pipeline.get("plan", "script").texts() == ("a", "b", "c")


def test_anchors_merges_and_tags_of_gitlab_are_read() -> None:
    text = ".base: &base {image: python, tags: [a]}\nplan:\n  <<: *base\n  image: other\n  script: !reference [.base, script]\n"
    [root] = documents(text)
    assert (root.text_at("plan", "image"), root.get("plan", "tags").texts()) == ("other", ("a",))
    assert root.get("plan", "script").texts() == (".base", "script")


def test_an_alias_of_its_own_collection_ends() -> None:
    [root] = documents("a: &a [*a, b]\n")
    assert root.get("a").texts() == ("", "b")


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    made = parse_ci_file("\n".join(lines).encode(), "ci.yml")
    assert isinstance(made, Diagnostic)
    assert made.code.number == "C402"


def test_a_file_that_is_too_deep_is_refused() -> None:
    assert isinstance(parse_ci_file(b"[" * 5000, "ci.yml"), Diagnostic)


@given(st.binary(max_size=200) | st.text(alphabet="a:-&*[]{}!| \n\"'<?", max_size=60).map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    made = parse_ci_file(data, "ci.yml")
    assert isinstance(made, tuple | Diagnostic)
