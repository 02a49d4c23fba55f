"""`frozen`: a dataclass with slots whose values are made once and never changed, as nearly all values of this project are.

`dataclasses` compiles six methods for each frozen class, which is a third of what a command costs to start, and its `__init__`
calls `object.__setattr__` for each field. Here it compiles `__init__` alone; `__eq__`, `__hash__` and `__repr__` are closures
over the names of the fields. That nothing assigns to a field is checked by mypy, and not again while the program runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter, ge, gt, le, lt
from typing import Any, Final, TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class", bound=type[Any])
_ORDER: Final = {"__lt__": lt, "__le__": le, "__gt__": gt, "__ge__": ge}


@overload
def frozen(cls: _Class, /) -> _Class: ...
@overload
def frozen(*, kw_only: bool = True, order: bool = False) -> Callable[[_Class], _Class]: ...


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(
    cls: _Class | None = None, /, *, kw_only: bool = True, order: bool = False
) -> _Class | Callable[[_Class], _Class]:
    """What `dataclass(frozen=True, slots=True, kw_only=True)` makes for a type checker; `kw_only=False` takes fields by position.

    A method that the class defines itself stays: `__repr__`, `__eq__`, `__hash__`.
    """
    if cls is None:
        return lambda given: _made(given, kw_only=kw_only, order=order)
    made: _Class = _made(cls, kw_only=kw_only, order=order)
    return made


def _made(cls: Any, *, kw_only: bool, order: bool) -> Any:
    own = {name for name in ("__repr__", "__eq__", "__hash__") if cls.__dict__.get(name) is not None}
    cls.__doc__ = cls.__doc__ or cls.__name__  # dataclasses would derive one from the signature, which takes long
    made = dataclass(slots=True, kw_only=kw_only, eq=False, repr=False)(cls)
    compared = [one.name for one in fields(made) if one.compare]
    values = attrgetter(*compared) if compared else _nothing
    methods = _identity(values) | {"__repr__": _repr_of([one.name for one in fields(made) if one.repr])}
    if order:
        methods |= {name: _ordering(values, compare) for name, compare in _ORDER.items()}
    for name in methods.keys() - own:
        setattr(made, name, methods[name])
    return made


def _identity(values: Callable[[object], Any]) -> dict[str, Callable[..., Any]]:

    def equal(self: object, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed}


def _ordering(values: Callable[[object], Any], compare: Callable[[Any, Any], Any]) -> Callable[[object, object], Any]:
    def ordered(self: object, other: object) -> Any:
        return compare(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

    return ordered


def _nothing(_value: object) -> tuple[()]:
    return ()


def _repr_of(names: list[str]) -> Callable[[object], str]:
    def shown(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return shown
