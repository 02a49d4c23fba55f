"""What the sidecar's tests share."""

import io
import logging

import pytest
import structlog

from reconciler.ipn.telemetry import logs
from tests.ipn.receiver_harness import open_desk


@pytest.fixture
def desk(tmp_path):
    opened = open_desk(tmp_path)
    yield opened
    opened.store.close()


@pytest.fixture
def log():
    """What is logged during the test."""
    stream = io.StringIO()
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)  # a server of another test in this process set it
    logs.configure(stream)
    yield stream
    structlog.reset_defaults()
    for name in ("uvicorn", "asyncio"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)
