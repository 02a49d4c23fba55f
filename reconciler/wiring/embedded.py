"""The embedded backend as an application, and as a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from socket import AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY, create_server, socket
from typing import Any

from reconciler.adapters.documentation import documentation
from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.ports import SetupError
from reconciler.wiring.runtime import bad_setting, client_secret, client_secret_reference, clock, relative_path

EMBEDDED_CLIENT = "reconciler"
IN_PROCESS_CLIENT = "reconciler-in-process"
"""Another than the one that is served: what a command of this machine does must not change the served one's secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What clients need in order to connect."""

    port: int
    client: str
    secret_from: str
    shops: int


def embedded_application(settings: Settings, *, fault_control: bool = False, pages: bool = False) -> Any:
    """The embedded backend over the settings' database, seeded where that is new. Raises SetupError."""
    from reconciler.embedded.app import create_app
    from reconciler.embedded.config import EmbeddedConfig
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
        why = msg("{file}: {message}", file=redact(str(given.database)), message=redact(str(error)))
        hint = msg("Set another file as embedded.database, or move this one; a new one is created")
        raise bad_setting(settings, "embedded.database", why, hint) from None


def embedded_identity(settings: Settings) -> str:
    """Of the world in the settings' database. Raises SetupError."""
    return str(embedded_application(settings).state.world.identity())


def serve_backend(settings: Settings, host: str, port: int, faults: bool, announce: Callable[[Served], None]) -> None:
    """The same application over a socket, until it is interrupted or ended. Raises SetupError, all before it is announced."""
    from reconciler.embedded.serving import serve

    secret, reference = client_secret(settings), client_secret_reference(settings)
    application = embedded_application(settings, fault_control=faults, pages=True)
    client = settings.backend.client_id or EMBEDDED_CLIENT
    application.state.world.ensure_client(client, secret.reveal())
    application.state.world.ensure_user(client, secret.reveal())  # an operator of the screens
    shops = application.state.world.shop_count()
    with listening(host, port) as listener:
        served = Served(port=listener.getsockname()[1], client=client, secret_from=reference.uri, shops=shops)
        serve(application, listener, lambda: announce(served))


def backend_openapi() -> Mapping[str, Any]:
    """The contract as the embedded backend states it."""
    import json

    from reconciler.embedded.app import contract_text

    document: Mapping[str, Any] = json.loads(contract_text())
    return document


def listening(host: str, port: int, option: str = "--port", *, shared: bool = False) -> socket:
    """`option` says which port. `shared`: processes that all say so share it. Raises SetupError."""
    try:
        listener = create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, reuse_port=shared)
    except OSError as error:
        why = msg("Cannot listen on {host}:{port}: {message}", host=host, port=port, message=system_reason(error))
        hint = msg("Choose another port with {option}, or 0 for a free one", option=option)
        raise SetupError(why, hint=hint, code=codes.NOT_LISTENING) from None
    except ValueError:  # no SO_REUSEPORT
        why = msg("This operating system cannot share a port between processes")
        raise SetupError(why, hint=msg("Remove --share-port"), code=codes.NOT_LISTENING) from None
    # asyncio does so only for sockets it made itself; without, an answer waits 40 ms for the peer to acknowledge its head.
    listener.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return listener
