"""The two states of a shop: what Git declares (`Desired`) and what the backend has (`Observed`).

Both hold one value of each kind's dataclass. In Desired, what is not mentioned is UNSET. Observed is, kind by kind,
either `Known` with its version or `Unknown` with the reason; unknown is never treated as empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.kinds.system_parts import LABELS_OF_ENTRIES, NAMES_OF_ENTRIES
from reconciler.core.model.policy import FieldSpec, KindSpec, Policy, with_key
from reconciler.core.values import UNSET, Origin, Scalar, ShopKey, Unset
from reconciler.lib.frozen_class import frozen

K = TypeVar("K")

_NAMES: Final[Mapping[type, str]] = {kind.model: kind.name for kind in KINDS}
_SPECS: Final = {kind.name: kind.by_name for kind in KINDS}


class FieldRef(NamedTuple):
    """A field of a kind, or one entry of a map field. Written `kind.field` or `kind.field.entry`.

    A tuple, since each value of each shop is looked up by it several times.
    """

    kind: str
    field: str
    entry: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}.{self.field}.{self.entry}" if self.entry else f"{self.kind}.{self.field}"

    @property
    def spec(self) -> FieldSpec:
        return _SPECS[self.kind][self.field]

    @property
    def label(self) -> str:
        """As the admin screen calls it; labels and messages of system parts, which it does not distinguish, differ here."""
        return LABELS_OF_ENTRIES.get((self.entry or "").rpartition(".")[2], self.spec.policy.label)

    @property
    def display_name(self) -> str:
        """The label on the screen, with the entry of a map field; the same in both languages."""
        return f"{self.label} {self.entry}" if self.entry else self.label

    @property
    def short_name(self) -> Message:
        """For texts and tables: the English title, or in Japanese the label on the screen."""
        if self.entry is None:
            return self.spec.policy.short_name
        name = NAMES_OF_ENTRIES.get(self.entry.rpartition(".")[2], self.spec.policy.short_name)
        return msg("{name} {entry}", name=name, entry=self.entry)

    @property
    def full_name(self) -> Message:
        """For sentences: `short_name`, in English with the manifest key."""
        return with_key(self.short_name, self.manifest_path)

    @property
    def manifest_path(self) -> str | None:
        """The place in the manifest, or None for what cannot be declared."""
        place = self.spec.policy.manifest_path
        return f"{place}.{self.entry}" if place and self.entry else place


@frozen
class MaintenancePolicy:
    """`window` is (from, until) in minutes of the day in `time_zone`; until may lie on the next day."""

    close_shop: bool = False
    window: tuple[int, int] | None = None
    time_zone: str = "Asia/Tokyo"


@frozen(kw_only=False)
class UnresolvedSecret:
    """A field whose secret could not be resolved: its value is still the reference. `reason` says why."""

    ref: FieldRef
    reason: Diagnostic


@frozen
class Desired:
    """`origins` maps the dotted manifest place of each value to where it was written, through groups and defaults. `unresolved`
    are the secrets that are not available here.
    """

    shop: ShopKey
    values: Mapping[str, Any]
    origin: Origin
    origins: Mapping[str, Origin] = field(default_factory=dict)
    group: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    maintenance: MaintenancePolicy = field(default_factory=MaintenancePolicy)
    unresolved: tuple[UnresolvedSecret, ...] = ()

    def kind(self, model: type[K]) -> K:
        """What is desired of the kind `model`; all UNSET where nothing is mentioned."""
        found = self.values.get(_NAMES[model])
        return found if isinstance(found, model) else model()

    def origin_of(self, place: str | None) -> Origin:
        return self.origins.get(place, self.origin) if place else self.origin

    def declared_among(self, refs: Iterable[FieldRef]) -> Iterator[tuple[FieldRef, Scalar]]:
        """Those of `refs`, none of a field with entries, that the manifest mentions."""
        for ref in refs:
            value = getattr(self.values.get(ref.kind), ref.field, UNSET)
            if value is not UNSET:
                yield ref, value

    def with_value(self, ref: FieldRef, value: Scalar) -> Desired:
        """The same with one value in another's place (a resolved secret for its reference)."""
        kind = replace(self.values[ref.kind], **{ref.field: value})
        return replace(self, values={**self.values, ref.kind: kind})


@frozen(kw_only=False)
class Known:
    """`version` is what a write of this kind must name (If-Match). `value` is an instance of the kind's dataclass."""

    value: Any
    version: str


@frozen(kw_only=False)
class Unknown:
    """A read that failed. It says nothing about the world."""

    reason: Diagnostic


ReadResult = Known | Unknown


@frozen
class Observed:
    """`reads` has an entry for every kind: one that the backend omits is unknown."""

    shop: ShopKey
    reads: Mapping[str, ReadResult]

    def __post_init__(self) -> None:
        if len(self.reads) < len(KINDS):
            missing = {kind.name: Unknown(_omitted(self.shop, kind)) for kind in KINDS}
            object.__setattr__(self, "reads", {**missing, **self.reads})

    @classmethod
    def unknown(cls, shop: ShopKey, why: Diagnostic) -> Observed:
        return cls(shop=shop, reads={kind.name: Unknown(why) for kind in KINDS})

    def kind(self, model: type[K]) -> K | None:
        """The value of the kind `model`, or None where the read failed."""
        read = self.reads[_NAMES[model]]
        return read.value if isinstance(read, Known) else None

    def value(self, ref: FieldRef) -> Scalar | Unset:
        """The value at `ref`; UNSET where the read failed or the backend said nothing of it."""
        read = self.reads[ref.kind]
        if not isinstance(read, Known):
            return UNSET
        return getattr(read.value, ref.field) if ref.entry is None else value_at(read.value, ref)


def _omitted(shop: ShopKey, kind: KindSpec) -> Diagnostic:
    return diagnostic(
        codes.UNEXPECTED,
        msg("{shop}: the backend returned nothing about {kind}", shop=shop, kind=kind.short_name),
        expected=msg("every kind of resource, also `{kind}`, as its value or as unknown", kind=kind.name),
        hint=msg("Correct the package of the backend; until then nothing is written to the shop"),
        shop=shop,
        subject=kind.name,
    )


def value_at(kind_value: Any, ref: FieldRef) -> Scalar | Unset:
    """The scalar at `ref` within one kind's value."""
    value = getattr(kind_value, ref.field)
    if ref.entry is not None and value is not UNSET:
        return value.get(ref.entry, UNSET)  # type: ignore[no-any-return]
    return value  # type: ignore[no-any-return]


def scalars(kind: KindSpec, kind_value: Any) -> Iterator[tuple[FieldRef, Scalar]]:
    """Every value that is mentioned, map fields entry by entry; in the order of the fields, entries sorted."""
    for ref, has_entries in _PLACES.get(kind.name) or _places(kind):
        value = getattr(kind_value, ref.field)
        if value is UNSET:
            continue
        if has_entries:
            yield from ((_entry_ref(ref.kind, ref.field, entry), value[entry]) for entry in sorted(value))
        else:
            yield ref, value


def _places(kind: KindSpec) -> tuple[tuple[FieldRef, bool], ...]:
    """Each field, and whether it has entries."""
    return tuple((FieldRef(kind.name, spec.name), bool(spec.policy.entries)) for spec in kind.fields)


@lru_cache(maxsize=1024)
def _entry_ref(kind: str, name: str, entry: str) -> FieldRef:
    """All shops have the same few: making one costs more than finding it."""
    return FieldRef(kind, name, entry)


_PLACES: Final = {kind.name: _places(kind) for kind in KINDS}


def fields_where(chosen: Callable[[Policy], bool]) -> tuple[FieldRef, ...]:
    """The fields with such a policy."""
    return tuple(FieldRef(kind.name, spec.name) for kind in KINDS for spec in kind.fields if chosen(spec.policy))


SECRET_FIELDS: Final = fields_where(lambda policy: policy.secret)
