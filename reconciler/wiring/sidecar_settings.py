"""Settings with which no notification could be verified: refused before anything is received."""

from __future__ import annotations

from reconciler.adapters.documentation import documentation
from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.wiring.runtime import bad_setting, relative_path


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
