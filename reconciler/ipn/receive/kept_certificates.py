"""Certificates that verified a message, on disk: after a restart no stranger can keep them from being requested.

Only a certificate under which a signature was good is kept, so a stranger cannot fill the folder. What is read from a file is
checked as if it had just been fetched: one PEM, the name of its region's host, strength and use. A file that fails is ignored
and reported; its address still counts as known, because only addresses that verified a message get a file.

The number of files is bounded: the certificates that end first go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import structlog

from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify.certificate import Certificate, NotOneCertificate, check, read
from reconciler.ipn.verify.certificate_url import PARTITIONS, certificate_host, signing_name
from reconciler.ipn.verify.reasons import Refused
from reconciler.lib.frozen_class import frozen
from reconciler.ports.signing_keys import CertificateFile, CertificateFiles

MOST: Final = 16
"""Amazon changes its certificate about once a year, and one serves all regions."""

_NAME: Final = re.compile(r"([a-z0-9-]{4,32})\.([0-9a-f]{32})\.pem")
_ADDRESS: Final = re.compile(
    r"https://sns\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/SimpleNotificationService-(.{32})\.pem"
)
_log = structlog.get_logger()


@frozen
class KeptCertificate:
    """`certificate` None: the file is there and not usable."""

    url: str
    certificate: Certificate | None


class KeptCertificates:
    def __init__(self, files: CertificateFiles, metrics: Metrics) -> None:
        self._files = files
        self._metrics = metrics
        self._held: dict[str, Certificate] = {}

    async def load(self) -> Sequence[KeptCertificate]:
        """Those that end last, MOST of them. Raises nothing."""
        try:
            found = await self._files.read_all()
        except OSError as error:
            self._ignored("", type(error).__name__)
            return []
        kept = [known for file in found if (known := self._judged(file)) is not None]
        whole = sorted((one for one in kept if one.certificate is not None), key=_end, reverse=True)[:MOST]
        self._held = {_name(one.url): one.certificate for one in whole if one.certificate is not None}
        return [*whole, *(one for one in kept if one.certificate is None)][:MOST]

    async def keep(self, url: str, certificate: Certificate) -> None:
        """A folder that cannot be written costs a request after the next restart, and no message."""
        name = _name(url)
        try:
            await self._files.write(name, certificate.pem)
            self._held[name] = certificate
            for gone in sorted(self._held, key=lambda held: self._held[held].not_after)[:-MOST]:
                del self._held[gone]
                await self._files.remove(gone)
        except OSError as error:
            self._metrics.certificate_file("not-written")
            _log.warning("certificate-not-kept", file=name, error=type(error).__name__)
            return
        self._metrics.certificate_file("written")

    def _judged(self, file: CertificateFile) -> KeptCertificate | None:
        """None for a file that is not one of ours."""
        found = _NAME.fullmatch(file.name)
        if found is None or not any(found[1] in regions for regions in PARTITIONS.values()):
            self._ignored(file.name, "name")
            return None
        url = f"https://{certificate_host(found[1])}/SimpleNotificationService-{found[2]}.pem"
        if file.content is None:
            self._ignored(file.name, file.problem)
            return KeptCertificate(url=url, certificate=None)
        try:
            certificate = read(file.content)
            check(certificate, signing_name(found[1]))
        except (NotOneCertificate, Refused) as error:
            self._ignored(file.name, str(error.ground) if isinstance(error, Refused) else "not-one-certificate")
            return KeptCertificate(url=url, certificate=None)
        self._metrics.certificate_file("read")
        return KeptCertificate(url=url, certificate=certificate)

    def _ignored(self, name: str, reason: str) -> None:
        self._metrics.certificate_file("ignored")
        _log.warning("certificate-file-ignored", file=name, reason=reason)


def _name(url: str) -> str:
    found = _ADDRESS.fullmatch(url)
    assert found is not None
    return f"{found[1]}.{found[2]}.pem"


def _end(kept: KeptCertificate) -> float:
    return 0.0 if kept.certificate is None else kept.certificate.not_after.timestamp()
