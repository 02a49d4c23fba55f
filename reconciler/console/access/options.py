"""What the settings say about the console."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from reconciler.console.access.caller import TrustedProxy
from reconciler.core.values import Secret
from reconciler.lib.frozen_class import frozen

SHORTEST_TOKEN: Final = 16
"""Characters of a token: what cannot be guessed at the rate that attempts are limited to."""


@frozen
class ConsoleOptions:
    """`fleet` is shown on top. `token` None: there is no sign-in with one. `hosts` are the names under which browsers find
    the console, besides addresses and `localhost`. Without a token and a header of `proxy`, everybody who
    reaches the console may read it.
    """

    fleet: str
    token: Secret | None = None
    proxy: TrustedProxy | None = None
    hosts: frozenset[str] = frozenset()
    session_time: timedelta = timedelta(hours=12)

    @property
    def open(self) -> bool:
        """Whether pages are shown without a sign-in."""
        return self.token is None and not (self.proxy and self.proxy.header)
