"""What is served over HTTP until it is interrupted: the embedded backend, the receiver of notifications, the console."""

from reconciler.wiring.console.console_server import serve_console
from reconciler.wiring.embedded import BackendOptions, Served, serve_backend
from reconciler.wiring.services.listening import ListenAddress
from reconciler.wiring.sidecar import ListenOptions, ServingInfo, serve_sidecar

__all__ = [
    "BackendOptions",
    "ListenAddress",
    "ListenOptions",
    "Served",
    "ServingInfo",
    "serve_backend",
    "serve_console",
    "serve_sidecar",
]
