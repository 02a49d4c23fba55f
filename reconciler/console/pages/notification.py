"""One notification of Amazon: what arrived, what became of it, what else is known at Amazon."""

from __future__ import annotations

from reconciler.console.elements import ConsolePage, Section
from reconciler.console.pages.inbox import NOTIFICATION_CELLS
from reconciler.console.parts.grids import table_facts
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.lists import NotificationOverview


def notification_page(found: NotificationOverview, visit: PageVisit) -> ConsolePage:
    cells = {key: make for key, make in NOTIFICATION_CELLS.items() if key != "number"}
    return ConsolePage(
        title=visit.say(msg("Notification {number}", number=str(found.number))),
        place="inbox",
        trail=((visit.say(msg("Inbox")), "/inbox"),),
        sections=(Section(name="facts", title="", contents=(table_facts(found.table, visit, cells),)),),
    )
