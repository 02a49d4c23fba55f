"""Secrets where none belongs: in any text of a manifest, in the settings, in references, in what the backend holds and sends.

Each is put there, the commands run in every format, and all output and stored data are searched for it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.cli.conftest import environment, write_shop
from tests.cli.test_secret_canaries import CLIENT, CRASH, KEY, NEW, SELLER, Teller, disguises
from tests.contract.conftest import served
from tests.support.example_fleet import MANIFEST

PASTED = "amzn.mws.ba5eba11-c0de-4ca6-8ff6-ba5eba11ba5e"
HELD = "amzn.mws.0ddba11a-c0de-4ca7-9aa7-0ddba11a0dd0"
ECHOED = "amzn.mws.ca11ab1e-c0de-4ca8-abb8-ca11ab1eca11"
PASSWORD = "canary-of-a-password"
CANARIES = (PASTED, HELD, ECHOED, PASSWORD)
MANIFESTS = {
    "a label's value": ("labels: {wave: canary}", f"labels: {{wave: {PASTED}}}"),
    "a label's name": ("labels: {wave: canary}", f"labels: {{{PASTED}: canary}}"),
    "the mail address": ("amazon-pay@kyoto-tea.example", f"{PASTED}@kyoto-tea.example"),
    "the seller id": (SELLER, PASTED),
    "the client id": ("amzn1.application-oa2-client.0123456789abcdef0123456789abcdef", PASTED),
    "a switch": ("enabled: true", f"enabled: {PASTED}"),
    "a key": ("  enabled: true", f"  {PASTED}: true"),
    "a message": ("  enabled: true", f"  enabled: true\n  messages: {{order_area: {{message: 'x {PASTED} y'}}}}"),
    "a part's name": ("  enabled: true", f"  enabled: true\n  messages: {{'{PASTED}': {{message: x}}}}"),
    "the group": ("shop: kyoto-tea", f"shop: kyoto-tea\ngroup: {PASTED}"),
    "the shop": ("shop: kyoto-tea", f"shop: {PASTED}"),
    "the token": ("ref+env://FLEET_TOKEN", PASTED),
    "a variable's name": ("ref+env://FLEET_TOKEN", f"ref+env://{PASTED}"),
    "half a variable's name": ("ref+env://FLEET_TOKEN", f"ref+env://{PASTED.removeprefix('amzn.mws.')}"),
    "a path": ("ref+env://FLEET_TOKEN", f"ref+file://{PASTED}"),
    "a scheme": ("ref+env://FLEET_TOKEN", f"ref+{PASTED}://x"),
    "a password in a reference": ("ref+env://FLEET_TOKEN", f"ref+vault://user:{PASSWORD}@vault.example/a"),
    "a syntax error": ("  enabled: true", f"  enabled: {PASTED}: true"),
    "a window": ("close_shop: allow", f"close_shop: allow\n  window: {PASTED}"),
    "a time zone": ("close_shop: allow", f"close_shop: allow\n  time_zone: {PASTED}"),
}
SETTINGS = {
    "the user of the address": f"backend: 'https://user:{PASSWORD}@admin.example/'\n",
    "the query of the address": f"backend: 'https://admin.example/?key={PASSWORD}'\n",
    "the port of the address": f"backend: 'https://admin.example:{PASSWORD}/'\n",
    "the backend": f"backend: {PASSWORD}\n",
    "the backend's kind": f"backend: {{url: 'https://admin.example/', kind: '{PASTED}'}}\n",
    "the client": f"backend: {{url: 'https://127.0.0.1:9/', client_id: {PASTED}, client_secret: ref+env://CLIENT_SECRET}}\n",
    "the client's secret": f"backend: {{url: 'https://127.0.0.1:9/', client_id: a, client_secret: {PASSWORD}}}\n",
    "its variable": f"backend: {{url: 'https://127.0.0.1:9/', client_id: a, client_secret: 'ref+env://{PASTED}'}}\n",
    "its file": f"backend: {{url: 'https://127.0.0.1:9/', client_id: a, client_secret: 'ref+file://{PASTED}'}}\n",
    "a timeout": f"timeouts: {{read: {PASSWORD}}}\n",
    "a limit": f"limits: {{fleet_share: '{PASTED}'}}\n",
    "an unknown key": f"'{PASTED}': 1\n",
    "the manifests": f"manifests: 'https://user:{PASSWORD}@admin.example/'\n",
    "the database": f"embedded: {{database: 'postgresql://user:{PASSWORD}@db.example/world'}}\n",
    "the seed": f"embedded: {{seed: 'postgresql://user:{PASSWORD}@db.example/world'}}\n",
    "a seed's name": f"embedded: {{seed: '{PASTED}.json'}}\n",
    "the store": f"store: 'postgresql://user:{PASSWORD}@127.0.0.1:1/journal'\n",
    "half the store's password": f"store: 'postgresql://user:a@{PASSWORD}@127.0.0.1:1/journal'\n",
    "the store's query": f"store: 'postgresql://user@127.0.0.1:1/journal?password={PASSWORD}'\n",
    "the store's port": f"store: 'postgresql://user@127.0.0.1:{PASSWORD}/journal'\n",
    "another store": f"store: 'mysql://user:{PASSWORD}@127.0.0.1:1/journal'\n",
}


def seen_in(content: bytes) -> list[str]:
    return [secret for secret in CANARIES if any(form in content for form in disguises(secret))]


class Anyhow(Teller):
    """The tool, which may end as it likes: what counts is what it says."""

    def once(self, *commands: tuple[str, ...]) -> None:
        """Each in another format, with full details of the error."""
        for index, words in enumerate(commands):
            self(
                *words, "-v", "-o", ("text", "json", "markdown", "concise")[index % 4], code=None, RECONCILER_DEBUG="1"
            )

    def everything(self, *commands: tuple[str, ...]) -> None:
        for words in commands:
            self.once(words, words, words)
            self(*words, "--lang", "ja", code=None)

    def silent_of_canaries(self) -> None:
        assert self.outputs
        for words, output in self.outputs:
            assert seen_in(output.encode()) == [], f"{words}: {output}"


@pytest.fixture
def tell(fleet: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Anyhow]:
    """Runs commands over the small fleet; afterwards nothing that was said, logged or kept holds a canary."""
    caplog.set_level(logging.DEBUG)
    anyhow = Anyhow()
    yield anyhow
    anyhow.silent_of_canaries()
    assert seen_in(caplog.text.encode()) == []
    given = {fleet / "reconciler.yaml", fleet / "seed.json", *(fleet / "shops").rglob("*")}
    kept = [file for file in fleet.rglob("*") if file.is_file() and file not in given]
    assert [file.name for file in kept if seen_in(file.read_bytes()) or seen_in(file.name.encode())] == []


@pytest.mark.parametrize("place", MANIFESTS)
def test_in_a_manifest(place: str, tell: Anyhow, fleet: Path) -> None:
    manifest = fleet / "shops" / "kyoto-tea.yaml"
    before, after = MANIFESTS[place]
    assert before in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(before, after))
    tell("validate", code=1)
    tell.once(("validate", "--with-secrets"), ("plan", "--out", "plan.json"), ("apply", "--auto-approve"), ("plan",))
    with_slips(manifest)
    tell.everything(("validate",), ("validate", "--fix", "--check"), ("validate", "--fix"))


def with_slips(manifest: Path) -> None:
    """Every line has a fault, so that each of them would be shown."""
    slips = (("true", "yes"), ("false", "off"), ("notification:", "notificaton:"), ("canary", "1e5"), ("allow", "alow"))
    text = manifest.read_text()
    for before, after in slips:
        text = text.replace(before, after)
    manifest.write_text(text)


@pytest.mark.parametrize("place", MANIFESTS)
def test_on_a_line_that_is_misspelt(place: str, tell: Anyhow, fleet: Path) -> None:
    """A password that has no form to be known by is not shown either, wherever it is written and however its key is misspelt."""
    manifest = fleet / "shops" / "kyoto-tea.yaml"
    before, after = MANIFESTS[place]
    text = manifest.read_text().replace(before, after.replace(PASTED, PASSWORD))
    if place in _QUOTED:
        text = manifest.read_text()
    for key in ("mws_auth_tokn", "mws_auth", "tokens", "my_secrets", "pasword"):
        manifest.write_text(text.replace("mws_auth_token: ref+env://FLEET_TOKEN", f"{key}: {PASSWORD}"))
        with_slips(manifest)
        tell("validate", code=1)
        tell.once(("validate",), ("validate", "--fix", "--check"), ("plan",), ("validate", "--fix"))


_QUOTED = frozenset(
    {
        "a label's value",
        "a label's name",
        "the mail address",
        "a key",
        "a message",
        "a part's name",
        "the group",
        "the shop",
    }
    | {"a variable's name", "half a variable's name", "a path", "a scheme", "a window", "a time zone", "a syntax error"}
)
"""Places whose texts a message quotes: a password that looks like any other word is not known there."""


@pytest.mark.parametrize("file", ["_defaults.yaml", "_groups/g.yaml"])
def test_in_what_shops_share(file: str, tell: Anyhow, fleet: Path) -> None:
    shared = fleet / "shops" / file
    shared.parent.mkdir(exist_ok=True)
    shared.write_text(f"labels: {{a: {PASTED}}}\namazon: {{messages: {{order_area: {{label: '{PASTED}'}}}}}}\n")
    tell("validate", code=1)
    tell.once(("validate",), ("plan",), ("apply", "--auto-approve"))


@pytest.mark.parametrize("place", SETTINGS)
def test_in_the_settings(place: str, tell: Anyhow, fleet: Path) -> None:
    (fleet / "reconciler.yaml").write_text(SETTINGS[place])
    tell("apply", "--auto-approve", code=None if "127.0.0.1:9" in SETTINGS[place] else 1)
    tell.once(("plan",), ("history",), ("show", "kyoto-tea"), ("apply", "--auto-approve"), ("leases",))


@pytest.mark.parametrize(
    "seed",
    [
        f'{{"{PASTED}": 1}}',
        f'{{"shops": [{{"shopKey": "{PASTED}!"}}]}}',
        f'{{"shops": [{{"shopKey": "a", "storefront": "{PASTED}"}}]}}',
        f'{{"clients": [{{"clientId": "a", "secret": {{"value": "{PASSWORD}", "env": "x"}}}}]}}',
        f'{{"clients": [{{"clientId": "a", "secret": {{"env": "{PASTED}"}}}}]}}',
        f"[{PASTED}]",
    ],
)
def test_in_the_seed(seed: str, tell: Anyhow, fleet: Path) -> None:
    (fleet / "seed.json").write_text(seed)
    tell("plan", code=1)
    tell.once(("plan",), ("apply", "--auto-approve"), ("show", "kyoto-tea"))


Send = Callable[[dict[str, Any]], Awaitable[None]]


class Echoing:
    """The embedded backend behind something that names each request by a secret."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        async def named(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                others = [(name, value) for name, value in message["headers"] if name.lower() != b"x-request-id"]
                message = {**message, "headers": [*others, (b"x-request-id", ECHOED.encode())]}
            await send(message)

        await self._application(scope, receive, named)


@pytest.fixture
def world(fleet: Path) -> Iterator[World]:
    """One shop holds a token wherever a merchant can have pasted one; each answer carries another one."""
    parts = [{"part": "ORDER_AREA", "label": HELD, "message": f"see {HELD}"}]
    settings = {"sellerId": SELLER, "notificationEmail": f"{HELD}@kyoto-tea.example", "useAmazon": False}
    seed = {"shops": [{"shopKey": "kyoto-tea", "amazonSettings": settings, "parts": parts}, {"shopKey": "uji-cups"}]}
    database = fleet.parent / f"{fleet.name}-world.db"
    application = create_app(EmbeddedConfig(database=database, seed=seed))
    world = World.of(application)
    world.ensure_client("tests", CLIENT)
    write_shop(fleet, "uji-cups", wave="late")
    with served(Echoing(application)) as url:
        (fleet / "reconciler.yaml").write_text(
            f"backend: {{url: '{url}', client_id: tests, client_secret: ref+env://CLIENT_SECRET}}\n"
            "pace: {requests_per_second: 1000}\n"
        )
        yield world
    world.close()


def with_texts(fleet: Path) -> None:
    """The manifest replaces what the merchant pasted."""
    text = "  messages: {order_area: {label: Amazon Pay, message: ようこそ}}\n"
    manifest = MANIFEST.format(shop="kyoto-tea", wave="canary", closing="allow")
    (fleet / "shops" / "kyoto-tea.yaml").write_text(manifest.replace("maintenance:", f"{text}maintenance:"))


def test_in_what_the_backend_holds_and_sends(world: World, tell: Anyhow, fleet: Path) -> None:
    with_texts(fleet)
    tell("plan", "--out", "first.json", code=0)
    tell.everything(("plan",), ("show-plan", "first.json"), ("show", "kyoto-tea"), ("drift",))
    tell("apply", "first.json", "--auto-approve", "-v", "-o", "json", code=0)
    (undo,) = (fleet / ".reconciler" / "undo").iterdir()
    tell.everything(("show-plan", str(undo)), ("history",), ("history", "kyoto-tea"))
    world.merchant_edits("kyoto-tea", {"ORDER_AREA.label": HELD, "notificationEmail": f"{HELD}@x.example"})
    tell.everything(("plan",), ("drift",), ("show", "kyoto-tea"))
    tell("plan", "--out", "second.json", code=0)
    world.merchant_edits("kyoto-tea", {"ORDER_AREA.label": f"{HELD}, again"})
    tell.everything(("apply", "second.json", "--auto-approve"))
    tell("apply", "--auto-approve", "--take", "git", code=0)
    tell("plan", code=0)
    assert "(sensitive value)" in "".join(output for _, output in tell.outputs)


def test_what_a_saved_plan_replaces_is_known_again_by_its_digest(world: World, tell: Anyhow, fleet: Path) -> None:
    """A plan that was made from a pasted token becomes stale when the token changes, and not before."""
    with_texts(fleet)
    tell("plan", "--out", "plan.json", code=0)
    world.merchant_edits("kyoto-tea", {"ORDER_AREA.label": HELD.replace("0ddba11a", "0ddba11b")})
    assert "[A104]" in tell("apply", "plan.json", "--auto-approve", code=5)
    world.merchant_edits("kyoto-tea", {"ORDER_AREA.label": HELD})
    tell("apply", "plan.json", "--auto-approve", code=0)


def test_in_a_traceback(world: World, tell: Anyhow, fleet: Path) -> None:
    """A fault that quotes what the backend holds, with all that is known of how it came to that."""
    code = CRASH.format(error=f"RuntimeError({HELD!r}, 'https://user:{PASSWORD}@admin.example/')", where="undo")
    own = environment(FLEET_TOKEN=NEW, CLIENT_SECRET=CLIENT, RECONCILER_PLAN_KEY=KEY, RECONCILER_DEBUG="1")
    ended = subprocess.run(
        [sys.executable, "-c", code, "apply", "--auto-approve", "-v"],
        env=own, cwd=fleet, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert b"Traceback" in ended.stderr
    tell.outputs.append((("apply",), (ended.stdout + ended.stderr).decode()))
