"""The embedded backend over a socket that is already bound, until SIGINT or SIGTERM."""

import logging
import signal
from collections.abc import Callable
from socket import socket

import uvicorn
from fastapi import FastAPI

from reconciler.embedded.faults.middleware import HideInjectedDisconnects


def serve(application: FastAPI, listener: socket, announce: Callable[[], None]) -> None:
    """Blocks; returns once the server has stopped. `announce` is called when a signal would already stop it in order."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises again what ended it
    try:
        announce()
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        logging.getLogger("uvicorn.error").addFilter(HideInjectedDisconnects())
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
