"""The checkout that holds the manifests, as someone or something updates it while it is watched."""

from __future__ import annotations

from typing import Protocol


class WatchedCheckout(Protocol):
    """Both methods start `git` and wait for it: call them in a thread."""

    def head(self) -> str | None:
        """The commit that is checked out now; None where the manifests are in no Git repository. The folder may be a link that is
        swapped. Raises SetupError.
        """
        ...

    def upstream(self) -> str:
        """The branch of the remote that an update follows. Raises SetupError where there is none; the remote is not asked."""
        ...

    def update(self) -> None:
        """Fast-forwards the branch from its remote. It never merges, and never discards or touches files that are not committed.
        Raises SetupError, also where the remote does not answer: the checkout is then as it was, and can be used.
        """
        ...
