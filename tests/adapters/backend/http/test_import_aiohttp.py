"""Importing aiohttp loads no certificates; what it made then verifies all the same."""

from __future__ import annotations

import subprocess
import sys

CHILD = """
import asyncio, ssl, sys
from reconciler.adapters.backend.http.import_aiohttp import import_without_certificates
import_without_certificates()
import aiohttp

def loaded(context): return context.cert_store_stats()["x509_ca"]
async def context():
    async with aiohttp.ClientSession() as session:
        request = type("Request", (), {"is_ssl": lambda self: True, "ssl": True})()
        return session.connector._get_ssl_context(request)

made = asyncio.run(context())
usual = ssl.create_default_context()
print(loaded(made) == 0, loaded(usual) > 0)
made.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="shop.example")
print(type(made) is ssl.SSLContext, loaded(made) == loaded(usual), made.verify_mode == usual.verify_mode, made.check_hostname)
"""


def test_the_certificates_are_loaded_for_the_first_connection() -> None:
    reported = subprocess.run([sys.executable, "-c", CHILD], check=True, capture_output=True, text=True)
    assert reported.stdout.splitlines() == ["True True", "True True True True"]
