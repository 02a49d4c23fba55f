"""The embedded backend over a socket that is already bound, until SIGINT or SIGTERM."""

import logging
import signal
import sys
from collections.abc import Callable
from socket import socket

import uvicorn
from fastapi import FastAPI

from reconciler.embedded.faults.middleware import HideInjectedDisconnects
from reconciler.lib.output_queue import OutputQueue, QueuedLog


def serve(application: FastAPI, listener: socket, announce: Callable[[], None]) -> None:
    """Blocks; returns once the server has stopped. `announce` is called when a signal would already stop it in order."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises again what ended it
    try:
        announce()
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        logging.getLogger("uvicorn.error").addFilter(HideInjectedDisconnects())
        _log_in_a_thread()
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def _log_in_a_thread() -> None:
    """An unread stderr blocks no response."""
    for handler in logging.getLogger("uvicorn").handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream in (sys.stderr, sys.stdout):
            handler.setStream(QueuedLog(OutputQueue(handler.stream.fileno())))
