"""What the cells of a column may hold, in words that more than one format uses."""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import msg

REFERENCE_WORDS: Final = msg("a reference, `pre-set`, the pre-set literal, or a mask such as ********; never a token")
OWNER_WORDS: Final = msg("a user, an organisation/team without the @, or an email address; several separated by spaces")
