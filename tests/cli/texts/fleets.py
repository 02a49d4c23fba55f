"""The states of a small fleet in which commands are called, each made once and then copied.

`fleet/` holds the manifests and the backend's data: one shop goes live, three shops get the same new default, one shop turns
Amazon Pay off, which a guard holds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.drift.finding_id import finding_id
from reconciler.core.planning.leaves import leaf_digest
from reconciler.core.values import ShopKey
from reconciler.embedded.actors.world import World
from reconciler.ports.ci.reviews import DeferredApply, PullRequestKey
from reconciler.ports.inbox import (
    Completion,
    MailState,
    MessageStatus,
    PendingMail,
    ReceivedMessage,
)
from reconciler.ports.mailer import MailProblem, MailReply
from reconciler.ports.quarantine import CopySource, RejectedMessage, SignedOrigin
from reconciler.wiring.session import Settings, load_settings, open_session
from tests.cases.night_clock import NightClock
from tests.cli.conftest import environment
from tests.support.sns_signer import Signer, capture_message

SHOPS = ("kobe-coffee", "kyoto-tea", "nara-brush", "osaka-knives", "uji-cups")
TOKENS = {
    f"{shop.upper().replace('-', '_')}_TOKEN": f"amzn.mws.{uuid.uuid5(uuid.NAMESPACE_URL, shop)}"
    for shop in (*SHOPS, "matsue-clay")
}
ROOT = Path(__file__).parents[3]
REFERENCE = "P03-1234567-1234567"
SELLER = "A1UJICUPS00000"
ORDER = "100000020732"
NOW = NightClock().now()
TABLE = """\
shop,group,seller_id,client_id,mws_auth_token,email,labels.wave
matsue-clay,standard,A1MATSUECLAY00,amzn1.application-oa2-client.0123456789abcdef0123456789abcdef,ref+env://MATSUE_CLAY_TOKEN,pay@matsue-clay.example,rest
"""
KILLED = """
import os, signal
from reconciler.adapters import clock
from tests.cases.night_clock import NightClock
clock.SystemClock = NightClock
from reconciler.core.runs.events import StepDone, WaveStarted
from reconciler.wiring import store
made = store.journal
class Deadly:
    def __init__(self, inner):
        self.inner, self.record_lazily, self.record_intent = inner, inner.record_lazily, inner.record_intent
    async def record(self, event):
        await self.inner.record(event)
        if isinstance(event, StepDone) and event.shop == "kyoto-tea" and event.step == 2:
            os.kill(os.getpid(), signal.SIGKILL)
store.journal = lambda *given: Deadly(made(*given))
from reconciler.cli import main
main()
"""
FINDING = finding_id("production-embedded", "nara-brush", "amazon.notification.email", "drifted")[:8]
Call = Callable[..., object]
"""Runs the tool in this process, in the working directory."""


def empty(_run: Call) -> None:
    """A folder with nothing in it."""


def fleet(_run: Call) -> None:
    shutil.copytree(Path(__file__).parent / "fleet", Path.cwd(), dirs_exist_ok=True)


def broken(run: Call) -> None:
    """A misspelt key, and a wrong type."""
    fleet(run)
    rewrite("nara-brush", "email:", "emial:")
    rewrite("uji-cups", "wave: rest", "wave: [rest]")


def deferred(run: Call) -> None:
    """One shop waits for its window."""
    fleet(run)
    settings = load_settings(Path("reconciler.yaml"))
    assert isinstance(settings, Settings), settings
    session = open_session(settings)
    approved = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    request = PullRequestKey(fleet=session.target.fleet_name, place="github:kyoto-tea/shops", number=17)
    apply = DeferredApply(
        request=request,
        shop=ShopKey("kyoto-tea"),
        head="a" * 40,
        leaf=leaf_digest("kyoto-tea"),
        approved=approved,
        expires=approved + timedelta(days=7),
        since=approved + timedelta(hours=1),
    )
    with session.reviews() as reviews:
        assert reviews is not None
        reviews.defer([apply])


def untidy(run: Call) -> None:
    """A manifest in another style."""
    fleet(run)
    rewrite("uji-cups", "labels:\n  wave: rest\n", "labels: {wave: 'rest'}\n")


def planned(run: Call) -> None:
    fleet(run)
    run("plan", "--out", "plan.json")


def applied(run: Call) -> None:
    fleet(run)
    run("apply", "--auto-approve")


def strayed(run: Call) -> None:
    """After an apply a merchant changed two values; one of them was changed in Git as well."""
    applied(run)
    with world() as opened:
        opened.merchant_edits("nara-brush", {"notificationEmail": "private@nara-brush.example", "preOrder": False})
        opened.merchant_edits("uji-cups", {"notificationEmail": "private@uji-cups.example"})
    rewrite("uji-cups", "amazon-pay@uji-cups.example", "desk@uji-cups.example")


def watched(run: Call) -> None:
    """The same, and a drift check recorded it."""
    strayed(run)
    run("drift")


def committed(run: Call) -> None:
    """The same, with the manifests in Git; one line was changed since."""
    watched(run)
    day = "2026-11-20T03:00:00+00:00"
    hanako = {"GIT_AUTHOR_NAME": "Hanako", "GIT_AUTHOR_EMAIL": "hanako@example.test", "GIT_AUTHOR_DATE": day}
    same = {"GIT_COMMITTER_NAME": "Hanako", "GIT_COMMITTER_EMAIL": "hanako@example.test", "GIT_COMMITTER_DATE": day}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for words in ("init -q", "add shops", "commit -q -m shops"):
        subprocess.run(["git", *words.split()], check=True, env=os.environ | hanako | same | quiet)
    rewrite("uji-cups", "desk@uji-cups.example", "counter@uji-cups.example")


def killed(run: Call) -> None:
    """A rollout was killed in its first wave, while kyoto-tea was closed."""
    fleet(run)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, "apply", "--waves", "canary,100%", "--auto-approve"],
        env=environment(**TOKENS, PYTHONPATH=str(ROOT), RECONCILER_ACTOR="hanako"), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def tabled(run: Call) -> None:
    """A table with a new shop, which the backend has."""
    fleet(run)
    file = Path("world.json")
    data = json.loads(file.read_text())
    data["shops"].append({"shopKey": "matsue-clay", "entitlements": {"commerceCreator": "RUNNING"}})
    file.write_text(json.dumps(data))
    Path("new-shops.csv").write_text(TABLE)


def imported(run: Call) -> None:
    """Live shops, and no manifests yet."""
    fleet(run)
    shutil.rmtree("shops")


def keyed(run: Call) -> None:
    fleet(run)
    Path(".reconciler").mkdir()
    Path(".reconciler/plan.key").write_text("0123456789abcdef" * 4 + "\n")
    Path(".reconciler/plan.key").chmod(0o600)


def received(run: Call) -> None:
    """Three notifications: one paid, one that waits, one parked; copies of two refused messages, one of them signed."""
    fleet(run)
    anyio.run(_receive)


def undelivered(run: Call) -> None:
    """The same, and two failed payments: the mail about one was refused, the outcome of the other is unknown."""
    received(run)
    anyio.run(_decline)


def charged(run: Call) -> None:
    """A captured order, for which no notification arrived."""
    fleet(run)
    Path("pinned").mkdir()
    file = Path("world.json")
    charge = {"chargeId": f"{REFERENCE}-C000001", "shopKey": "uji-cups", "chargePermissionId": REFERENCE}
    file.write_text(json.dumps(json.loads(file.read_text()) | {"charges": [charge]}))


async def _receive() -> None:
    store = open_store(Path(".reconciler/inbox.db"))
    inbox, queue = StoreInbox(store), StoreWorkQueue(store, NightClock())
    for number, shop in enumerate(("uji-cups", "uji-cups", "kobe-coffee"), start=1):
        await inbox.keep(_message(number, ShopKey(shop)))
    await queue.complete(1, Completion(status=MessageStatus.DONE, reason="paid", at=NOW, order=ORDER))
    parked = Completion(
        status=MessageStatus.PARKED, reason="unknown-order", at=NOW, next_try=NOW + timedelta(minutes=1)
    )
    await queue.complete(3, parked)
    refusal = RejectedMessage(received=NOW, shop=ShopKey("uji-cups"), reason="bad-signature", body=b"unreadable")
    await inbox.quarantine(refusal)
    await inbox.quarantine(_signed_for_a_topic_that_was_missing())
    store.close()


async def _decline() -> None:
    store = open_store(Path(".reconciler/inbox.db"))
    inbox, queue, outbox = StoreInbox(store), StoreWorkQueue(store, NightClock()), StoreOutbox(store)
    shop = ShopKey("uji-cups")
    refused = MailReply(problem=MailProblem.RECEIVER_REFUSED, code=550, text="5.1.1 <address>: no such user here")
    lost = MailReply(problem=MailProblem.CONNECTION_LOST)
    for number, (state, reply) in enumerate(((MailState.FAILED, refused), (MailState.UNKNOWN, lost)), start=1):
        await inbox.keep(_message(number + 3, shop))
        mail = PendingMail(
            event=f"capture:{REFERENCE}-C{number + 3:06d}:Declined",
            shop=shop,
            to="amazon-pay@uji-cups.example",
            subject="Amazonペイメント処理失敗通知",
            text="",
            order=ORDER,
        )
        done = Completion(status=MessageStatus.DONE, reason="declined", at=NOW, order=ORDER, mail=mail)
        await queue.complete(number + 3, done)
        await outbox.mark(number, state, NOW + timedelta(seconds=5), was=MailState.OWED, reply=reply)
    store.close()


def _signed_for_a_topic_that_was_missing() -> RejectedMessage:
    """It is configured by now."""
    topic = f"arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{SELLER}"
    signer = Signer(topic=topic, start=NOW, end=NOW + timedelta(days=90))
    Path("pinned").mkdir()
    Path("pinned", signer.url.rpartition("/")[2]).write_bytes(signer.pem)
    message_id = "00000000-0000-4000-8000-000000000017"
    message = capture_message(SellerId=SELLER, capture=f"{REFERENCE}-C000017")
    origin = SignedOrigin(
        message_id=message_id,
        digest="another",
        topic=topic,
        kind="PaymentCapture",
        seller=SELLER,
        source=CopySource.OURS,
    )
    return RejectedMessage(
        received=NOW,
        shop=ShopKey("uji-cups"),
        reason="unknown-topic",
        body=signer.body(message, message_id=message_id, published=NOW),
        signed=origin,
    )


def _message(number: int, shop: ShopKey) -> ReceivedMessage:
    return ReceivedMessage(
        message_id=f"00000000-0000-4000-8000-{number:012d}",
        shop=shop,
        published=NOW,
        received=NOW + timedelta(seconds=number),
        kind="PaymentCapture",
        object_id=f"{REFERENCE}-C{number:06d}",
        lane=REFERENCE,
        status=MessageStatus.WAITING,
        body=b"{}",
    )


def rewrite(shop: str, old: str, new: str) -> None:
    file = Path("shops") / f"{shop}.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


@contextmanager
def world() -> Iterator[World]:
    opened = World.open(Path(".reconciler/embedded.db"), clock=NightClock().now)
    try:
        yield opened
    finally:
        opened.close()
