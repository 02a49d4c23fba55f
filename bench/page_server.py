"""The embedded backend with its screens, a fleet and the orders of a busy shop. [FOLDER] of its database. Prints its port; ends
on SIGTERM.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.embedded.serving import serve_embedded
from reconciler.serving.listener import bind, port_of
from tests.embedded.harness import OSAKA, SEED

PASSWORD = "a password of the benchmark only"
SHOPS = 3_000
ORDERS = 5_000
EDITS = 300


def busy_world(folder: Path) -> Path:
    database = folder / "backend.sqlite"
    world = World.open(database)
    world.seed(_seed())
    world.ensure_user("hanako", PASSWORD, shop_key=OSAKA, name="花子")
    world.ensure_user("operator", PASSWORD, name="運用担当")
    for number in range(EDITS):
        world.merchant_edits(OSAKA, {"notificationEmail": f"pay-{number}@osaka-books.example"})
    world.close()
    return database


def _seed() -> dict[str, Any]:
    seed = json.loads(json.dumps(SEED))
    seed["shops"] += [{"shopKey": f"shop-{number:05}"} for number in range(SHOPS)]
    seed["orders"] += [
        {"orderNo": f"2{number:011}", "shopKey": OSAKA, "amazonOrderReferenceId": f"S03-{number:07}-0000000"}
        for number in range(ORDERS)
    ]
    return dict(seed)


if __name__ == "__main__":
    app = create_app(EmbeddedConfig(database=busy_world(Path(sys.argv[1])), pages=True))
    with bind("127.0.0.1", 0) as listener:
        serve_embedded(app, listener, lambda: print(port_of(listener), flush=True))
