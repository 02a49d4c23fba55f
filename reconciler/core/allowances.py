"""What was allowed for shops that are not there: most likely a slip of the pen, and told before anything is written.

In: what was allowed on the command line, the plan with what its guards hold, the names of all shops that are selected. Out: a
warning for each allowance that meets none of them. It is no error: whatever was meant to be allowed is held all the same, and the
verdict is that of the guard. An allowance for a shop in which its guard holds nothing is none either: it is given beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from reconciler.core import codes
from reconciler.core.diagnostics import Diagnostic, found
from reconciler.core.guards import Allowed
from reconciler.core.near_shops import meant
from reconciler.core.plan import Plan
from reconciler.core.texts import Text, say

_SHOWN: Final = 10


def unmet(allowed: Allowed, plan: Plan, names: Collection[str]) -> tuple[Diagnostic, ...]:
    """In the order in which they were given. Of a selection that holds no shop there is nothing to say."""
    return tuple(_told(allowed, plan, names)) if names else ()


def _told(allowed: Allowed, plan: Plan, names: Collection[str]) -> Iterator[Diagnostic]:
    for slug, glob in dict.fromkeys(allowed.grants):
        if any(fnmatchcase(name, glob) for name in names):
            continue
        yield found(
            codes.ALLOWED_FOR_NONE,
            say(
                "{guard} was allowed for {pattern}, and no shop that is selected matches",
                guard=slug,
                pattern=repr(glob),
            ),
            way_on=_meant(slug, glob, plan, names),
        )


def _meant(slug: str, glob: str, plan: Plan, names: Collection[str]) -> Text:
    """What is near, best of all among the shops that the guard holds; else what there is."""
    held = sorted({finding.shop for finding in plan.all_findings if finding.code.slug == slug and finding.shop})
    guess = meant(glob, held) or meant(glob, names)
    if guess is not None:
        return guess
    if held:
        return say("{guard} holds the shops: {shops}", guard=slug, shops=_list(held))
    return say("{guard} holds no shop here; shops that are selected: {shops}", guard=slug, shops=_list(sorted(names)))


def _list(words: Sequence[str]) -> str:
    return ", ".join([*words[:_SHOWN], *(["..."] if len(words) > _SHOWN else [])])
