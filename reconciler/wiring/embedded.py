"""The embedded backend as an application, and as a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from socket import socket
from typing import Any

from reconciler.adapters.documentation import documentation
from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.wiring.runtime import bad_setting, client_secret, client_secret_reference, clock, relative_path
from reconciler.wiring.services.listening import ListenAddress, listening

EMBEDDED_CLIENT = "reconciler"
IN_PROCESS_CLIENT = "reconciler-in-process"
"""Another than the one that is served: what a command of this machine does must not change the served one's secret."""


@frozen
class Served:
    """What clients need in order to connect."""

    address: str
    client: str
    secret_from: str
    shops: int
    mail_port: int | None = None


def embedded_application(settings: Settings, *, fault_control: bool = False, pages: bool = False, **words: Any) -> Any:
    """The embedded backend over the settings' database, seeded where that is new; `words` are those of EmbeddedConfig.

    Raises SetupError.
    """
    from reconciler.embedded.app import create_app
    from reconciler.embedded.config import DEFAULT_SITE_URL, EmbeddedConfig
    from reconciler.embedded.seeding.seed import SeedError
    from reconciler.embedded.storage.database import DatabaseError

    given = settings.embedded
    config = EmbeddedConfig(
        database=given.database,
        seed=given.seed,
        environment=os.environ,
        clock=clock().now,
        fault_control=fault_control,
        pages=pages,
        site_url=given.site_url or DEFAULT_SITE_URL,
        **words,
    )
    try:
        return create_app(config)
    except SeedError as error:
        text = str(error).replace(":\n  ", ": ").replace("\n  ", "; ")
        why = msg("{file}: {message}", file=redact(relative_path(given.seed or Path())), message=redact(text))
        hint = msg(
            "Fix the seed, or set the variable that it names; {page} shows its form", page=documentation("embedded.md")
        )
        raise bad_setting(settings, "embedded.seed", why, hint) from None
    except (DatabaseError, OSError) as error:
        raise _unusable_database(settings, error) from None


def _unusable_database(settings: Settings, error: Exception) -> SetupError:
    why = msg("{file}: {message}", file=redact(str(settings.embedded.database)), message=redact(str(error)))
    hint = msg("Set another file as embedded.database, or move this one; a new one is created")
    return bad_setting(settings, "embedded.database", why, hint)


def embedded_identity(settings: Settings) -> str:
    """Of the world in the settings' database. Raises SetupError."""
    return str(embedded_application(settings).state.world.identity())


@frozen
class BackendOptions:
    """Where it listens. `mails`: where mails for the shops are received, on this machine only, also where the screens are
    not, so that no other machine can send them; None: none are received.
    """

    address: ListenAddress
    faults: bool = False
    mails: ListenAddress | None = None


def serve_backend(settings: Settings, options: BackendOptions, announce: Callable[[Served], None]) -> None:
    """The same application over a socket, until it is interrupted or ended. Raises SetupError, all before it is announced."""
    from reconciler.embedded.serving import serve_embedded
    from reconciler.serving.listener import http_address, port_of
    from reconciler.wiring.practice.change_webhook import change_webhook
    from reconciler.wiring.practice.seller_notifier import SellerNotifier

    secret, reference = client_secret(settings), client_secret_reference(settings)
    client = settings.backend.client_id or EMBEDDED_CLIENT
    with (
        _mail_listener(options.mails) as mails,
        closing(SellerNotifier(settings)) as notifier,
        change_webhook(settings) as changed,
    ):
        application = embedded_application(
            settings, fault_control=options.faults, pages=True, notify=notifier, mail_listener=mails, changed=changed
        )
        _require_writable(settings, application)
        application.state.world.ensure_client(client, secret.reveal())
        application.state.world.ensure_user(client, secret.reveal())  # an operator of the screens
        shops = application.state.world.shop_count()
        with listening(options.address) as listener:
            served = Served(
                address=http_address(options.address.host, port_of(listener)),
                client=client,
                secret_from=reference.uri,
                shops=shops,
                mail_port=None if mails is None else port_of(mails),
            )

            def ready() -> None:
                notifier.prepare()
                announce(served)

            serve_embedded(application, listener, ready)


def _require_writable(settings: Settings, application: Any) -> None:
    """Raises SetupError: a backend that can only be read would refuse the first write of an apply."""
    from reconciler.embedded.storage.database import DatabaseError

    try:
        application.state.services.database.check_writable()
    except DatabaseError as error:
        raise _unusable_database(settings, error) from None


def _mail_listener(address: ListenAddress | None) -> AbstractContextManager[socket | None]:
    """Raises SetupError."""
    if address is None:
        return nullcontext()
    import aiosmtpd  # noqa: F401  # before it is announced

    return listening(address)


def backend_openapi() -> Mapping[str, Any]:
    """The contract as the embedded backend states it."""
    import json

    from reconciler.embedded.app import contract_text

    document: Mapping[str, Any] = json.loads(contract_text())
    return document
