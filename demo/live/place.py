"""The folder of a demo that runs: its settings, its world, what it writes, and the environment of its commands.

In: a folder and ports. Out: files, and a command that runs another one in that environment. Everything in the folder is new at
each start. Secrets and passwords are random; they are in the environment and in `with`, which only its owner may read.
"""

from __future__ import annotations

import fcntl
import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from demo.environment import ROOT, own_path, random_tokens, write_with
from demo.live.ports import HOST, Unusable
from demo.live.world import demo_world

SETTINGS = """\
# Settings of `make demo`, written at each start.
manifests: {manifests}
backend:
  url: {backend}
  client_id: reconciler
  client_secret: ref+env://RECONCILER_BACKEND_SECRET
embedded:
  database: embedded.db
  seed: world.json
  site_url: {sidecar}/amazon-pay/{{shop_key}}
store: journal.db
environment: sandbox
pace: {{requests_per_second: 20}}
ipn:
  topics: ["arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{{seller_id}}"]
  inbox: inbox.db
  certificates: certificates
  mail: {{host: {host}, port: {mail}, security: none}}
watch: {{poll: 2s}}
heal:
  rules:
    - {{name: shop-texts, fields: ["amazon.messages.*"]}}
console: {{token: ref+env://RECONCILER_CONSOLE_TOKEN}}
"""

ALERTS = """\
# Alerts of `make demo`: mails that the practice mailbox of the shop shows.
apiVersion: reconciler/v1
mail: {{host: {host}, port: {mail}, security: none, sender: reconciler@platform.example}}
channels:
  shop-mail: {{kind: mail, to: [pay@nara-brushes.example], language: ja}}
rules:
  - {{channels: [shop-mail]}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlace:
    folder: Path
    ports: Mapping[str, int]
    password: str = field(default_factory=lambda: f"{secrets.token_hex(2)}-{secrets.token_hex(2)}", repr=False)
    secret: str = field(default_factory=secrets.token_urlsafe, repr=False)
    console_token: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)

    def address(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"

    @property
    def script(self) -> Path:
        """Runs another command in the environment of this demo."""
        return self.folder / "with"

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def prepare(self) -> dict[str, str]:
        """Writes all files. Returns the variables of the demo's commands."""
        _clear(self.folder)
        (self.folder / "logs").mkdir()
        (self.folder / "certificates").mkdir()
        sidecar = self.address("sidecar")
        settings = SETTINGS.format(
            manifests=ROOT / "shops",
            backend=self.address("backend"),
            sidecar=sidecar,
            host=HOST,
            mail=self.ports["mail"],
        )
        (self.folder / "reconciler.yaml").write_text(settings, encoding="utf-8")
        alerts = ALERTS.format(host=HOST, mail=self.ports["mail"])
        (self.folder / "alerts.yaml").write_text(alerts, encoding="utf-8")
        world = demo_world(f"{sidecar}/amazon-pay/{{shop_key}}", self.address("backend"))
        (self.folder / "world.json").write_text(json.dumps(world, ensure_ascii=False, indent=1), encoding="utf-8")
        own = {
            "RECONCILER_CONFIG": str(self.folder / "reconciler.yaml"),
            "RECONCILER_EMBEDDED_DATABASE": str(self.folder / "embedded.db"),
            "RECONCILER_BACKEND_SECRET": self.secret,
            "RECONCILER_CONSOLE_TOKEN": self.console_token,
            "DEMO_PASSWORD": self.password,
            "PATH": own_path(),
            **random_tokens(),
        }
        write_with(self.script, own)
        return own


def take(folder: Path) -> IO[str]:
    """The folder is this process's for as long as the file is open. Raises Unusable where another demo runs in it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Unusable("running", folder=folder) from None
    return lock


def _clear(folder: Path) -> None:
    """All but the lock."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name != "lock":
            each.unlink()
