"""The ports of the servers: bound, or a diagnostic that says how to choose another one."""

from __future__ import annotations

from socket import socket

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError


@frozen
class ListenAddress:
    """Port 0: a free one. `option` and `variable` set the port. `shared`: other processes may listen on it too."""

    host: str
    port: int
    option: str
    variable: str
    shared: bool = False


def listening(address: ListenAddress) -> socket:
    """To be closed by the caller. Raises SetupError."""
    from reconciler.serving.listener import bind

    try:
        return bind(address.host, address.port, shared=address.shared)
    except OSError as error:
        reason = system_reason(error)
        why = msg("Cannot listen on {host}:{port}: {message}", host=address.host, port=address.port, message=reason)
        hint = msg(
            "Choose another port with {option} or {variable}, or 0 for a free one",
            option=address.option,
            variable=address.variable,
        )
        raise SetupError(why, hint=hint, code=codes.NOT_LISTENING) from None
    except ValueError:  # no SO_REUSEPORT
        why = msg("This operating system cannot share a port between processes")
        raise SetupError(why, hint=msg("Remove --share-port"), code=codes.NOT_LISTENING) from None
