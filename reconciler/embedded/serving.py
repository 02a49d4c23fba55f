"""The embedded backend over a socket that is already bound, until SIGINT or SIGTERM."""

import logging
from collections.abc import Callable
from functools import partial
from socket import socket

import anyio
from fastapi import FastAPI

from reconciler.embedded.faults.middleware import HideInjectedDisconnects
from reconciler.embedded.monitoring import monitored
from reconciler.serving.server import serve
from reconciler.serving.server_log import stderr_stream


def serve_embedded(application: FastAPI, listener: socket, announce: Callable[[], None]) -> None:
    """Blocks; returns once the server has stopped. `announce` is called when it listens, and a signal would stop it in order."""
    _log_in_a_thread()
    anyio.run(partial(serve, monitored(application), [listener], on_ready=lambda _port: announce()))


def _log_in_a_thread() -> None:
    """Uvicorn's warnings and errors on stderr; an unread one blocks no response."""
    handler = logging.StreamHandler(stderr_stream())
    handler.setFormatter(logging.Formatter("%(levelname)s:     %(message)s"))
    logger = logging.getLogger("uvicorn")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(HideInjectedDisconnects())
