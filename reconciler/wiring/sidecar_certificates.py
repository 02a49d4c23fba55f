"""The signing certificates of the sidecar: Amazon's, kept on disk, or those that the operator pinned."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from reconciler.adapters.settings.settings import Settings
from reconciler.lib.frozen_class import frozen
from reconciler.wiring.payments import signing_keys
from reconciler.wiring.runtime import clock

if TYPE_CHECKING:
    from reconciler.ipn.receive.certificate_cache import CertificateCache
    from reconciler.ipn.receive.message_verifier import MessageVerifier
    from reconciler.ipn.runtime.backgrounds import Background
    from reconciler.ipn.telemetry.metrics import Metrics
    from reconciler.ports.shop_directory import ShopDirectory

KEPT_CERTIFICATES: Final = ".reconciler/signing-certificates"


@frozen
class SidecarCertificates:
    """`others` is for topics that are not configured: nothing in it is kept over a restart."""

    cache: CertificateCache
    others: CertificateCache
    backgrounds: Mapping[str, Background]


@asynccontextmanager
async def sidecar_certificates(settings: Settings, metrics: Metrics) -> AsyncIterator[SidecarCertificates]:
    from reconciler.adapters.files.certificate_files import FolderOfCertificates
    from reconciler.ipn.receive.certificate_cache import OTHERS, CertificateCache
    from reconciler.ipn.receive.kept_certificates import KeptCertificates
    from reconciler.ipn.receive.pinned_certificates import PinnedCertificateCheck
    from reconciler.ipn.telemetry.metrics import CountedKeys

    pinned = settings.sidecar.certificates
    async with signing_keys(settings) as keys:
        counted = CountedKeys(keys, metrics)
        others = CertificateCache(counted, clock(), OTHERS, pinned=pinned is not None)
        if pinned is not None:
            check = PinnedCertificateCheck(FolderOfCertificates(pinned, private=False), metrics, clock())
            cache = CertificateCache(counted, clock(), pinned=True)
            yield SidecarCertificates(cache=cache, others=others, backgrounds={"certificates": check.run})
            return
        kept = KeptCertificates(FolderOfCertificates(settings.root / KEPT_CERTIFICATES, private=True), metrics)
        cache = CertificateCache(counted, clock(), kept=kept)
        await cache.load()
        yield SidecarCertificates(cache=cache, others=others, backgrounds={})


def message_verifier(
    settings: Settings, certificates: SidecarCertificates, directory: ShopDirectory
) -> MessageVerifier:
    from reconciler.ipn.receive.message_verifier import MessageVerifier, TrustPolicy

    trusted = TrustPolicy(
        topics=settings.sidecar.topics,
        environment=settings.environment.value,
        max_age=settings.sidecar.max_age,
        sha1=settings.sidecar.sha1,
    )
    return MessageVerifier(directory, certificates.cache, certificates.others, trusted)
