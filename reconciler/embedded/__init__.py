"""The embedded backend: a real implementation of the contract in docs/backend.md, on SQLite.

In: requests of `/admin-api/v1` (over a socket or in-process), and acts of merchants, the platform and Amazon through
`World`.
Out: responses of the contract; everything durable is in the database.
Nothing of `core` or `ports` is imported: this package implements the backend's behaviour a second time, so that agreement
with the core's predictions is evidence and not repetition.

    app = create_app(EmbeddedConfig(database="backend.sqlite", seed="seed.json"))
    World.of(app).merchant_edits("kyoto-tea", {"notificationEmail": "pay@kyoto-tea.example"}, by="Hanako")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.embedded.actors.world import World
from reconciler.embedded.config import EmbeddedConfig
from reconciler.embedded.contract.problems import Problem

if TYPE_CHECKING:
    from reconciler.embedded.app import create_app

__all__ = ["EmbeddedConfig", "Problem", "World", "create_app"]


def __getattr__(name: str) -> object:
    """`create_app` loads the web framework, which takes half of the start of a command that only acts on the database."""
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from reconciler.embedded.app import create_app  # noqa: PLC0415  # see above

    return create_app
