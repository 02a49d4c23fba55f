"""PgBouncer in front of a PostgreSQL server of the tests: each transaction gets whichever server connection is free.

Needs Debian's `pgbouncer`. Without it the tests are skipped, or fail where `TESTS_WANT_POOLER` is set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.support.postgres import Cluster
from tests.support.waiting import wait_until

WANTED: Final = "TESTS_WANT_POOLER"
_PLACES: Final = ("pgbouncer", "/usr/sbin/pgbouncer")
_SETTINGS: Final = """\
[databases]
{database} = host={server} user=tests
[pgbouncer]
listen_port = 6432
listen_addr =
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


def demand_pooler() -> str:
    """The program."""
    found = next((place for name in _PLACES if (place := shutil.which(name))), None)
    if found is None:
        (pytest.fail if os.environ.get(WANTED) else pytest.skip)("no PgBouncer: apt-get install pgbouncer")
    return str(found)


@contextmanager
def pooled(server: Cluster, *, size: int) -> Iterator[str]:
    """The URL of a new database behind a pooler that has `size` connections to it."""
    program = demand_pooler()
    direct = server.fresh()
    place, host = direct.split("?host=")
    database = place.rpartition("/")[2]
    folder = Path(tempfile.mkdtemp(prefix="pooler-", dir="/tmp"))
    user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, **user)
    settings = folder / "pgbouncer.ini"
    settings.write_text(_SETTINGS.format(database=database, server=host, folder=folder, size=size))
    with subprocess.Popen([program, "--quiet", str(settings)], **user) as process:  # type: ignore[call-overload]  # user, group
        try:
            wait_until((folder / ".s.PGSQL.6432").exists)
            yield f"postgresql://tests@/{database}?host={folder}&port=6432"
        finally:
            process.terminate()
    shutil.rmtree(folder)
