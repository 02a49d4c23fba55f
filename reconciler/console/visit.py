"""One request for a page: its reader, what it asks for, and addresses of other pages for this reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reconciler.console.http.query import Query, page_address
from reconciler.core.diagnostics.messages import Message, MessageArg
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext


@frozen
class PageVisit:
    """`now` is the time of the request in UTC, as `lib/utc.py` writes it. `path` are the parts of the address, unquoted."""

    context: RenderContext
    now: str
    path: tuple[str, ...] = ()
    query: Query = field(default_factory=lambda: Query({}))

    def say(self, text: Message) -> str:
        return self.context.translate(text)

    def plural(self, one: str, many: str, count: int, /, **arguments: MessageArg) -> str:
        return self.context.plural(one, many, count, **arguments)

    def time(self, moment: str | None) -> str:
        return "" if moment is None else self.context.time(moment)

    def here(self, **changes: str | None) -> str:
        """The same page with other parts of its query; None leaves one out."""
        kept: Mapping[str, str | None] = {**self.query.values, **changes}
        return page_address(self.path, kept)
