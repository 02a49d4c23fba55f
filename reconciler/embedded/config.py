"""The configuration of the embedded backend, as one frozen value.

It reads no environment and no file; `environment` is where a seed's `{"env": NAME}` is looked up.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any

from reconciler.embedded.contract.times import system_clock
from reconciler.embedded.resources.credential_check import AmazonVerifier, Verifier
from reconciler.embedded.resources.seller_notices import Notify
from reconciler.lib.frozen_class import frozen

DEFAULT_SITE_URL = "https://ipn.platform.example/amazon-pay/{shop_key}"


@frozen
class EmbeddedConfig:
    database: str | Path
    """A file, or an SQLAlchemy URL. In-memory databases are refused: several connections must see one world."""
    seed: str | Path | Mapping[str, Any] | None = None
    """Loaded once, when the database holds no shop yet."""
    clock: Callable[[], datetime] = system_clock
    """Must answer aware times."""
    verifier: Verifier = field(default_factory=AmazonVerifier)
    fault_control: bool = False
    """Serve `/embedded/faults`. Never on a backend that strangers can reach."""
    pages: bool = False
    """Serve the screens at `/admin/`."""
    notify: Notify | None = None
    """Sends the notifications of the practice Seller Central. None: none is sent."""
    changed: Callable[[frozenset[str]], None] | None = None
    """Is called with the changed shops after each transaction. It waits for nothing and raises nothing."""
    mail_listener: socket | None = None
    """Where mails for the shops are received, bound already. None: none are."""
    token_lifetime: int = 3600
    """Seconds an access token lives."""
    busy_timeout: float = 10.0
    """Seconds a writer waits for another writer's transaction."""
    site_url: str = DEFAULT_SITE_URL
    """How the platform issues 販売事業者様サイトURL, with `{shop_key}`."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
