"""The main job with known secrets, old and new ones, and then a search for them in all output and all stored data.

The second search compares: the output about a shop is the same, byte for byte, with any secret.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.app import app
from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.cli.conftest import environment, without_run, write_shop
from tests.contract.conftest import served
from tests.support.example_fleet import MANIFEST

pytestmark = pytest.mark.system

OLD = "amzn.mws.01d01d01-c0de-4ca1-8aa1-01d01d01d01d"
NEW = "amzn.mws.5eed5eed-c0de-4ca2-9bb2-5eed5eed5eed"
NEXT = "amzn.mws.7ab17ab1-c0de-4ca3-acc3-7ab17ab17ab1"
THEIRS = "amzn.mws.9a9a9a9a-c0de-4ca4-bdd4-9a9a9a9a9a9a"
MALFORMED = "canary-that-is-no-token-at-all"
REVOKED = "amzn.mws.dead0bad-c0de-4ca5-8ee5-dead0baddead"
CLIENT = "canary-of-the-client-who-speaks-to-the-backend"
WRONG_CLIENT = "canary-of-a-client-who-is-not-known"
KEY = "canary-key-that-seals-the-plans"
CANARIES = (OLD, NEW, NEXT, THEIRS, MALFORMED, REVOKED, CLIENT, WRONG_CLIENT, KEY)
SHOPS = ("kyoto-tea", "uji-cups")
SELLER = "A1EXAMPLE234567"


ROTATED = ("--allow", "secret-rotation")


def disguises(secret: str) -> Iterator[bytes]:
    """As it is, without the common prefix of all tokens, and in the forms in which secrets commonly leak."""
    for part in (secret, secret.removeprefix("amzn.mws.")):
        raw = part.encode()
        yield from (
            raw,
            raw[::-1],
            raw.hex().encode(),
            base64.b64encode(raw).rstrip(b"="),
            raw.decode().encode("utf-16-le"),
        )
        yield urllib.parse.quote(part, safe="").encode()
        yield from (getattr(hashlib, name)(raw).hexdigest().encode() for name in ("md5", "sha1", "sha256", "sha512"))


def seen_in(content: bytes) -> list[str]:
    return [secret for secret in CANARIES if any(form in content for form in disguises(secret))]


class Teller:
    """The tool in this process; keeps all that it said. A `code` of None: any will do."""

    def __init__(self) -> None:
        self.outputs: list[tuple[tuple[str, ...], str]] = []

    def __call__(self, *words: str, code: int | None, token: str = NEW, **more: str) -> str:
        own = environment(FLEET_TOKEN=token, CLIENT_SECRET=CLIENT, RECONCILER_PLAN_KEY=KEY) | more
        result = CliRunner().invoke(app, words, env=own, prog_name="reconciler")
        self.outputs.append((words, result.output))
        assert code in {None, result.exit_code}, f"{words}: {result.output}"
        return result.output

    def in_every_format(self, *words: str, code: int, **more: str) -> None:
        for output in ("text", "json", "markdown"):
            self(*words, "-v", "-o", output, code=code, **more)
        self(*words, "--lang", "ja", code=code, **more)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """One shop has a token already; Amazon revoked another one."""
    settings = {"sellerId": SELLER, "mwsAuthToken": {"value": OLD}}
    seed = {
        "shops": [{"shopKey": "kyoto-tea", "amazonSettings": settings}, {"shopKey": "uji-cups"}],
        "amazonAccounts": [{"sellerId": SELLER, "revokedTokens": [{"value": REVOKED}]}],
    }
    application = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=seed))
    world = World.of(application)
    world.ensure_client("tests", CLIENT)
    (tmp_path / "shops").mkdir()
    for shop in SHOPS:
        write_shop(tmp_path, shop)
    monkeypatch.chdir(tmp_path)
    with served(application) as url:
        (tmp_path / "reconciler.yaml").write_text(
            f"backend: {{url: '{url}', client_id: tests, client_secret: ref+env://CLIENT_SECRET}}\n"
            "pace: {requests_per_second: 1000}\n"
        )
        yield world
    world.close()


def test_no_secret_is_shown_or_stored_anywhere(world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tell = Teller()
    tell("validate", code=0)
    tell.in_every_format("validate", "--with-secrets", code=0)
    tell.in_every_format("plan", *ROTATED, "--out", "first.json", code=0)
    tell.in_every_format("show-plan", "first.json", code=0)
    tell.in_every_format("show", "kyoto-tea", code=0)

    misreported(tell)
    tell("apply", "first.json", "--auto-approve", "-v", code=0)
    tell("plan", *ROTATED, "--out", "second.json", token=NEXT, code=0)
    tell("apply", "second.json", "--auto-approve", "-o", "json", "-v", token=NEW, code=3)
    tell("apply", "second.json", "--auto-approve", "-o", "markdown", token=NEXT, code=0)
    (undo, *_) = sorted((tmp_path / ".reconciler" / "undo").iterdir())
    tell("show-plan", str(undo), "-o", "json", code=0)

    world.merchant_edits("uji-cups", {"mwsAuthToken": THEIRS, "notificationEmail": "theirs@uji-cups.example"})
    (tmp_path / "shops" / "uji-cups.yaml").write_text(
        MANIFEST.format(shop="uji-cups", wave="late", closing="allow").replace("amazon-pay@", "new@")
    )
    tell.in_every_format("drift", token=NEXT, code=2)
    tell.in_every_format("drift", token=NEW, code=2)
    tell("apply", "--auto-approve", *ROTATED, "-v", token=NEW, code=5)
    tell("apply", "--auto-approve", *ROTATED, "--take", "git", "-v", "-o", "json", token=NEW, code=0)
    tell.in_every_format("history", code=0)
    tell.in_every_format("history", "kyoto-tea", code=0)
    tell.in_every_format("leases", code=0)

    for words, output in tell.outputs:
        assert seen_in(output.encode()) == [], f"{words}: {output}"
    assert seen_in(caplog.text.encode()) == []
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"first.json", "journal.db", "world.db", undo.name} <= {file.name for file in kept}
    assert {file.name: seen_in(file.read_bytes()) for file in kept if seen_in(file.read_bytes())} == {}


def misreported(tell: Teller) -> None:
    """All the ways in which a secret is wrong."""
    for output in ("text", "json", "markdown"):
        tell("validate", "--with-secrets", "-o", output, token=MALFORMED, code=1)
        tell("plan", "-v", "-o", output, token=MALFORMED, code=1)
        tell("apply", "--auto-approve", "-o", output, token=REVOKED, code=1)
        tell("plan", "-v", "-o", output, CLIENT_SECRET=WRONG_CLIENT, code=1)
        tell("apply", "first.json", "--auto-approve", "-o", output, token=NEXT, code=3)


CRASH = """
from reconciler.wiring import store, plan_files
from reconciler.adapters.backend import HttpBackend
class Torn(HttpBackend):
    async def execute(self, write):
        values, secret = write.values, self
        raise {error}
import reconciler.adapters.backend as adapters
adapters.HttpBackend = Torn
class Watching:
    async def record(self, event):
        raise {error}
def unsaved(settings, path, plan, grants):
    raise {error}
if {where!r} == "journal":
    store.journal = lambda *_: Watching()
if {where!r} == "undo":
    plan_files.save_plan = unsaved
from reconciler.cli import main
main()
"""


CRASHED = {"journal": "event", "undo": "plan", "adapter": "values"}
"""What the error that is raised there holds."""


@pytest.mark.parametrize("debug", ["", "1"])
@pytest.mark.parametrize("where", sorted(CRASHED))
def test_a_traceback_shows_no_secret(debug: str, where: str, world: World, tmp_path: Path) -> None:
    own = environment(FLEET_TOKEN=NEW, CLIENT_SECRET=CLIENT, RECONCILER_PLAN_KEY=KEY, RECONCILER_DEBUG=debug)
    code = CRASH.format(error=f"RuntimeError({CRASHED[where]})", where=where)
    ended = subprocess.run(
        [sys.executable, "-c", code, "apply", "--auto-approve", "-v"],
        env=own, cwd=tmp_path, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode != 0
    assert (b"Traceback" in ended.stderr) is (where == "undo" and debug == "1")
    assert seen_in(ended.stdout + ended.stderr) == []


NUMBERS = re.compile(
    r"closed_ms\": \d+|closed for [\d.]+ m?s|"
    r"20\d\d-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?|[0-9a-f]{8}-[0-9a-f-]{27}|sha256:[0-9a-f]+|[0-9a-f]{64}"
)


RUN = re.compile(r"\b[0-9a-f]{8}\b")
"""As a terminal shows it."""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("validate", "--with-secrets"), 1),
        (("plan", "-v"), 1),
        (("apply", "--auto-approve", "-v"), 1),
        (("drift", "-v"), 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_the_output_is_the_same_for_every_secret_of_one_character(
    words: tuple[str, ...], code: int, world: World
) -> None:
    """A single character occurs in every text, so it cannot be searched for; but the output must not depend on it."""
    for output in ("text", "json", "markdown"):
        said = {without_run(Teller()(*words, "-o", output, token=sign, code=code)) for sign in "a7-"}
        assert len(said) == 1


@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_what_is_said_of_an_accepted_secret_does_not_depend_on_it(output: str, fleet: Path) -> None:
    said = set()
    for token in (NEW, NEXT):
        (fleet / "reconciler.yaml").write_text(
            f"embedded: {{seed: seed.json, database: '{token[-3:]}.db'}}\nstore: '{token[-3:]}-journal.db'\n"
        )
        with suppress(FileNotFoundError):
            (fleet / "a.json").unlink()
        tell = Teller()
        tell("plan", "kyoto-tea", "--out", "a.json", "-o", output, "-v", token=token, code=0)
        tell("show-plan", "a.json", "-o", output, token=token, code=0)
        tell("apply", "kyoto-tea", "--auto-approve", "-o", output, "-v", token=token, code=0)
        tell("drift", "kyoto-tea", "-o", output, token=token, code=0)
        tell("show", "kyoto-tea", "-o", output, token=token, code=0)
        said.add(NUMBERS.sub("#", "".join(text for _, text in tell.outputs)))
    assert len(said) == 1


@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_what_is_said_of_a_former_secret_of_one_sign_does_not_depend_on_it(output: str, fleet: Path) -> None:
    """A merchant typed it, Git replaces it: plan, drift, report and undo plan contain it as the former value."""
    said = set()
    for number, sign in enumerate("a7-"):
        settings = {"sellerId": SELLER, "mwsAuthToken": {"value": sign}}
        shops = [{"shopKey": "kyoto-tea", "amazonSettings": settings}, {"shopKey": "uji-cups"}]
        (fleet / f"seed{number}.json").write_text(json.dumps({"shops": shops}))
        (fleet / "reconciler.yaml").write_text(
            f"embedded: {{seed: seed{number}.json, database: '{number}.db'}}\nstore: '{number}-journal.db'\n"
        )
        (fleet / "a.json").unlink(missing_ok=True)
        tell = Teller()
        tell("show", "kyoto-tea", "-o", output, code=0)
        tell("drift", "kyoto-tea", "-o", output, "-v", code=2)
        tell("plan", "kyoto-tea", *ROTATED, "--out", "a.json", "-o", output, "-v", code=0)
        tell("show-plan", "a.json", "-o", output, code=0)
        tell("apply", "a.json", "--auto-approve", "-o", output, "-v", token=sign, code=3)
        tell("apply", "a.json", "--auto-approve", "-o", output, "-v", code=0)
        tell("history", "kyoto-tea", "--steps", "-o", output, code=0)
        (undo,) = (fleet / ".reconciler" / "undo").iterdir()
        tell("show-plan", str(undo), "-o", output, code=0)
        undo.unlink()
        said.add(RUN.sub("#", NUMBERS.sub("#", "".join(text for _, text in tell.outputs))))
    assert len(said) == 1


def test_in_a_saved_plan_the_field_of_the_secret_holds_its_reference_and_a_keyed_digest(
    world: World, tmp_path: Path
) -> None:
    Teller()("plan", "--out", "a.json", code=3)
    Teller()("plan", "--out", "b.json", code=3, RECONCILER_PLAN_KEY="another key of some length")
    one, other = ((tmp_path / name).read_text() for name in ("a.json", "b.json"))
    leaves = {leaf["digest"] for leaf in json.loads(one)["plan"]["leaves"]}
    digests = [set(re.findall(r'"digest":\s*"([^"]+)"', text)) - leaves for text in (one, other)]
    assert digests[0]
    assert digests[0].isdisjoint(digests[1]), "a digest that no key is in can be guessed"
    assert leaves == {leaf["digest"] for leaf in json.loads(other)["plan"]["leaves"]}, (
        "no key and no secret is in a leaf"
    )
    assert "ref+env://FLEET_TOKEN" in one
