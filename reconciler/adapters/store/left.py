"""What a run left open of a shop, read back from its events since the shop was last settled.

In: a row of `run_shops`. Out: its `Standing`. An event that cannot be read, a newer version's or a damaged one, may have been a
closing.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, RowMapping, select

from reconciler.adapters.store import outline
from reconciler.adapters.store.standing import Standing
from reconciler.adapters.store.tables import events
from reconciler.core.documents.event_codec import UnreadableEvent, decode


def left_by(connection: Connection, row: RowMapping) -> Standing:
    since = (events.c.run == row["run"], events.c.shop == row["shop"], events.c.number > row["settled"])
    standing = Standing(does=outline.does(row["steps"]))
    for document in connection.execute(select(events.c.document).where(*since).order_by(events.c.number)).scalars():
        try:
            standing = standing.after(decode(document))
        except UnreadableEvent:
            return replace(standing, closed=True)
    return standing
