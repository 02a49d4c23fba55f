"""A fleet for ninety days: real manifests, the embedded backend over its API, the real store, and a clock that the test sets.

In: acts of merchants, the platform, Amazon and people at Git. Out: looks and applies of the tool, and a log of what happened.
What a look could see is noted where the backend answers, not where the tool reads.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx

from reconciler.adapters.backend import BackendConfig, HttpBackend, HttpObserver
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.files.sync_cache import SyncCacheFile
from reconciler.adapters.manifests.attestations import AttestationFolders
from reconciler.adapters.manifests.ledger import LedgerFile
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.model.selection import Selection
from reconciler.core.values import Secret, SecretRef
from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from reconciler.ports import BackendError
from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.wiring.store import open_run_store
from reconciler.workflows.alerts.send import send_due_alerts
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.session import Session
from tests.simulation.kill_points import Life, MortalStores, was_killed
from tests.simulation.world_log import (
    EMAIL,
    ENABLED,
    FIELDS,
    LABEL,
    PRE_ORDER,
    WHOLE,
    Applied,
    Declared,
    Died,
    Entry,
    Labelled,
    LedgerEntry,
    Log,
    Looked,
    Revoked,
    SendingEnded,
    SetAtBackend,
    Value,
)

START = datetime(2100, 1, 4, tzinfo=UTC)
"""Later than the files of the test are written: the cache of shops in sync does not trust a file of the future."""
URL = "http://embedded.invalid"
FINDINGS = frozenset({"begin_look", "record_look", "findings", "advance", "position"})
_MANIFEST = """\
apiVersion: reconciler/v1
shop: {shop}
labels:
{labels}
amazon:
  enabled: {enabled}
  api:
    seller_id: {seller}
    client_id: {client}
    mws_auth_token: pre-set
  notification:
    email: {email}
  messages:
    order_area:
      label: {label}
payment:
  amazon_pay:
    pre_order: {pre_order}
maintenance:
  close_shop: allow
"""
WIRE = {EMAIL: "notificationEmail", PRE_ORDER: "preOrder", LABEL: "ORDER_AREA.label", ENABLED: "useAmazon"}


class WorldClock(SystemClock):
    """Set by the test; what is waited for takes no time."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        await anyio.lowlevel.checkpoint()


@dataclass(slots=True)
class Weather:
    """What goes wrong at the backend during one look. `broken_from`: this page and all later ones are not answered. `hidden` are
    parts of shops that cannot be understood.
    """

    down: bool = False
    broken_from: int | None = None
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)


class WeatherTransport(httpx.AsyncBaseTransport):
    """The backend as a client gets it. `pages` are the shops of each page that was ever answered, `served` those of this look."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, weather: Weather, pages: dict[str, list[str]], life: Life
    ) -> None:
        self._inner = inner
        self._weather = weather
        self._pages = pages
        self._life = life
        self._asked: list[str] = []
        self.served: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with self._life.during("request"):
            return await self._answer(request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        query = request.url.query.decode()
        listing = request.method == "GET" and request.url.path.endswith("/integrations")
        if listing and query not in self._asked:
            self._asked.append(query)
        broken = self._weather.broken_from is not None and len(self._asked) > self._weather.broken_from
        if self._weather.down or (listing and broken):
            return httpx.Response(503, json={"code": "MAINTENANCE"})
        answer = await self._inner.handle_async_request(request)
        if listing:
            return await self._page(query, answer)
        return await self._shop(answer) if request.url.path.endswith("/integration") else answer

    async def _page(self, query: str, answer: httpx.Response) -> httpx.Response:
        if answer.status_code == httpx.codes.OK:
            body = json.loads(await answer.aread())
            self._pages[query] = [self._hide(item) for item in body["items"]]
            kept = {name: value for name, value in answer.headers.items() if name == "etag"}
            answer = httpx.Response(200, headers=kept, json=body)
        if "updatedSince" not in query:
            self.served.update(self._pages[query])
        return answer

    async def _shop(self, answer: httpx.Response) -> httpx.Response:
        """A few shops are asked for one by one."""
        body = json.loads(await answer.aread())
        self.served.add(self._hide(body))
        return httpx.Response(answer.status_code, json=body)

    def _hide(self, item: Any) -> str:
        for part in self._weather.hidden.get(item["shopKey"], ()):
            item[part] = {"version": item[part]["version"], "value": None}
        return str(item["shopKey"])

    async def aclose(self) -> None:
        await self._inner.aclose()


def shop_name(number: int) -> str:
    return f"shop-{number:05d}"


def seller_name(number: int) -> str:
    return f"A{number:013d}"


def client_name(number: int) -> str:
    return f"amzn1.application-oa2-client.{number:032d}"


@dataclass(slots=True)
class SimulatedFleet:
    """`git`, `live` and `applied` are the values as they are now; `labels` those of the manifests."""

    folder: Path
    count: int
    store: str = ""
    clock: WorldClock = field(default_factory=WorldClock)
    log: Log = field(default_factory=list)
    git: dict[str, dict[str, Value]] = field(default_factory=dict)
    live: dict[str, dict[str, Value]] = field(default_factory=dict)
    applied: dict[str, dict[str, Value]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    ledger: dict[tuple[str, str], tuple[Value, str]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    around: Callable[[Session, Life], Session] = lambda session, _life: session
    more_settings: str = ""
    _pages: dict[str, list[str]] = field(default_factory=dict)
    _app: Any = None
    _settings: Settings | None = None

    # The world.

    @classmethod
    def found(
        cls, folder: Path, count: int, labels: Callable[[int], dict[str, str]], *, store: str = ""
    ) -> SimulatedFleet:
        fleet = cls(folder, count, store)
        fleet.begin(labels)
        return fleet

    def begin(self, labels: Callable[[int], dict[str, str]]) -> None:
        """In sync, and applied once, so that every value is remembered."""
        (self.folder / "shops").mkdir(parents=True)
        place = self.store or f"{self.folder}/journal.db"
        (self.folder / "reconciler.yaml").write_text(
            f'store: "{place}"\nbackend: {{url: {URL}}}\nlimits: {{fleet_share: 100%}}\npace: {{requests_per_second: 1000}}\n'
            + self.more_settings
        )
        for number in range(self.count):
            shop = shop_name(number)
            self.labels[shop] = labels(number)
            self.git[shop] = self._first_values(shop)
            self.live[shop] = dict(self.git[shop])
            self._write(shop)
        self.restart()
        for shop in self.shops:
            self._note(Labelled(at=self.now, shop=shop, labels=dict(self.labels[shop])))
            for name in FIELDS:
                self._note(Declared(at=self.now, shop=shop, field=name, value=self.git[shop][name]))
                self._note(SetAtBackend(at=self.now, shop=shop, field=name, value=self.live[shop][name], by="seed"))
        self.apply()

    def _first_values(self, shop: str) -> dict[str, Value]:
        return {EMAIL: f"a@{shop}.example", PRE_ORDER: True, LABEL: "text a", ENABLED: True}

    @property
    def shops(self) -> Sequence[str]:
        return list(self.git)

    @property
    def changed_shops(self) -> list[str]:
        """Where the platform has another value than was applied: a check asks who changed them."""
        return [shop for shop in self.live if self.live[shop] != self.applied[shop]]

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def later(self, **words: float) -> None:
        self.clock.moment += timedelta(**words)

    def restart(self) -> None:
        """The platform starts again; so does the tool, as it does with every look."""
        if self._app is not None:
            self._app.state.services.database.close()
        self.start()

    def start(self) -> None:
        self._app = create_app(
            EmbeddedConfig(database=self.folder / "world.db", seed=self._seed(), clock=self._platform_time)
        )
        self._app.state.world.ensure_client("bench", "secret")
        settings = load_settings(self.folder / "reconciler.yaml")
        assert isinstance(settings, Settings), settings
        self._settings = settings

    def _platform_time(self) -> datetime:
        return self.clock.now()

    def close(self) -> None:
        self._app.state.services.database.close()

    def _seed(self) -> dict[str, Any]:
        return {
            "shops": [
                {
                    "shopKey": shop_name(number),
                    "entitlements": {"commerceCreator": "ENABLED"},
                    "amazonSettings": {
                        "useAmazon": self._first_values(shop_name(number))[ENABLED],
                        "sellerId": seller_name(number),
                        "clientId": client_name(number),
                        "mwsAuthToken": {"state": "PRE_SET"},
                        "notificationEmail": f"a@{shop_name(number)}.example",
                    },
                    "payment": {"preOrder": True},
                    "parts": [{"part": "ORDER_AREA", "label": "text a", "message": "m"}],
                }
                for number in range(self.count)
            ]
        }

    def _note(self, entry: Entry) -> None:
        self.log.append(entry)

    # People.

    def edit(self, shop: str, name: str, value: Value, *, by: str = "merchant") -> None:
        """At the admin screens; 利用設定 asks for a closed shop."""
        world = self._app.state.world
        if name == ENABLED and by == "platform":
            world.platform_turns_off(shop)
        elif name == ENABLED:
            world.merchant_edits(shop, {"storefront": "CLOSED", WIRE[name]: value}, by=by)
            world.merchant_edits(shop, {"storefront": "OPEN"}, by=by)
        else:
            world.merchant_edits(shop, {WIRE[name]: value}, by=by)
        self._set(shop, name, value, by)

    def _set(self, shop: str, name: str, value: Value, by: str) -> None:
        if self.live[shop][name] != value:
            self.live[shop][name] = value
            self._note(SetAtBackend(at=self.now, shop=shop, field=name, value=value, by=by))

    def commit(self, shop: str, name: str, value: Value) -> None:
        self.git[shop][name] = value
        self._write(shop)
        self._note(Declared(at=self.now, shop=shop, field=name, value=value))

    def label(self, shop: str, **labels: str | None) -> None:
        merged = {**self.labels[shop], **labels}
        self.labels[shop] = {name: value for name, value in merged.items() if value is not None}
        self._write(shop)
        self._note(Labelled(at=self.now, shop=shop, labels=dict(self.labels[shop])))

    def accept(self, shop: str, name: str, value: Value, until: str) -> None:
        self.ledger[shop, name] = value, until
        self._write_ledger()
        self._note(LedgerEntry(at=self.now, shop=shop, field=name, value=value, until=until))

    def withdraw(self, shop: str, name: str) -> None:
        del self.ledger[shop, name]
        self._write_ledger()
        self._note(LedgerEntry(at=self.now, shop=shop, field=name))

    def revoke(self, shop: str, *, revoked: bool) -> None:
        world = self._app.state.world
        (world.amazon_revokes if revoked else world.amazon_restores)(shop)
        (self.revoked.add if revoked else self.revoked.discard)(shop)
        self._note(Revoked(at=self.now, shop=shop, revoked=revoked))

    def _write(self, shop: str) -> None:
        (self.folder / "shops" / f"{shop}.yaml").write_text(self._manifest(shop))

    def _manifest(self, shop: str) -> str:
        git, number = self.git[shop], int(shop.rpartition("-")[2])
        return _MANIFEST.format(
            shop=shop,
            labels="\n".join(f'  {name}: "{value}"' for name, value in self.labels[shop].items()),
            enabled=str(git[ENABLED]).lower(),
            seller=seller_name(number),
            client=client_name(number),
            email=git[EMAIL],
            label=git[LABEL],
            pre_order=str(git[PRE_ORDER]).lower(),
        )

    def _write_ledger(self) -> None:
        lines = ["apiVersion: reconciler/v1", "accepted:" if self.ledger else "accepted: []"]
        for (shop, name), (value, until) in self.ledger.items():
            lines += [
                f"  - shop: {shop}",
                f"    field: {name}",
                f"    value: {json.dumps(value)}",
                f'    until: "{until}"',
            ]
            lines += ['    owner: "hanako"', '    reason: "campaign"']
        (self.folder / "accepted-drift.yaml").write_text("\n".join(lines) + "\n")

    # The tool.

    def look(self, weather: Weather | None = None, life: Life | None = None) -> None:
        weather, life = weather or Weather(), life or Life()
        served: set[str] = set()

        def note_record(name: str) -> None:
            if name == "record_look":
                hidden = dict(weather.hidden) | {shop: WHOLE for shop in self.shops if shop not in served}
                self._note(Looked(at=self.now, hidden=hidden, recorded=True))

        life.on_done = note_record
        try:
            self._run(detect_drift, self.session(weather, life, served), DriftRequest())
        except BackendError:
            assert weather.down or weather.broken_from is not None
        if "record_look" not in life.done:
            self._note(Looked(at=self.now, recorded=False, died=life.place))
        elif not life.over:
            self._note(SendingEnded(at=self.now))

    def send(self, life: Life | None = None) -> None:
        """`alerts send`, between two looks."""
        life = life or Life()
        self._run(send_due_alerts, self.session(Weather(), life, set()))
        if not life.over:
            self._note(SendingEnded(at=self.now))

    def _run(self, use_case: Callable[..., Any], *words: Any) -> None:
        """Until it ends or is killed."""

        async def main() -> Any:
            return await use_case(*words)

        try:
            result = anyio.run(main)
        except BaseException as error:
            if not was_killed(error):
                raise
            self._note(Died(at=self.now))
        else:
            lost = [
                each for each in result.diagnostics if each.code in (codes.LOOK_NOT_RECORDED, codes.ALERTS_NOT_QUEUED)
            ]
            assert not lost, [str(each.summary) for each in lost]

    def apply(self, shop: str | None = None) -> None:
        anyio.run(self.apply_now, shop)

    async def apply_now(self, shop: str | None, *allowed: Code) -> None:
        """Of one shop, or of all. It succeeds."""
        session = self.session(Weather(), Life(), set())
        selection = Selection() if shop is None else Selection(globs=(shop,))
        allowances = () if shop is None else tuple((code.slug, shop) for code in (codes.BOTH_MOVED, *allowed))
        result = await apply_manifests(session, ApplyRequest(selection=selection, allowed=allowances))
        assert result.exit_code == 0, [str(each.summary) for each in result.all_diagnostics]
        for name in self.shops if shop is None else (shop,):
            for place in FIELDS:
                self._set(name, place, self.git[name][place], "reconciler")
            self.applied[name] = dict(self.git[name])
            self._note(Applied(at=self.now, shop=name))

    def session(self, weather: Weather, life: Life, served: set[str]) -> Session:
        settings = self._settings
        assert settings is not None
        session = open_session(settings)
        config, transport = self._config(), partial(self._transport, weather, life, served)

        @asynccontextmanager
        async def observing(heard: Any) -> AsyncIterator[HttpObserver]:
            async with HttpObserver(config, self.clock, transport(), heard) as backend:
                yield backend

        @asynccontextmanager
        async def writing(heard: Any) -> AsyncIterator[HttpBackend]:
            async with HttpBackend(config, self.clock, transport(), heard) as backend:
                yield backend

        session = replace(
            session,
            clock=self.clock,
            observing=observing,
            writing=writing,
            findings=MortalStores(session.findings, life, FINDINGS),
            attestations=lambda: AttestationFolders(((self.folder / "shops", "shops"),), Path("none"), self.clock),
            ledger=lambda: LedgerFile(self.folder / "accepted-drift.yaml", "accepted-drift.yaml", self.clock),
            sync_cache=self._cache,
            new_run=lambda command, of: replace(open_session(settings).new_run(command, of), started=self.now),
        )
        return self.around(session, life)

    def _config(self) -> BackendConfig:
        return BackendConfig(
            base_url=URL,
            client_id="bench",
            client_secret=Secret("secret", SecretRef("ref+test://x")),
            page_size=max(25, min(500, self.count // 20)),
        )

    def _transport(self, weather: Weather, life: Life, served: set[str]) -> WeatherTransport:
        made = WeatherTransport(self._connection(), weather, self._pages, life)
        made.served = served
        return made

    def _connection(self) -> httpx.AsyncBaseTransport:
        return in_process(self._app)

    def _cache(self) -> SyncCacheFile | None:
        """As the tool makes it for a backend over HTTP."""
        from reconciler.wiring.store import _last_journal_event  # noqa: PLC0415  # what the cache depends on

        settings = self._settings
        assert settings is not None
        if self.store:
            return None
        place = self.folder / ".reconciler" / "cache" / "standing"
        return SyncCacheFile(place, settings.manifests, repr(_last_journal_event(settings)), self.clock)

    @property
    def fleet_name(self) -> str:
        return self.session(Weather(), Life(), set()).target.fleet_name

    def opened_store(self) -> Any:
        assert self._settings is not None
        return open_run_store(self._settings)
