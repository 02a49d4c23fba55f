"""Keys that people write and a manifest cannot hold: what follows another field, and what the platform issues.

In: the path of an unknown key. Out: the diagnostic that says from what it follows or who issues it, or None for a key nobody
knows. The fields come from the core's kinds; only the sections in which people look for them are stated here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.adapters.manifests.parsed import Path
from reconciler.adapters.manifests.words import place_of
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.model.kinds import KINDS, kind_named
from reconciler.core.model.policy import KindSpec, Owner, Policy
from reconciler.core.values import Origin

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


@dataclass(frozen=True, slots=True)
class _Refused:
    kind: KindSpec
    policy: Policy


def _not_ours() -> Iterator[tuple[tuple[str, str], _Refused]]:
    for kind in KINDS:
        for spec in kind.fields:
            if spec.policy.owner is not Owner.OURS:
                names = {spec.name, spec.policy.label}
                yield from (
                    ((top, name), _Refused(kind, spec.policy)) for top in _SECTIONS[kind.name] for name in names
                )


_REFUSED: Final = dict(_not_ours())


def refused_key(path: Path, origin: Origin) -> Diagnostic | None:
    """`path` ends in a key that the schema does not know."""
    top, name = str(path[0]), str(path[-1])
    refused = _REFUSED.get((top, name)) or _by_alias(top, name)
    if refused is None:
        return None
    place = place_of(path)
    tell = _derived if refused.policy.owner is Owner.DERIVED else _issued
    return tell(place, refused, origin)


def _by_alias(top: str, name: str) -> _Refused | None:
    meant = _ALIASES.get((top, name))
    if meant is None:
        return None
    return next(refused for (_, field), refused in _REFUSED.items() if field == meant)


def _derived(place: str, refused: _Refused, origin: Origin) -> Diagnostic:
    followed = _followed(refused.policy)
    return found(
        codes.DECLARED_DERIVED,
        say(
            "`{place}` cannot be declared: {label} follows {followed} by itself",
            place=place,
            label=refused.policy.label,
            followed=followed.label,
        ),
        expected=say("`{declared}` alone", declared=followed.declared or ""),
        way_on=say("Delete the line; `{declared}` decides it", declared=followed.declared or ""),
        subject=place,
        origin=origin,
    )


def _followed(policy: Policy) -> Policy:
    kind, _, name = (policy.follows or "").partition(".")
    return kind_named(kind).field(name).policy


def _issued(place: str, refused: _Refused, origin: Origin) -> Diagnostic:
    return found(
        codes.DECLARED_ISSUED,
        say(
            "`{place}` cannot be declared: {label} is issued by the platform and only shown ({screen})",
            place=place,
            label=refused.policy.label,
            screen=refused.kind.screen,
        ),
        way_on=_way_on(refused),
        subject=place,
        origin=origin,
    )


def _way_on(refused: _Refused) -> Text:
    if refused.policy.label == "販売事業者様サイトURL":
        return say("Delete the line; to have the URL registered, write `seller_central.ipn_endpoint: registered`")
    return say("Delete the line; `reconciler show` tells what the platform has")
