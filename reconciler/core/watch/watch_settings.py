"""How a fleet is watched: the part `watch` of the settings."""

from __future__ import annotations

from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen


@frozen
class WebhookSecrets:
    """What signs the webhooks of each sender; None: that one's are not accepted."""

    backend: SecretRef | None = None
    github: SecretRef | None = None
    gitlab: SecretRef | None = None


@frozen
class WatchSettings:
    """Times in seconds. Every shop is looked at within `period`, and the fleet as a whole within `complete`, which also finds
    shops without a manifest. `poll`: how often the feed and Git are read. `batch`: shops in one look. `pull`: the checkout
    follows its remote. `requests_per_second` holds for all requests of the watcher.
    """

    period: int = 21_600
    complete: int = 86_400
    poll: int = 10
    batch: int = 200
    pull: bool = False
    requests_per_second: float = 10.0
    webhooks: WebhookSecrets = WebhookSecrets()
