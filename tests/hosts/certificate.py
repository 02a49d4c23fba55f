"""A certificate for one address, which signs itself: clients trust it by SSL_CERT_FILE."""

from __future__ import annotations

import subprocess
from pathlib import Path


def write_certificate(folder: Path, address: str) -> Path:
    """`server.pem` and `server.key`; the certificate. It is valid since yesterday: the clock of a host may be slow."""
    words = [
        "faketime",
        "-f",
        "-1d",
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    words += ["-keyout", str(folder / "server.key"), "-out", str(folder / "server.pem"), "-subj", "/CN=backend"]
    words += ["-addext", f"subjectAltName=IP:{address}"]
    subprocess.run(words, check=True, capture_output=True)
    return folder / "server.pem"
