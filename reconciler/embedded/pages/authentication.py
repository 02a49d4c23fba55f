"""A name and a password, compared in a thread: it is work. The same for merchants, members and the practice Amazon's buyers.

In: who tries, how the person is found, the password. Out: the person; None for a wrong one; `Problem` where the name has to wait.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from anyio import to_thread
from sqlalchemy import Connection

from reconciler.embedded.pages.language import N_
from reconciler.embedded.resources.screens import passwords
from reconciler.embedded.resources.screens import sign_in_attempts as attempts
from reconciler.embedded.services import Services

WAIT: Final = N_("しばらく時間をおいてからお試しください。")
WhoSignsIn = TypeVar("WhoSignsIn")
Find = Callable[[Connection], tuple[WhoSignsIn | None, str]]


async def check_password(services: Services, who: str, find: Find[WhoSignsIn], password: str) -> WhoSignsIn | None:
    return await to_thread.run_sync(_compare, services, who, find, password)


def _compare(services: Services, who: str, find: Find[WhoSignsIn], password: str) -> WhoSignsIn | None:
    with services.database.writing() as connection:
        attempts.begin_attempt(connection, who, services.now())
    with services.reading() as connection:
        found, stored = find(connection)
    if not passwords.password_matches(stored, password) or found is None:
        return None
    with services.database.writing() as connection:
        attempts.forget_failures(connection, who)
    return found
