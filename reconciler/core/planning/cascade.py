"""What the backend derives when Amazon設定 changes: defined once, as functions of the desired state.

    amazon_settings.enabled ──> amazon_pay_payment.use       (決済一覧 follows, both ways)
                            ──> amazon_pay_payment.regular   (通常販売 follows, both ways)
                            ──> system_parts.output          (システムパーツ are put out)
                            ──> amazon_settings.buttons_visible, if every item of the screen is set

予約販売 and 定期・頒布会販売 never follow (stated by the platform's manual), so nothing is predicted of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from reconciler.core.model.kinds import AMAZON_SETTINGS, AmazonSettings
from reconciler.core.model.state import FieldRef, Known, Observed
from reconciler.core.planning.change import Change, Reason
from reconciler.core.values import ABSENT, UNSET, Origin, Registration, Scalar, Unset

ENABLED_FIELD: Final = FieldRef("amazon_settings", "enabled")
SELLER_FIELD: Final = FieldRef("amazon_settings", "seller_id")
REGISTRATION_FIELD: Final = FieldRef("ipn_endpoint", "registration")
TOKEN_FIELD: Final = FieldRef("amazon_settings", "mws_auth_token")
REQUIRED_SETTINGS: Final = ("seller_id", "client_id", "mws_auth_token", "notification_email")
"""The items a merchant has to fill in (必須). 販売事業者様サイトURL is issued, so it is none of them."""


def buttons_visible(settings: AmazonSettings) -> bool:
    """On, and every item of the screen is set."""
    items = (getattr(settings, name) for name in REQUIRED_SETTINGS)
    return settings.enabled is True and not any(item is ABSENT or item is UNSET for item in items)


def _switched_on(settings: AmazonSettings) -> bool:
    return settings.enabled is True


DERIVATIONS: Final[Mapping[FieldRef, Callable[[AmazonSettings], bool]]] = {
    FieldRef("amazon_settings", "buttons_visible"): buttons_visible,
    FieldRef("amazon_pay_payment", "use"): _switched_on,
    FieldRef("amazon_pay_payment", "regular"): _switched_on,
    FieldRef("system_parts", "output"): _switched_on,
}
"""Each derived field, and its value under the given settings."""

_WRITTEN_BY_THE_SWITCH: Final = frozenset(DERIVATIONS) - {FieldRef("amazon_settings", "buttons_visible")}


def apply_changes(observed: Observed, changes: tuple[Change, ...]) -> Observed:
    """The observed world with `changes` in it; versions stay, since only the backend gives new ones."""
    if not changes:
        return observed
    reads = dict(observed.reads)
    for kind in dict.fromkeys(change.ref.kind for change in changes):
        read = reads[kind]
        if isinstance(read, Known):
            reads[kind] = Known(_with(read.value, [c for c in changes if c.ref.kind == kind]), read.version)
    return Observed(shop=observed.shop, reads=reads)


def _with(kind_value: Any, changes: Sequence[Change]) -> Any:
    values: dict[str, Any] = {}
    for change in changes:
        ref = change.ref
        if ref.entry is None:
            values[ref.field] = change.after
        else:
            entries = values.get(ref.field, getattr(kind_value, ref.field))
            values[ref.field] = {**({} if entries is UNSET else entries), ref.entry: change.after}
    return replace(kind_value, **values)


def derived_values(observed: Observed) -> Iterator[tuple[FieldRef, bool, Scalar | Unset]]:
    """Each derived field with its expected value under the present settings, and its present value."""
    settings = observed.kind(AmazonSettings)
    if settings is None or settings.enabled is UNSET:
        return
    for ref, derive in DERIVATIONS.items():
        if isinstance(observed.reads[ref.kind], Known):
            yield ref, derive(settings), observed.value(ref)


def derived_changes(after: Observed, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The derived changes the backend will make once `changes` are written; `after` is the world with these in it.

    A derived field that is written by the switch moves only when the switch itself is written.
    """
    switch = next((c for c in changes if c.ref == ENABLED_FIELD), None)
    causes = [c for c in changes if c.ref.kind == AMAZON_SETTINGS.name]
    if not causes:
        return ()
    cause = switch or next((change for change in causes if change.reason is not Reason.ROTATED), causes[0])
    return tuple(
        Change(
            ref=ref,
            before=have,
            after=should,
            reason=Reason.DERIVED,
            origin=cause.origin,
            caused_by=cause.ref,
        )
        for ref, should, have in derived_values(after)
        if have is not UNSET and have != should and (switch is not None or ref not in _WRITTEN_BY_THE_SWITCH)
    )


def inconsistent_fields(observed: Observed) -> tuple[FieldRef, ...]:
    """Derived fields that the switch writes and that do not follow it: a separate kind of drift."""
    return tuple(
        ref
        for ref, should, have in derived_values(observed)
        if ref in _WRITTEN_BY_THE_SWITCH and have is not UNSET and have != should
    )


def rewrite_switch(observed: Observed, enabled: bool | Unset, origin: Origin) -> Change | None:
    """Writing 利用設定 again with the value it has, where something that should follow it does not.

    Only where the manifest declares 利用設定: what is not mentioned is not ours to write.
    """
    settings = observed.kind(AmazonSettings)
    if enabled is UNSET or settings is None or settings.enabled != enabled or not inconsistent_fields(observed):
        return None
    return Change(ref=ENABLED_FIELD, before=enabled, after=enabled, reason=Reason.REWRITTEN, origin=origin)


def reregister_endpoint(
    observed: Observed, changes: tuple[Change, ...], desired: Registration | Unset, origin: Origin
) -> Change | None:
    """The IPN endpoint has to be registered again if the seller id changes."""
    seller = next((c for c in changes if c.ref == SELLER_FIELD), None)
    if seller is None or desired is not Registration.REGISTERED or any(c.ref == REGISTRATION_FIELD for c in changes):
        return None
    if observed.value(REGISTRATION_FIELD) is not Registration.REGISTERED:
        return None
    return Change(
        ref=REGISTRATION_FIELD,
        before=Registration.ABSENT,
        after=Registration.REGISTERED,
        reason=Reason.SELLER_CHANGED,
        origin=origin,
        caused_by=seller.ref,
    )
