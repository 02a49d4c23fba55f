"""The tree of the image, without an image: no image can be pulled where the tests run.

In: the Dockerfile. Out: a tree of folders in which its RUN lines were executed, and in which the services of the compose file
run.

The base image is replaced by this machine: each stage starts with the machine's /usr, /etc and /var, whose changes stay in
memory, and with nothing else. The variables are those of the base image and of the Dockerfile, and what pip needs to find its
index. What this does not show: that the packages of the base image are enough, and what a container runtime does with the
finished image.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.dockerfile import Stage, context_files, read_stages
from tests.deploy.shipped import DEPLOY, ROOT

WANTED: Final = "TESTS_WANT_NAMESPACES"
BASE: Final = {"PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
_MACHINE: Final = re.compile(r"PIP_\w+|SSL_CERT_\w+|(?:https?|no)_proxy", re.IGNORECASE)
_TREE: Final = r"""
set -e
tree=$1 python=$2 prefix=$3
mkdir -p "$tree"
mount -t tmpfs -o mode=755 tmpfs "$tree"
for name in usr etc var; do
  mkdir -p "$tree/$name" "$tree.changes/$name" "$tree.work/$name"
  mount -t overlay overlay -o "lowerdir=/$name,upperdir=$tree.changes/$name,workdir=$tree.work/$name" "$tree/$name"
done
for name in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then cp -P "/$name" "$tree/$name"; fi
done
mkdir -p "$tree"/proc "$tree"/dev "$tree"/run "$tree"/root "$tree"/srv "$tree"/opt "$tree"/home "$tree"/usr/local/bin
mkdir -m 1777 "$tree/tmp"
mount --rbind /proc "$tree/proc"
mount --rbind /dev "$tree/dev"
cat /etc/resolv.conf > "$tree/etc/resolv.conf" || true
case "$prefix" in
  /usr|/usr/*) ;;
  *) mkdir -p "$tree$prefix"; mount --bind "$prefix" "$tree$prefix"; mount -o remount,bind,ro "$tree$prefix" ;;
esac
printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" > "$tree/usr/local/bin/python"  # a link would hide where its library is
chmod 755 "$tree/usr/local/bin/python"
"""


class Failed(Exception):
    """A line of the Dockerfile ended with an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """`namespace` is a process in whose mount namespace the tree is; `image` is the last stage."""

    namespace: int
    tree: Path
    image: Stage

    @property
    def environment(self) -> dict[str, str]:
        return _expanded(self.image)

    def inside(self, *words: str) -> list[str]:
        """A command in the mount namespace, outside the tree."""
        return ["nsenter", f"--mount=/proc/{self.namespace}/ns/mnt", *words]

    def run(self, *words: str, mounts: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """A command as a container executes it: the user of the image, a read-only tree, and `mounts` (see `contained`)."""
        command = self.contained(words, self.environment | more, mounts)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    def contained(
        self, words: Sequence[str], variables: Mapping[str, str], mounts: str = "", network: str = ""
    ) -> list[str]:
        """`mounts` are lines of a shell, with the tree as $tree, which hold for this command only; `network`: a namespace."""
        script = "\n".join((
            "set -e",
            f"tree={shlex.quote(str(self.tree))}",
            mounts,
            *(f"mount -o remount,bind,ro $tree{name}" for name in ("/usr", "/etc", "/var", "")),
            shlex.join(["exec", "chroot", str(self.tree), *self._as_user(), *_with(variables, self.image.folder), *words]),
        ))  # fmt: skip
        joined = [f"--net={network}"] if network else []
        return ["nsenter", f"--mount=/proc/{self.namespace}/ns/mnt", *joined, "unshare", "--mount", "sh", "-c", script]

    def _as_user(self) -> list[str]:
        user, group = self.image.user.split(":")
        limits = ("--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
        return ["setpriv", f"--reuid={user}", f"--regid={group}", *limits]


@contextmanager
def built(folder: Path) -> Iterator[StandIn]:
    """Raises Failed with the output of the line. The tree is in memory, and gone at the end."""
    why = missing()
    if why:
        (pytest.fail if os.environ.get(WANTED) else pytest.skip)(why)
    start = f"mount -t tmpfs -o size=2g tmpfs {shlex.quote(str(folder))} && echo ready && exec cat"
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", start]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "ready\n"
        try:
            yield _build(holder.pid, folder)
        finally:
            holder.stdin.close()


def missing() -> str | None:
    if os.geteuid() != 0:
        return "the tree of the image is built in a mount namespace: run the tests as root"
    if any(shutil.which(name) is None for name in ("unshare", "nsenter", "setpriv", "chroot")):
        return "no unshare, nsenter or setpriv: apt-get install util-linux"
    done = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False)
    return "no namespaces can be made here" if done.returncode else None


def _build(namespace: int, folder: Path) -> StandIn:
    places: dict[str, Path] = {}
    stages = read_stages(DEPLOY / "Dockerfile")
    for number, stage in enumerate(stages):
        tree = places[stage.name] = folder / f"stage-{number}"
        made = StandIn(namespace=namespace, tree=tree, image=stage)
        _checked(made.inside("sh", "-c", _TREE, "sh", str(tree), str(Path(sys.executable).resolve()), sys.base_prefix))
        for step in stage.steps:
            _step(made, step, places)
    return made


def _step(made: StandIn, step: tuple[str, str, str], places: Mapping[str, Path]) -> None:
    instruction, text, folder = step
    match instruction:
        case "WORKDIR":
            _checked(made.inside("mkdir", "-p", f"{made.tree}{folder}"))
        case "RUN":
            machine = {name: value for name, value in os.environ.items() if _MACHINE.fullmatch(name)}
            line = [*_with(BASE | machine, folder), "/bin/sh", "-c", text]
            _checked(made.inside("chroot", str(made.tree), *line))
        case "COPY":
            _copy(made, shlex.split(text), folder, places)


def _copy(made: StandIn, words: list[str], folder: str, places: Mapping[str, Path]) -> None:
    if words[0].startswith("--from="):
        source, target = words[1:]
        _checked(made.inside("cp", "-a", f"{places[words[0].removeprefix('--from=')]}{source}", f"{made.tree}{target}"))
    else:
        assert words == [".", "."]
        names = "\0".join(context_files(ROOT)).encode()
        pack = ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", "-"]
        packed = subprocess.run(pack, input=names, capture_output=True, check=True).stdout
        unpack = made.inside("tar", "-C", f"{made.tree}{folder}", "-xf", "-")
        subprocess.run(unpack, input=packed, check=True)


def _with(variables: Mapping[str, str], folder: str) -> list[str]:
    return ["env", "-i", f"--chdir={folder}", *(f"{name}={value}" for name, value in variables.items())]


def _expanded(image: Stage) -> dict[str, str]:
    """The variables of the image; in a value, ${PATH} is the one of the base image."""
    own = {name: value.replace("${PATH}", BASE["PATH"]) for name, value in image.environment.items()}
    return BASE | own


def _checked(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise Failed(f"{shlex.join(command)}: exit code {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
