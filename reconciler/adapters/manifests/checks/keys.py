"""Keys that people write and a manifest cannot hold: what follows another field, and what the platform issues.

In: the path of an unknown key. Out: the diagnostic that says what it follows or who issues it, or None for any other
key. The fields come from the core's kinds; only the sections in which people expect them are listed here.

Keys that are unknown or missing, and the place of the key that was probably meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from reconciler.adapters.manifests.describe import choices_message, did_you_mean, display_path, quote
from reconciler.adapters.manifests.documents.base import FORM_KEYWORD
from reconciler.adapters.manifests.documents.formats import format_by_name
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import KINDS, kind_named
from reconciler.core.model.policy import KindSpec, Owner, Policy
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen

_SECTIONS: Final = {
    "amazon_settings": ("amazon",),
    "amazon_pay_payment": ("payment",),
    "system_parts": ("amazon", "system_parts"),
    "ipn_endpoint": ("seller_central",),
    "storefront_status": ("storefront",),
    "entitlements": ("entitlements", "amazon", "payment"),
}
"""The first key of the path under which a kind's fields are looked for."""

_ALIASES: Final = {
    ("payment", "enabled"): "use",
    ("payment", "regular_sales"): "regular",
    ("amazon", "buttons"): "buttons_visible",
    ("amazon", "ipn_url"): "merchant_site_url",
    ("amazon", "site_url"): "merchant_site_url",
    ("seller_central", "ipn_url"): "merchant_site_url",
    ("seller_central", "merchant_site_url"): "merchant_site_url",
    ("amazon", "status"): "api_status",
}


@frozen(kw_only=False)
class _UndeclarableKey:
    kind: KindSpec
    policy: Policy


def _not_ours() -> Iterator[tuple[tuple[str, str], _UndeclarableKey]]:
    for kind in KINDS:
        for spec in kind.fields:
            if spec.policy.owner is not Owner.MANAGED:
                names = {spec.name, spec.policy.label}
                yield from (
                    ((top, name), _UndeclarableKey(kind, spec.policy)) for top in _SECTIONS[kind.name] for name in names
                )


_REFUSED: Final = dict(_not_ours())


def undeclarable_key_diagnostic(path: Path, origin: Origin) -> Diagnostic | None:
    """`path` ends in a key that the schema does not know."""
    top, name = str(path[0]), str(path[-1])
    refused = _REFUSED.get((top, name)) or _by_alias(top, name)
    if refused is None:
        return None
    place = display_path(path)
    tell = _derived if refused.policy.owner is Owner.DERIVED else _issued
    return tell(place, refused, origin)


def _by_alias(top: str, name: str) -> _UndeclarableKey | None:
    meant = _ALIASES.get((top, name))
    if meant is None:
        return None
    return next(refused for (_, field), refused in _REFUSED.items() if field == meant)


def _derived(place: str, refused: _UndeclarableKey, origin: Origin) -> Diagnostic:
    followed = _followed(refused.policy)
    return diagnostic(
        codes.DECLARED_DERIVED,
        msg(
            "`{place}` cannot be declared: {label} follows {followed}",
            place=place,
            label=refused.policy.short_name,
            followed=followed.short_name,
        ),
        expected=msg("`{declared}` alone", declared=followed.manifest_path or ""),
        hint=msg("Delete the line; `{declared}` determines it", declared=followed.manifest_path or ""),
        subject=place,
        origin=origin,
    )


def _followed(policy: Policy) -> Policy:
    kind, _, name = (policy.follows or "").partition(".")
    return kind_named(kind).field(name).policy


def _issued(place: str, refused: _UndeclarableKey, origin: Origin) -> Diagnostic:
    return diagnostic(
        codes.DECLARED_ISSUED,
        msg(
            "`{place}` cannot be declared: the platform issues {label}, which is read-only ({screen})",
            place=place,
            label=refused.policy.short_name,
            screen=refused.kind.screen,
        ),
        hint=_way_on(refused),
        subject=place,
        origin=origin,
    )


def _way_on(refused: _UndeclarableKey) -> Message:
    if refused.policy.label == "販売事業者様サイトURL":
        return msg("Delete the line; to register the URL, write `seller_central.ipn_endpoint: registered`")
    return msg("Delete the line; `reconciler show` shows the platform's value")


Schema = Mapping[str, Any]


def unknown_key(path: Path, schema: Schema, whole: Schema, parsed: Parsed) -> Diagnostic:
    """`schema` is the mapping's own, `whole` the file's."""
    origin = parsed.key_origin(path)
    key, place = str(path[-1]), display_path(path)
    known = schema["properties"]
    above = display_path(path[:-1])
    return undeclarable_key_diagnostic(path, origin) or diagnostic(
        codes.UNKNOWN_KEY,
        msg("Unknown key {key} in `{above}`", above=above, key=quote(key))
        if above
        else msg("Unknown key {key} in this kind of file", key=quote(key)),
        expected=choices_message(known),
        hint=_beside(key, known) or _elsewhere(key, whole) or did_you_mean(key, known) or msg("Delete the line"),
        subject=place,
        origin=origin,
    )


def key_elsewhere(key: str, whole: Schema) -> str | None:
    """The place of a key of that name in another mapping."""
    return next((".".join(path) for path in _places(whole) if path[-1] == key), None)


def _beside(key: str, known: Collection[str]) -> Message | None:
    """A key of the same mapping that was meant without doubt: singular and plural."""
    return did_you_mean(key, [f"{key}s"]) if f"{key}s" in known else None


def _elsewhere(key: str, whole: Schema) -> Message | None:
    place = key_elsewhere(key, whole)
    return msg("The key belongs elsewhere: `{place}`", place=place) if place else None


def _places(schema: Schema, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in schema.get("properties", {}).items():
        yield (*above, name)
        yield from _places(field, (*above, name))


def missing_key(path: Path, schema: Schema, parsed: Parsed) -> Diagnostic:
    """`schema` is the mapping's own."""
    key, place = str(path[-1]), display_path(path)
    field = schema["properties"][key]
    return diagnostic(
        codes.MISSING_KEY,
        msg("`{place}` is missing", place=place),
        expected=_expected(field),
        hint=msg("Add the line `{line}`", line=f"{key}: {_example(key, field, parsed)}"),
        subject=place,
        origin=parsed.origin(path[:-1]),
    )


def _expected(field: Schema) -> Message | None:
    if FORM_KEYWORD in field:
        return format_by_name(field[FORM_KEYWORD]).expected
    return choices_message(field["enum"]) if "enum" in field else None


def _example(key: str, field: Schema, parsed: Parsed) -> str:
    if key == "shop":
        return PurePosixPath(parsed.file).stem
    return str((field.get("enum") or field.get("examples") or ("...",))[0])
