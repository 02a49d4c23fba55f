"""What a run needs of the machine it runs on: secrets, the time, and the folder of the fleet beside its manifests.

The health of shops after they were written, where it is watched: for example their notifications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.lib.frozen_class import frozen


class Secrets(Protocol):
    def check_scheme(self, ref: SecretRef) -> None:
        """Raises SecretMissing where nothing installed understands the reference's scheme. Looks up no secret."""
        ...

    def prepare(self, refs: Iterable[SecretRef]) -> None:
        """Announces what will be resolved, so that a store can hand it out in few requests. Raises nothing."""
        ...

    def resolve(self, ref: SecretRef) -> Secret:
        """Raises SecretMissing."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day: aware, UTC. It can be set, so that it may go back; for how long something takes use `monotonic`."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start. It never goes back, also if the time of day is set."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class ShopHealthProbe(Protocol):
    async def unhealthy(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        """Those of `shops` with a known problem, each with the reason. Shops without data are omitted."""
        ...


@frozen
class SettingInUse:
    """`value` None: not set. `source` is where it was written, or `default`. A secret is shown as its reference."""

    name: str
    value: str | None
    source: str


@frozen
class PermissionCheck:
    """`text` says what was checked. `fix` is None if nothing is wrong."""

    text: Message
    fix: Message | None = None


class ProjectFolder(Protocol):
    @property
    def settings_file(self) -> str | None:
        """Where the settings were read; None if the defaults hold."""
        ...

    def settings(self) -> Sequence[SettingInUse]:
        """Every setting with its value, in the order of the documentation."""
        ...

    def read(self, file: str) -> str | None:
        """The content of a file below the folder; None if there is none. Raises SetupError."""
        ...

    def write(self, file: str, text: str) -> None:
        """Raises SetupError."""
        ...

    def editor_schemas(self) -> Mapping[str, str]:
        """The JSON Schemas that editors use, by the name of their file."""
        ...

    def permissions(self) -> Sequence[PermissionCheck]:
        """Who can read the key, and whether the folders that commands write to can be written."""
        ...
