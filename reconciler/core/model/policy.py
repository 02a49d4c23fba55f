"""What a field of a kind is: who owns it, how it compares, when it may change, what people call it.

Policy is data on the field. The differ, the views and the completeness test read it; none of them knows a field by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, field, fields
from enum import Enum, IntEnum
from typing import Any, Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.value_words import NO_WORDS, ValueWords
from reconciler.core.values import UNSET
from reconciler.lib.frozen_class import frozen

_POLICY: Final = "policy"


class Owner(Enum):
    MANAGED = "ours"
    """Managed when the manifest mentions it."""
    ISSUED = "issued"
    """The platform's or Amazon's: shown, never written."""
    DERIVED = "derived"
    """Follows another field of the shop; cannot be declared."""


class Compare(Enum):
    EXACT = "exact"
    SEALED = "sealed"
    """A secret against its seal."""
    TEXT = "text"
    """Text whose line ends do not matter."""


class Sharing(Enum):
    """Into which shared files the tool itself may move a value that several shops have. People may share more than that."""

    NEVER = "own"
    """None: an id or a secret. A shop that inherited another's would act in its name."""
    UNLESS_IDENTIFYING = "unnamed"
    """A group, where it does not name a shop (`pay@kyoto-tea.example`)."""
    GROUPS = "groups"
    """A group, which each shop's own file names; a switch in the defaults would turn on what no shop requested."""
    FALSE_ONLY = "off"
    """A group; switched off, the defaults as well."""
    ALWAYS = "freely"
    """Groups and defaults."""


class FindingSeverity(IntEnum):
    """How bad it is when a field, or a shop, is not as Git declares it."""

    LOW = 1
    """What shoppers read."""
    MEDIUM = 2
    """What can be bought, and where mail goes."""
    HIGH = 3
    """Whether the shop sells with Amazon Pay, and whether payments are recorded."""
    CRITICAL = 4
    """Payments fail, or belong to another seller."""

    @property
    def word(self) -> str:
        """As options, labels and machine formats write it."""
        return self.name.lower()


@frozen
class Policy:
    """`manifest_path` is the place in the manifest (`amazon.enabled`); the entries of a map field are below it.

    `follows` names the field a derived one follows, as `kind.field`. `label` is the Japanese of the admin screen. `title` is a
    short English name; the catalogue translates it into the label. `words` are what its values are called. An `optional` field
    is one that a backend need not offer: where the backend does not return it, it is neither compared nor written. `severity` is
    None for a field that is never compared.
    """

    owner: Owner
    label: str
    title: str
    manifest_path: str | None = None
    while_closed: bool = False
    secret: bool = False
    compare: Compare = Compare.EXACT
    follows: str | None = None
    entries: bool = False
    optional: bool = False
    sharing: Sharing = Sharing.NEVER
    words: ValueWords = NO_WORDS
    severity: FindingSeverity | None = None

    @property
    def short_name(self) -> Message:
        """For texts: the title in English, the screen's label in Japanese."""
        return Message(self.title)

    @property
    def full_name(self) -> Message:
        return with_key(self.short_name, self.manifest_path)


def with_key(name: Message, manifest_path: str | None) -> Message:
    """The name of a field followed by its manifest key; in Japanese the label alone, which the screen shows."""
    return msg("{title} (`{key}`)", title=name, key=manifest_path) if manifest_path else name


def managed(  # noqa: PLR0913  # one argument for each thing a policy can say, all by keyword
    label: str,
    *,
    title: str,
    declared: str,
    severity: FindingSeverity,
    while_closed: bool = False,
    compare: Compare = Compare.EXACT,
    entries: bool = False,
    optional: bool = False,
    sharing: Sharing = Sharing.NEVER,
    words: ValueWords = NO_WORDS,
) -> Any:
    """A field the manifest may declare. `entries`: a mapping whose entries are managed separately."""
    policy = Policy(
        owner=Owner.MANAGED,
        label=label,
        title=title,
        manifest_path=declared,
        while_closed=while_closed,
        secret=compare is Compare.SEALED,
        compare=compare,
        entries=entries,
        optional=optional,
        sharing=sharing,
        words=words,
        severity=severity,
    )
    return field(default=UNSET, metadata={_POLICY: policy})


def issued(label: str, *, title: str, words: ValueWords = NO_WORDS) -> Any:
    policy = Policy(owner=Owner.ISSUED, label=label, title=title, words=words)
    return field(default=UNSET, metadata={_POLICY: policy})


def derived(label: str, *, title: str, follows: str, severity: FindingSeverity, words: ValueWords = NO_WORDS) -> Any:
    policy = Policy(owner=Owner.DERIVED, label=label, title=title, follows=follows, words=words, severity=severity)
    return field(default=UNSET, metadata={_POLICY: policy})


@frozen
class FieldSpec:
    name: str
    policy: Policy


@frozen
class KindSpec:
    """A kind as the generic parts see it."""

    name: str
    label: str
    title: str
    screen: str
    model: type
    fields: tuple[FieldSpec, ...]
    by_name: Mapping[str, FieldSpec]

    @property
    def short_name(self) -> Message:
        """For texts: the title in English, the label in Japanese."""
        return Message(self.title)

    def managed_fields(self, owner: Owner) -> Iterator[FieldSpec]:
        return (f for f in self.fields if f.policy.owner is owner)

    def field(self, name: str) -> FieldSpec:
        return self.by_name[name]


def kind_spec(model: type, *, name: str, label: str, title: str, screen: str) -> KindSpec:
    """The spec of a kind's dataclass. A field without policy is a fault in the kind, so it is refused here."""
    specs = tuple(FieldSpec(name=f.name, policy=_policy(model, f)) for f in fields(model))
    by_name = {spec.name: spec for spec in specs}
    return KindSpec(name=name, label=label, title=title, screen=screen, model=model, fields=specs, by_name=by_name)


def _policy(model: type, of: Field[object]) -> Policy:
    policy = of.metadata.get(_POLICY)
    if not isinstance(policy, Policy):
        raise TypeError(f"{model.__name__}.{of.name} has no policy")
    return policy
