"""What is missing before a shop can go live: values of the Amazon設定 screen, and applications outside the screens.

In: desired values, and observed ones if they are known. Out: diagnostics that stop nothing: a shop is prepared long before it is
ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.adopt import FORMS
from reconciler.core.model.formats import TOKEN_DECLARATION
from reconciler.core.model.kinds import AMAZON_SETTINGS, AmazonSettings
from reconciler.core.model.state import Desired, Observed, Unknown
from reconciler.core.planning.cascade import REQUIRED_SETTINGS
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import ABSENT, UNSET

_APPLIED_FOR: Final = frozenset(
    {codes.NEEDS_OPTION, codes.NEEDS_CONTRACT, codes.NEEDS_COMMERCE_CREATOR, codes.NEEDS_SUBSCRIPTION}
)


def missing_prerequisites(desired: Desired, observed: Observed | None = None) -> Iterator[Diagnostic]:
    """`observed` is None where the backend was not asked."""
    yield from _items(desired, observed)
    if observed is not None:
        yield from _applications(desired, observed)


def _items(desired: Desired, observed: Observed | None) -> Iterator[Diagnostic]:
    """An item that the merchant entered at the backend need not be declared."""
    declared = desired.kind(AmazonSettings)
    there = None if observed is None else observed.kind(AmazonSettings)
    for name in REQUIRED_SETTINGS:
        entered = there is not None and getattr(there, name) not in (ABSENT, UNSET)
        if getattr(declared, name) is UNSET and not entered:
            policy = AMAZON_SETTINGS.field(name).policy
            place = policy.manifest_path or ""
            yield diagnostic(
                codes.TO_FILL_IN,
                msg("{label} is missing", label=policy.full_name),
                expected=FORMS.get(place, TOKEN_DECLARATION).expected,
                hint=msg("Set {place}", place=place),
                shop=desired.shop,
                subject=place,
                origin=desired.origin,
            )


def _applications(desired: Desired, observed: Observed) -> Iterator[Diagnostic]:
    """What the rules would report if the shop went live now, with any token. Only a missing shop is an error."""
    unread = [read.reason for read in observed.reads.values() if isinstance(read, Unknown)]
    for why in sort_diagnostics(unread):
        yield why.for_shop(desired.shop) if why.code is codes.SHOP_UNKNOWN else _milder(why.for_shop(desired.shop))
    live = replace(desired.kind(AmazonSettings), enabled=True, mws_auth_token=UNSET)
    going_live = replace(desired, values={**desired.values, AMAZON_SETTINGS.name: live})
    for finding in () if unread else plan_shop(going_live, observed, RequestPace()).findings:
        if finding.code in _APPLIED_FOR:
            yield _milder(finding)


def _milder(finding: Diagnostic) -> Diagnostic:
    return replace(finding, severity=Severity.WARNING)
