"""A saved plan as a versioned document, and back again; and whether it is still what was saved.

In: a plan, its origin, and the key of the digests that replace secrets. Out: a document, or the plan of a document of any version
that was ever written, its secrets as digests (`plan_secrets` restores them). A document that is not understood completely is
refused. It does not know where documents are stored, nor whether the backend is still as planned.

Three values verify a document. The *digest* needs no key and detects accidental damage. The *seal* is a MAC over all the rest and
detects any edit, with the key. The *fingerprint* is what was approved, and is computed again from the content.

To change the written form: raise `VERSION`, upgrade the older documents in `plan_upgrades.py`, add the new ones to
`tests/corpus/plans`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NoReturn

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.documents.codec import DecodeError, FieldCodec, decode_at, narrowed
from reconciler.core.documents.field_codecs import TEXT, NewerVersion
from reconciler.core.documents.json_schema import Definitions, Schema, closed_object, published
from reconciler.core.documents.plan_codec import PLAN_PARTS
from reconciler.core.documents.plan_upgrades import UPGRADES
from reconciler.core.model.canonical import DigestKey, Json, dumps, object_text, text_fingerprint
from reconciler.core.planning.fingerprint import FingerprintScope, plan_fingerprint, shop_leaves
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.lib.frozen_class import frozen

FORMAT: Final = "reconciler/saved-plan"
_REPORT: Final = "reconciler/plan"
VERSION: Final = 5
_FIRST_WITH_LEAVES: Final = 5


@frozen
class PlanMetadata:
    """`tool` is the tool's version, `created` a time as ISO 8601, `commit` that of the manifests. `manifests` holds each file
    by its shown path, with the SHA-256 of its bytes. `environment` and `backend` are those that the plan was made with and is
    for, and `fleet` the fleet there: None in versions that did not store it.
    `allowed` are the allowances for guards: code and pattern of shops. `version` is the format version of the document.
    """

    tool: str
    created: str
    environment: str
    backend: str
    fleet: str | None = None
    commit: str | None = None
    manifests: tuple[tuple[str, str], ...] = ()
    allowed: tuple[tuple[str, str], ...] = ()
    version: int = VERSION


@frozen
class SavedPlan:
    plan: Plan
    metadata: PlanMetadata


class UnreadablePlan(Exception):
    """`text` says why. Never carries a value of the document."""

    def __init__(self, text: Message) -> None:
        super().__init__(str(text))
        self.text = text


class NotAPlanFile(UnreadablePlan):
    """Of another format, or none."""


class UnknownPlanVersion(UnreadablePlan):
    """Written by a version of the tool that knows more than this one."""


class CorruptPlan(UnreadablePlan):
    """Of a known version, and not as that version is. `place` is where: `plan.shops[2].changes[0].before`."""

    def __init__(self, text: Message, place: str) -> None:
        super().__init__(text)
        self.place = place


class ModifiedPlan(UnreadablePlan):
    """Another plan than was saved. `part` is what does not match: digest, seal, fingerprint or leaves."""

    def __init__(self, text: Message, part: str) -> None:
        super().__init__(text)
        self.part = part


def encode_plan(saved: SavedPlan, key: DigestKey) -> str:
    """The document as canonical text, always of the newest version. Raises ValueError for a plan whose fingerprint is not of
    its content.
    """
    plan = _Written(
        fingerprint=saved.plan.fingerprint,
        covers=_covers(saved.plan, key),
        findings=saved.plan.findings,
        leaves=saved.plan.leaves,
        shops=saved.plan.shops,
        unchanged_shops=saved.plan.unchanged_shops,
    )
    document: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "made": _MADE.write(saved.metadata, key),
        "plan": _PLAN.write(plan, key),
    }
    parts = _parts(document)
    parts["digest"] = dumps(_digest(parts))
    parts["seal"] = dumps(_seal(parts, key))
    return object_text(parts)


def decode_plan(document: Json) -> SavedPlan:
    """Raises UnreadablePlan. Proves nothing: `verify` does."""
    return _read(document)[0]


def verify_plan(document: Json, key: DigestKey | None) -> SavedPlan:
    """The plan, if it is the one that was saved; without the key only its digest and fingerprint are checked.

    Raises UnreadablePlan.
    """
    saved, covers = _read(document)
    assert isinstance(document, dict)
    parts = _parts(document)
    if not _same(document["digest"], _digest(parts)):
        _edited("digest", msg("It was edited or damaged: its digest does not match its content"))
    if key is not None and not any(_same(document["seal"], _seal(parts, one)) for one in key.all_keys):
        _edited("seal", msg("It was edited, or sealed with another key: its seal does not match"))
    if saved.plan.fingerprint != plan_fingerprint(saved.plan.shops, covers):
        _edited("fingerprint", msg("Its fingerprint does not match its changes and steps"))
    if saved.plan.leaves != shop_leaves(saved.plan.shops):
        _edited("leaves", msg("Its leaves do not match its changes and steps"))
    return saved


@frozen
class _Written:
    """A plan in a document: with what its fingerprint covers."""

    fingerprint: str
    covers: FingerprintScope
    findings: tuple[Diagnostic, ...]
    leaves: tuple[ShopLeaf, ...]
    shops: tuple[ShopPlan, ...]
    unchanged_shops: int


@frozen
class _Envelope:
    metadata: PlanMetadata
    plan: _Written
    digest: str
    seal: str


def _hexadecimal(prefix: str = "") -> FieldCodec:
    """A text that is written as 64 digits. What it must be is checked by `verify_plan`, not by the reader."""
    return narrowed(TEXT, pattern=f"^{prefix}[0-9a-f]{{64}}$")


_MADE: Final = PLAN_PARTS.record(
    PlanMetadata,
    omit=["version"],
    manifests=PLAN_PARTS.list_of(PLAN_PARTS.named_pair(file=TEXT, sha256=_hexadecimal())),
    allowed=PLAN_PARTS.list_of(PLAN_PARTS.named_pair(code=TEXT, shops=TEXT)),
)
_LEAF: Final = PLAN_PARTS.record(ShopLeaf, digest=_hexadecimal("sha256:"))
_PLAN: Final = PLAN_PARTS.record(_Written, fingerprint=_hexadecimal("sha256:"), leaves=PLAN_PARTS.list_of(_LEAF))
_ENVELOPE: Final = PLAN_PARTS.record(
    _Envelope,
    metadata=_MADE,
    plan=_PLAN,
    digest=_hexadecimal("sha256:"),
    seal=_hexadecimal("hmac-sha256:"),
)


def saved_plan_schema() -> Schema:
    """The JSON Schema of the newest version."""

    def document(definitions: Definitions) -> Schema:
        envelope = _ENVELOPE.schema(definitions)["properties"]
        return closed_object({"format": {"const": FORMAT}, "version": {"const": VERSION}, **envelope})

    return published("reconciler saved plan", document)


def _read(document: Json) -> tuple[SavedPlan, FingerprintScope]:
    version = _version(document)
    try:
        decode_at("", _hashable, document)
        envelope: _Envelope = decode_at("", _ENVELOPE.read, _upgrade(document, version))
    except NewerVersion as unknown:
        raise UnknownPlanVersion(unknown.text) from None
    except DecodeError as fault:
        raise _damaged(fault) from None
    written = envelope.plan
    plan = Plan(
        shops=written.shops,
        fingerprint=written.fingerprint,
        findings=written.findings,
        leaves=written.leaves if version >= _FIRST_WITH_LEAVES else shop_leaves(written.shops),
        unchanged_shops=written.unchanged_shops,
    )
    return SavedPlan(plan=plan, metadata=replace(envelope.metadata, version=version)), written.covers


def _hashable(document: Json) -> None:
    """Half of a surrogate pair is JSON, and has no bytes."""
    dumps(document).encode()


def _damaged(fault: DecodeError) -> CorruptPlan:
    place = fault.place.removeprefix(".")
    if not place:
        return CorruptPlan(msg("It is damaged ({kind})", kind=fault.kind), place)
    return CorruptPlan(msg("It is damaged at {place} ({kind})", place=place, kind=fault.kind), place)


def _version(document: Json) -> int:
    if not isinstance(document, dict) or not isinstance(document.get("format"), str):
        raise NotAPlanFile(msg("It is not a saved plan: it has no format"))
    if document["format"] == _REPORT:
        raise NotAPlanFile(msg("It is a report of a plan (`-o json`), which cannot be applied"))
    if document["format"] != FORMAT:
        raise NotAPlanFile(
            msg(
                "Its format is {found}, not that of a saved plan ({known})", found=str(document["format"]), known=FORMAT
            )
        )
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise _damaged(DecodeError("version", "TypeError"))
    if not 1 <= version <= VERSION:
        raise UnknownPlanVersion(
            msg(
                "Plan version {found} is not supported; this version of the tool supports up to {known}",
                found=version,
                known=VERSION,
            )
        )
    return version


def _upgrade(document: Json, version: int) -> dict[str, Any]:
    """The document in the newest form, without the head that was read already."""
    assert isinstance(document, dict)
    lifted: dict[str, Any] = {name: part for name, part in document.items() if name not in ("format", "version")}
    for lift in UPGRADES[version - 1 :]:
        lifted = lift(lifted)
    return lifted


def _covers(plan: Plan, key: DigestKey) -> FingerprintScope:
    for covers in FingerprintScope:
        if plan.fingerprint == plan_fingerprint(plan.shops, covers, key):
            return covers
    raise ValueError("the plan's fingerprint is not that of its changes and steps under this key")


def _parts(document: Mapping[str, Json]) -> dict[str, str]:
    """The canonical text of each part."""
    return {name: dumps(part) for name, part in document.items()}


def _without(parts: Mapping[str, str], *names: str) -> str:
    return object_text({name: text for name, text in parts.items() if name not in names})


def _digest(parts: Mapping[str, str]) -> str:
    return text_fingerprint(_without(parts, "digest", "seal"))


def _seal(parts: Mapping[str, str], key: DigestKey) -> str:
    """The format's name before it keeps a seal from ever being the digest of a secret."""
    return "hmac-sha256:" + key.digest(f"{FORMAT} seal\n{_without(parts, 'seal')}")


def _same(stated: Json, reckoned: str) -> bool:
    return hmac.compare_digest(str(stated).encode(), reckoned.encode())


def _edited(part: str, text: Message) -> NoReturn:
    raise ModifiedPlan(text, part)
