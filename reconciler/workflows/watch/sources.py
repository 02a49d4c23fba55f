"""What a watcher works with beside its session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.ports.watch.change_feed import ChangeFeed
    from reconciler.ports.watch.checkout import WatchedCheckout
    from reconciler.ports.watch.request_pace import SharedPace
    from reconciler.ports.watch.watch_states import WatchStates


@frozen
class WatchSources:
    """`feed` is None where the backend has none, `checkout` where the manifests are not in Git."""

    states: WatchStates
    feed: ChangeFeed | None = None
    checkout: WatchedCheckout | None = None
    pace: SharedPace | None = None
