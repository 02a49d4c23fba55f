"""How often someone may try to sign in, on any screen.

In: a name as it was entered, known or not. Out: nothing, or `Problem`. After five failures in a row a name has to wait: the
answer reveals nothing about it.
"""

import hashlib
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.storage.page_tables import sign_in_failures

ATTEMPTS: Final = 5
WAIT_SECONDS: Final = 15 * 60

_F = sign_in_failures.c


def attempter(*names: str) -> str:
    """Who tries, as a hash: what was entered is not stored."""
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogatepass")).hexdigest()


def begin_attempt(connection: Connection, who: str, now: datetime) -> None:
    """Counts as failed until `forget_failures`, so that many attempts at once are no more than as many one after the other. A
    pause starts the count again.
    """
    moment = int(now.timestamp())
    row = connection.execute(select(_F.failures, _F.last_at).where(_F.who == who).with_for_update()).first()
    before = row[0] if row is not None and moment < row[1] + WAIT_SECONDS else 0
    if before >= ATTEMPTS:
        raise Problem("TOO_MANY_REQUESTS", "too many failed sign-ins: wait before the next one")
    old = (_F.who == who) | (_F.last_at < moment - WAIT_SECONDS)
    connection.execute(delete(sign_in_failures).where(old))
    connection.execute(insert(sign_in_failures).values(who=who, failures=before + 1, last_at=moment))


def forget_failures(connection: Connection, who: str) -> None:
    connection.execute(delete(sign_in_failures).where(_F.who == who))
