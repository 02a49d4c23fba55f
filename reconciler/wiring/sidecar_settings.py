"""Settings with which no notification could be verified: refused before anything is received. And what `doctor` finds: topics,
certificates, the shops' addresses, and what the notifications so far showed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import anyio

from reconciler.adapters.documentation import documentation
from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.lib.utc import format_utc
from reconciler.ports.inbox import InboxMessage, MailState
from reconciler.ports.inbox_admin import InboxStats
from reconciler.ports.notifications import SidecarFinding
from reconciler.ports.quarantine import RefusedTopic
from reconciler.wiring.runtime import bad_setting, clock, relative_path

_AT_ONCE: Final = 16
_SHOWN: Final = 20
_METHOD_NOT_ALLOWED: Final = 405
_FIX_ADDRESS: Final = msg("Check DNS, the TLS certificate and the proxy, and that `reconciler serve ipn` runs")


def check_sidecar_settings(settings: Settings) -> None:
    """Raises SetupError."""
    if not settings.sidecar.topics:
        why = msg("`ipn.topics` is empty, so no notification can be trusted")
        hint = msg("Set the ARN of Amazon Pay's topic; {page} shows how to find it", page=documentation("ipn.md"))
        raise bad_setting(settings, "ipn.topics", why, hint)
    for topic in settings.sidecar.topics:
        hint_of_region = region_hint(topic)
        if hint_of_region is not None:
            raise bad_setting(settings, "ipn.topics", unknown_region(topic), hint_of_region)
    folder = settings.sidecar.certificates
    if folder is not None and not folder.is_dir():
        why = msg("`ipn.certificates`: the folder {folder} does not exist", folder=relative_path(folder))
        hint = msg("Create it and store Amazon SNS's signing certificates in it, or remove the setting to fetch them")
        raise bad_setting(settings, "ipn.certificates", why, hint)


def unknown_region(topic: str) -> Message:
    partition, region = _of_topic(topic)
    return msg(
        "`ipn.topics`: region `{region}` of {topic} is not a region of the partition `{partition}`",
        region=region,
        topic=topic,
        partition=partition,
    )


def region_hint(topic: str) -> Message | None:
    """What to write instead; None where the region of the topic is known."""
    from reconciler.ipn.verify.certificate_url import PARTITIONS

    partition, region = _of_topic(topic)
    if region in PARTITIONS[partition]:
        return None
    for other, regions in PARTITIONS.items():
        if region in regions:
            return msg("Topics of this region start with `arn:{partition}:sns`", partition=other)
    return suggestion_message(region, PARTITIONS[partition]) or msg(
        "Copy the ARN from a notification: its region has a name such as us-west-2. If AWS opened a new region, upgrade"
    )


def _of_topic(topic: str) -> tuple[str, str]:
    _, partition, _, region, *_ = topic.split(":")
    return partition, region


async def sidecar_findings(settings: Settings) -> Sequence[SidecarFinding]:
    """Raises BackendError, SecretMissing, SetupError."""
    if not settings.sidecar.topics:
        return [SidecarFinding(text=msg("No `ipn.topics`: this project receives no notifications"), unknown=True)]
    return [
        *map(_of_topic_setting, settings.sidecar.topics),
        *await _certificates(settings),
        *await _addresses(settings),
        *await _seen(settings),
    ]


def _of_topic_setting(topic: str) -> SidecarFinding:
    from reconciler.ipn.verify.recipient import AMAZON_ACCOUNTS, account_of

    hint = region_hint(topic)
    if hint is not None:
        return SidecarFinding(text=unknown_region(topic), fix=hint)
    if account_of(topic) in AMAZON_ACCOUNTS:
        return SidecarFinding(text=msg("{topic} belongs to an account of Amazon Pay", topic=topic))
    text = msg("{topic}: the account {account} is not known as Amazon Pay's", topic=topic, account=account_of(topic))
    return SidecarFinding(text=text, fix=msg("Ask Amazon whether it is theirs: its owner could send any message"))


async def _certificates(settings: Settings) -> list[SidecarFinding]:
    folder = settings.sidecar.certificates
    if folder is None:
        return [SidecarFinding(text=msg("Signing certificates are fetched from Amazon SNS"))]
    from reconciler.adapters.files.certificate_files import FolderOfCertificates
    from reconciler.ipn.receive.pinned_certificates import pinned_end

    found = pinned_end(await FolderOfCertificates(folder, private=False).read_all())
    shown = relative_path(folder)
    return [
        _pinned(found.end, shown),
        *(
            SidecarFinding(
                text=msg("{file} in the folder {folder} is not a signing certificate", file=name, folder=shown),
                fix=msg("Remove it, or store the certificate again under the name that its address ends with"),
            )
            for name in found.unusable[:_SHOWN]
        ),
    ]


def _pinned(end: datetime | None, folder: str) -> SidecarFinding:
    from reconciler.ipn.receive.pinned_certificates import WARN_BEFORE

    now = clock().now()
    if end is None or end <= now:
        text = msg("The folder {folder} has no valid signing certificate", folder=folder)
        fix = msg("Store Amazon SNS's present certificate in it, or remove `ipn.certificates`")
        return SidecarFinding(text=text, fix=fix)
    if end - now > WARN_BEFORE:
        return SidecarFinding(text=msg("The last pinned certificate is valid until {end}", end=format_utc(end)))
    text = msg(
        "The last pinned certificate ends at {end}; days left: {days}", end=format_utc(end), days=(end - now).days
    )
    fix = msg(
        "Amazon changes to its next certificate before that: add it to the folder {folder} as soon as the log names it, or"
        " remove `ipn.certificates`",
        folder=folder,
    )
    return SidecarFinding(text=text, fix=fix)


async def _addresses(settings: Settings) -> list[SidecarFinding]:
    """Of each shop with a SellerId: 405 to a GET is the sidecar's own answer."""
    from reconciler.adapters.shop_directory import identity_of
    from reconciler.adapters.sns.post import status_of
    from reconciler.wiring.payments import payment_adapters

    urls: list[str] = []
    async with payment_adapters(settings) as side:
        listed = [shop async for shop in side.observer.shops()]
        async for observed in side.observer.observe(listed):
            identity = identity_of(observed)
            if identity is not None and identity.seller_id is not None and identity.site_url is not None:
                urls.append(identity.site_url)
    answers: dict[str, int | None] = {}
    limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def ask(url: str) -> None:
        async with limiter:
            answers[url] = await status_of(url)

    async with anyio.create_task_group() as group:
        for url in urls:
            group.start_soon(ask, url)
    wrong = sorted(url for url, status in answers.items() if status != _METHOD_NOT_ALLOWED)
    found = [_unreachable(url, answers[url]) for url in wrong[:_SHOWN]]
    if len(wrong) > _SHOWN:
        found.append(SidecarFinding(text=msg("{count} more addresses", count=len(wrong) - _SHOWN), fix=_FIX_ADDRESS))
    fine = len(answers) - len(wrong)
    if fine:
        found.insert(0, SidecarFinding(text=msg("Addresses at which the sidecar answers: {count}", count=fine)))
    return found


def _unreachable(url: str, status: int | None) -> SidecarFinding:
    if status is None:
        return SidecarFinding(text=msg("{url} does not answer", url=url), fix=_FIX_ADDRESS)
    return SidecarFinding(text=msg("{url} answers {status}, not the sidecar", url=url, status=status), fix=_FIX_ADDRESS)


async def _seen(settings: Settings) -> list[SidecarFinding]:
    """What the first notifications showed: topics that are missing, or that notifications arrive at all."""
    from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
    from reconciler.adapters.store.inbox.io import open_inbox_readonly
    from reconciler.wiring.payments import inbox_exists, store_errors

    nothing = SidecarFinding(
        text=msg("No notification was received yet: send a test from Seller Central"), unknown=True
    )
    if not inbox_exists(settings):
        return [nothing]
    with open_inbox_readonly(settings.sidecar.inbox) as store, store_errors():
        admin = StoreInboxAdmin(store)
        counts, newest = await admin.counts(), await admin.newest_by_kind()
    problems = [_missing_topic(each) for each in counts.refused_topics if each.source.needs_attention]
    problems += _mails(counts, configured=settings.sidecar.mail is not None)
    received = sum(counts.messages.values())
    if not received:
        return problems or [nothing]
    inbox = SidecarFinding(text=msg("Notifications in the inbox: {count}", count=received))
    return [inbox, *_accepted_topics(newest), *problems]


def _accepted_topics(newest: Sequence[InboxMessage]) -> list[SidecarFinding]:
    """Of the newest message of each kind: its body was verified, and holds the topic."""
    from reconciler.ipn.verify.json_object import read_object

    by_topic: dict[str, list[InboxMessage]] = {}
    for entry in newest:
        by_topic.setdefault(str(read_object(entry.arrival.body.decode()).get("TopicArn")), []).append(entry)
    return [
        SidecarFinding(
            text=msg(
                "Accepted from {topic}: {kinds}; the last one at {at}",
                topic=topic,
                kinds=", ".join(sorted(entry.arrival.kind for entry in entries)),
                at=format_utc(max(entry.arrival.received for entry in entries)),
            )
        )
        for topic, entries in sorted(by_topic.items())
    ]


def _mails(counts: InboxStats, *, configured: bool) -> list[SidecarFinding]:
    """Those that need a person."""
    undelivered = sum(count for state, count in counts.mails.items() if state.undelivered)
    waiting = counts.mails.get(MailState.OWED, 0)
    found = []
    if undelivered:
        fix = msg("`reconciler ipn mails list --undelivered` shows why; fix the address, or send them again")
        found.append(
            SidecarFinding(text=msg("Mails to shops that did not arrive: {count}", count=undelivered), fix=fix)
        )
    if waiting and not configured:
        text = msg("Mails to shops that wait, since `ipn.mail` is not set: {count}", count=waiting)
        found.append(SidecarFinding(text=text, fix=msg("Set `ipn.mail` and restart the sidecar")))
    return found


def _missing_topic(found: RefusedTopic) -> SidecarFinding:
    text = msg(
        "Refused, signed for {topic}, SellerId {seller}: {count}",
        topic=found.topic,
        seller=found.seller or "-",
        count=found.copies,
    )
    fix = msg(
        "If the account {account} is Amazon Pay's: fix `ipn.topics` or the SellerId, restart the sidecar, then run"
        " `reconciler ipn readmit --topic {topic}`",
        account=found.topic.split(":")[4],
        topic=found.topic,
    )
    return SidecarFinding(text=text, fix=fix)
