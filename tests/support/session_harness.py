"""A session over real files and the embedded backend, as a caller other than the command line opens it: no terminal, no process.

In: a folder. Out: a `Caller` with the session, and what went through its ports. Nothing here imports the command line.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message
from reconciler.core.model.state import Observed
from reconciler.core.planning.plan import Plan
from reconciler.core.planning.waves import Wave
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.runs.recovery import RecoveredShop
from reconciler.core.values import ShopKey
from reconciler.embedded import World
from reconciler.ports import Backend, WriteRequest, WriteResult
from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.workflows.session import QuietListener, Session
from tests.support.example_fleet import MANIFEST

RELEASE = Path(__file__).parents[1] / "corpus" / "release-0.1.0"
_COMMAND_LINE = ("reconciler.cli", "tests.cli")
SHOPS = ("kyoto-tea", "uji-cups")
SETTINGS = "embedded:\n  seed: seed.json\nlimits:\n  fleet_share: 100%\npace:\n  requests_per_second: 1000\n"


def write_fleet(folder: Path) -> Path:
    """Two open shops without Amazon Pay, and manifests that turn it on; the first shop is the canary."""
    (folder / "shops").mkdir(parents=True)
    for shop in SHOPS:
        text = MANIFEST.format(shop=shop, wave="canary" if shop == SHOPS[0] else "late", closing="allow")
        (folder / "shops" / f"{shop}.yaml").write_text(text)
    shops = [{"shopKey": shop, "entitlements": {"commerceCreator": "RUNNING"}} for shop in SHOPS]
    (folder / "seed.json").write_text(json.dumps({"shops": shops}))
    (folder / "reconciler.yaml").write_text(SETTINGS)
    return folder


def restore_release(name: str, folder: Path) -> Path:
    """A fleet as release 0.1.0 left it."""
    shutil.copytree(RELEASE / name, folder)
    (folder / "state").rename(folder / ".reconciler")
    (folder / ".reconciler" / "plan.key").chmod(0o600)  # Git keeps no such mode
    return folder


def rewrite(folder: Path, shop: str, old: str, new: str) -> None:
    path = folder / "shops" / f"{shop}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def with_world(folder: Path, act: Callable[[World], Any]) -> Any:
    """What `act` returns, at the backend's own side."""
    world = World.open(folder / ".reconciler" / "embedded.db")
    try:
        return act(world)
    finally:
        world.close()


def merchant_edits(folder: Path, shop: str, **changes: object) -> None:
    with_world(folder, lambda world: world.merchant_edits(shop, changes))


def email(folder: Path, shop: str) -> str | None:
    return with_world(folder, lambda world: world.integration(shop))["amazonSettings"]["value"]["notificationEmail"]


def storefront(folder: Path, shop: str) -> str:
    return with_world(folder, lambda world: world.integration(shop))["storefront"]["value"]["status"]


def command_line_imports(file: Path) -> list[str]:
    """What a module imports of the command line, also within its functions."""
    names = [name for node in ast.walk(ast.parse(file.read_text("utf-8"))) for name in _imported(node)]
    return [name for name in names if name.partition(".")[0] == "click" or name.startswith(_COMMAND_LINE)]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


class NoSignals:
    """Implements ports.StopSignals: no stop is requested."""

    @asynccontextmanager
    async def listening(
        self, on_stop: Callable[[], None], on_force: Callable[[], None], *, said: object = None
    ) -> AsyncIterator[None]:
        yield


@dataclass(slots=True)
class RecordingListener(QuietListener):
    """Implements ports.Listener. `plans` are those that were started."""

    requests: list[RequestLogEntry] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    recovered: list[RecoveredShop] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def on_diagnostics(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics.extend(diagnostics)

    def on_request(self, entry: RequestLogEntry) -> None:
        self.requests.append(entry)

    def on_recovered(self, shop: RecoveredShop) -> None:
        self.recovered.append(shop)

    def on_notice(self, text: Message) -> None:
        self.notices.append(str(text))

    @contextmanager
    def during(self, plan: Plan, waves: Sequence[Wave], soak: float) -> Iterator[None]:  # the port's form
        self.plans.append(plan)
        yield


@dataclass(frozen=True, slots=True)
class WatchingApprover:
    """Implements ports.Approver: approves, after a callback of the test."""

    look: Callable[[], object]

    async def approve(self, plan: Plan, waves: Sequence[Wave]) -> Diagnostic | None:
        self.look()
        return None


@dataclass(frozen=True, slots=True)
class RecordingBackend:
    """Implements ports.Backend over another. `before_write` is called with each write before it is sent; if it raises, the write
    is not sent.
    """

    inner: Backend
    before_write: Callable[[WriteRequest], None]

    def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        return self.inner.observe(shops)

    def shops(self) -> AsyncIterator[ShopKey]:
        return self.inner.shops()

    @property
    def requests(self) -> Sequence[RequestLogEntry]:
        return self.inner.requests

    async def execute(self, write: WriteRequest) -> WriteResult:
        self.before_write(write)
        return await self.inner.execute(write)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who runs use cases. `writes` are the requests to write, in order, also those that `before_write` kept from being sent."""

    folder: Path
    session: Session
    listener: RecordingListener
    writes: list[WriteRequest]

    @property
    def written_shops(self) -> set[str]:
        return {write.shop for write in self.writes}

    def run(self, use_case: Callable[..., Any], *request: object) -> Any:
        async def main() -> Any:
            return await use_case(self.session, *request)

        return anyio.run(main)


def open_caller(
    folder: Path,
    *,
    before_write: Callable[[WriteRequest], None] = lambda _write: None,
    look: Callable[[], object] = lambda: None,
) -> Caller:
    """A new session over the folder; every plan is approved, after `look`."""
    settings = load_settings(folder / "reconciler.yaml")
    assert isinstance(settings, Settings), settings
    listener, writes = RecordingListener(), list[WriteRequest]()
    session = open_session(settings, approver=WatchingApprover(look), listener=listener, stop_signals=NoSignals())

    def heard(write: WriteRequest) -> None:
        writes.append(write)
        before_write(write)

    return Caller(
        folder=folder, session=replace(session, writing=recording(session, heard)), listener=listener, writes=writes
    )


def recording(session: Session, before_write: Callable[[WriteRequest], None]) -> Any:
    @asynccontextmanager
    async def writing(on_request: Callable[[RequestLogEntry], None]) -> AsyncIterator[Backend]:
        async with session.writing(on_request) as backend:
            yield RecordingBackend(backend, before_write)

    return writing
