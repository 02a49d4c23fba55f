"""The menu of all pages."""

from __future__ import annotations

from typing import Final

from reconciler.console.elements import ConsolePage
from reconciler.console.markup import MenuEntry
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.views.common.context import RenderContext

MENU: Final[tuple[tuple[str, str, Message], ...]] = (
    ("fleet", "/", msg("Fleet")),
    ("shops", "/shops", msg("Shops")),
    ("onboarding", "/onboarding", msg("Onboarding")),
    ("runs", "/runs", msg("Runs")),
    ("plans", "/plans", msg("Plans")),
    ("deferred", "/deferred", msg("Deferred")),
    ("healing", "/healing", msg("Healing")),
    ("inbox", "/inbox", msg("Inbox")),
    ("alerts", "/alerts", msg("Alerts")),
)
"""The name of each place, its address and its title."""


def menu_entries(page: ConsolePage, context: RenderContext) -> tuple[MenuEntry, ...]:
    return tuple(
        MenuEntry(
            label=context.translate(title),
            href=href,
            current="" if name != page.place else "true" if page.trail else "page",
        )
        for name, href, title in MENU
    )
