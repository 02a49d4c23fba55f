"""An operator who pinned certificates is warned before the last of them ends."""

from datetime import timedelta

import anyio
import pytest

from reconciler.adapters.files.certificate_files import FolderOfCertificates
from reconciler.ipn.receive.pinned_certificates import WARN_BEFORE, PinnedCertificateCheck
from tests.ipn.receiver_harness import lines_of
from tests.ipn.runtime.test_housekeeping import look
from tests.ipn.worker_harness import StillClock
from tests.support.sns_signer import NOW, Signer
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def pin(folder, signer: Signer) -> str:
    name = signer.url.rpartition("/")[2]
    (folder / name).write_bytes(signer.pem)
    return name


async def warned(desk, folder, log, *hours: int) -> list[dict]:
    """What is logged at the start, and after each of these hours."""
    clock = StillClock()
    check = PinnedCertificateCheck(FolderOfCertificates(folder, private=False), desk.metrics, clock)
    async with anyio.create_task_group() as group:
        group.start_soon(check.run)
        await until(lambda: clock._sleepers)
        for more in hours:
            await look(clock, hours=more)
        await until(lambda: clock._sleepers)
        group.cancel_scope.cancel()
    return [
        {key: value for key, value in line.items() if key not in {"timestamp", "event"}} | {"event": line["event"]}
        for line in lines_of(log)
    ]


async def test_it_warns_every_day_from_sixty_days_before_the_end(desk, tmp_path, log):
    end = NOW + WARN_BEFORE + HOUR
    pin(tmp_path, Signer(mark=1, end=end - 100 * HOUR))
    name = pin(tmp_path, Signer(mark=2, end=end))
    line = {"event": "pinned-certificates-end", "file": name, "end": end.isoformat(), "alarm": True, "level": "warning"}
    assert await warned(desk, tmp_path, log) == []
    assert desk.counted("certificate_end_timestamp_seconds") == {'{source="pinned"}': end.timestamp()}
    assert await warned(desk, tmp_path, log, 24, 1, 1, 22) == [line, line]


async def test_after_the_end_it_is_an_error(desk, tmp_path, log):
    pin(tmp_path, Signer(end=NOW - HOUR))
    (line,) = await warned(desk, tmp_path, log)
    assert (line["event"], line["level"]) == ("pinned-certificates-end", "error")


async def test_a_new_certificate_ends_the_warning_without_a_restart(desk, tmp_path, log):
    clock = StillClock()
    pin(tmp_path, Signer(mark=1, end=NOW + HOUR))
    check = PinnedCertificateCheck(FolderOfCertificates(tmp_path, private=False), desk.metrics, clock)
    async with anyio.create_task_group() as group:
        group.start_soon(check.run)
        await until(lambda: "pinned-certificates-end" in log.getvalue())
        new = Signer(mark=2, end=NOW + 10_000 * HOUR)
        pin(tmp_path, new)
        await look(clock, hours=25)
        await until(lambda: clock._sleepers)
        group.cancel_scope.cancel()
    assert desk.counted("certificate_end_timestamp_seconds") == {'{source="pinned"}': new.end.timestamp()}
    assert log.getvalue().count("pinned-certificates-end") == 1


async def test_a_folder_without_a_certificate_is_an_error_and_what_is_none_is_named(desk, tmp_path, log):
    (tmp_path / "amazon.pem").write_bytes(Signer().pem)
    (tmp_path / f"SimpleNotificationService-{1:032x}.pem").write_bytes(b"rubbish")
    lines = await warned(desk, tmp_path, log)
    assert [(line["event"], line.get("file")) for line in lines] == [
        ("pinned-certificate-unusable", f"SimpleNotificationService-{1:032x}.pem"),
        ("pinned-certificate-unusable", "amazon.pem"),
        ("pinned-certificates-missing", None),
    ]
    assert desk.counted("certificate_end_timestamp_seconds") == {}
    assert 'certificate_end_timestamp_seconds{source="pinned"} 0.0' in desk.metrics.text().decode()
