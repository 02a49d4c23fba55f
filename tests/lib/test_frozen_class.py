"""`frozen`: values of equal fields are equal, of one class only, and a field that is kept out of the text is not shown."""

from __future__ import annotations

import copy
import pickle
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lib.frozen_class import frozen


@frozen
class Account:
    """As the project writes one."""

    name: str
    ids: tuple[int, ...] = ()
    key: str = field(default="", repr=False)
    reader: str = field(default="", compare=False)


@frozen
class PaidAccount(Account):
    plan: str = "basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardAccount:
    """What a standard dataclass with these fields does."""

    name: str
    ids: tuple[int, ...] = ()
    key: str = field(default="", repr=False)
    reader: str = field(default="", compare=False)


@frozen(kw_only=False)
class Place:
    line: int
    column: int = 1


@frozen(kw_only=False, order=True)
class Version:
    major: int
    minor: int = 0


@frozen
class Nothing:
    pass


@frozen
class Quiet:
    value: float

    def __repr__(self) -> str:
        return "quiet"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quiet) and round(self.value) == round(other.value)

    def __hash__(self) -> int:
        return round(self.value)


texts = st.sampled_from(["", "a", "b"])
given_fields = st.fixed_dictionaries(
    {"name": texts, "ids": st.tuples() | st.tuples(st.integers(0, 1)), "key": texts, "reader": texts}
)


@given(given_fields, given_fields)
def test_it_compares_and_shows_as_a_standard_dataclass(one: dict[str, Any], other: dict[str, Any]) -> None:
    ours, standard = (Account(**one), Account(**other)), (StandardAccount(**one), StandardAccount(**other))
    assert (ours[0] == ours[1]) is (standard[0] == standard[1])
    assert len(set(ours)) == len(set(standard))
    assert repr(ours[0]) == repr(standard[0]).removeprefix("Standard")


def test_values_of_another_class_are_not_equal() -> None:
    assert PaidAccount(name="a") != Account(name="a")
    assert PaidAccount(name="a") == PaidAccount(name="a", plan="basic")
    assert Place(1) != 1
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())


def test_fields_are_given_by_name_unless_the_class_says_otherwise() -> None:
    assert Place(3, 4) == Place(line=3, column=4)
    with pytest.raises(TypeError, match="positional"):
        Account("a")  # type: ignore[call-arg]


def test_an_order_is_that_of_the_fields() -> None:
    assert sorted([Version(2), Version(1, 3), Version(1)]) == [Version(1), Version(1, 3), Version(2)]
    assert Version(1) <= Version(1) < Version(1, 1)
    assert Version(1) >= Version(1) > Version(0, 9)
    with pytest.raises(TypeError, match="not supported between"):
        sorted([Version(1), Place(1)])
    with pytest.raises(TypeError, match="not supported between"):
        sorted([Place(2), Place(1)])


def test_the_methods_of_a_class_stay() -> None:
    assert repr(Quiet(value=1.1)) == "quiet"
    assert {Quiet(value=1.1)} == {Quiet(value=0.9)}


def test_it_is_a_dataclass_with_slots() -> None:
    account = Account(name="a", ids=(1,))
    assert replace(account, name="b") == Account(name="b", ids=(1,))
    assert asdict(account) == {"name": "a", "ids": (1,), "key": "", "reader": ""}
    assert pickle.loads(pickle.dumps(account)) == account == copy.deepcopy(account)
    assert not hasattr(account, "__dict__")
    with pytest.raises(AttributeError):
        account.nmae = "b"  # type: ignore[attr-defined]


def refused_by_the_type_checker() -> None:
    """mypy reports a comment that hides no error: `make check` fails if one of these lines becomes valid."""
    Account(name="a").name = "b"  # type: ignore[misc]
    Place(1).line = 2  # type: ignore[misc]
    replace(Place(1), line="2")  # type: ignore[arg-type]
