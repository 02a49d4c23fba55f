"""What is served over HTTP until it is interrupted: the embedded backend, and the receiver of notifications."""

from reconciler.wiring.embedded import Served, serve_backend
from reconciler.wiring.sidecar import ListenOptions, ServingInfo, serve_sidecar

__all__ = ["ListenOptions", "Served", "ServingInfo", "serve_backend", "serve_sidecar"]
