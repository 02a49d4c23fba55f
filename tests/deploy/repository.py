"""A repository of manifests on this machine, and the volume into which a pod clones it.

A volume of a pod belongs to root, and its group is that of the pod: Git refuses a work tree that belongs to another user.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

ORIGIN: Final = "/srv/origin"
ADDRESS: Final = "https://git.example/shops/fleet.git"
USER: Final = 10001


class Repository:
    """Each commit is one manifest, `shops/kyoto-tea.yaml`, with this text."""

    def __init__(self, place: Path, text: str) -> None:
        self.place = place
        place.mkdir()
        open_to_all(place)
        self._git("init", "--quiet", "--initial-branch=main")
        self.commit(text)

    def commit(self, text: str) -> None:
        (self.place / "shops").mkdir(exist_ok=True)
        (self.place / "shops" / "kyoto-tea.yaml").write_text(text)
        self._git("add", ".")
        self._git("commit", "--quiet", "--message", "a change")
        for path in (self.place, *self.place.rglob("*")):
            shutil.chown(path, USER, USER)

    def head(self) -> str:
        return self._git("rev-parse", "HEAD")

    def _git(self, *words: str) -> str:
        who = ("user.name=Hanako", "user.email=hanako@shops.example", f"safe.directory={self.place}")
        options = [word for setting in who for word in ("-c", setting)]
        command = ["git", "-C", str(self.place), *options, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def mounted(repository: Repository, volume: Path) -> str:
    """For a shell: the repository, and the empty volume of a pod."""
    volume.mkdir(exist_ok=True)
    shutil.chown(volume, 0, USER)
    volume.chmod(0o2775)
    return "\n".join((
        f"mkdir -p $tree{ORIGIN}",
        f"mount --bind {repository.place} $tree{ORIGIN}",
        f"mount --bind {volume} $tree/srv/reconciler/git",
        "mount -t tmpfs tmpfs $tree/tmp",
    ))  # fmt: skip


def script_of(container: dict[str, Any]) -> list[str]:
    """Its command, in its folder, with the local repository instead of the address, and one turn of an endless loop."""
    *shell, script = container["command"]
    once = script.removeprefix("while sleep 60; do ").removesuffix("; done").removesuffix(" || true")
    return [*shell, f"cd {container['workingDir']}; {once.replace(ADDRESS, ORIGIN)}"]


def open_to_all(place: Path) -> None:
    """The folders above belong to root, and another user has to get there."""
    for folder in (place, *place.parents):
        if folder != Path("/tmp") and folder.stat().st_uid == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
