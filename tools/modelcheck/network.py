"""What may go wrong with one request on its way to the platform and back.

In: a request that waits for its answer. Out: each fault with its name, its story and what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from reconciler.adapters.backend.http.messages import NoResponse, RawResponse
from reconciler.core.diagnostics.messages import msg
from tools.modelcheck.platform import Request, firewall, foreign, problem
from tools.modelcheck.world import Call, LateRequest, World

LOST: Final = NoResponse(why=msg("no answer came in time"), sent=True)
UNSENT: Final = NoResponse(why=msg("no connection could be made"), sent=False)
_GATEWAY: Final = (401, 403, 412, 423, 429, 503)

Fault = tuple[str, str, Callable[[], None]]
Answer = Callable[[], RawResponse | NoResponse]
Instead = Callable[..., Callable[[], None]]
"""In: an answer, and whether the request takes effect all the same. Out: what gives it in the place of the platform's."""


def request_faults(world: World, call: Call, request: Request, wanted: frozenset[str]) -> Iterator[Fault]:
    """`wanted` are the kinds of faults that the scenario has."""
    instead = partial(_give, world, call)
    kinds = _either_way(instead) | _by_kind(world, call.actor.name, request, instead)
    for kind, faults in kinds.items():
        if kind in wanted:
            yield from faults


def _by_kind(world: World, sender: str, request: Request, instead: Instead) -> dict[str, list[Fault]]:
    if request.path == "/oauth/token":
        return {"token": [("refused", "the grant is refused once", instead(partial(problem, 401, "INVALID_CLIENT")))]}
    if request.writes:
        return {**_writes(world, sender, request, instead), "foreign": _gateway(instead)}
    return _reads(world, request, instead)


def _give(world: World, call: Call, answer: Answer, *, acts: bool = False) -> Callable[[], None]:
    def take() -> None:
        world.last_fault = world.now
        if acts:
            call.perform()
        given = answer()
        world.reply(call, given, seen(given))

    return take


def seen(answer: Any) -> object:
    """What the client learns from an answer, as text."""
    if isinstance(answer, RawResponse):
        return f"{answer.status} {answer.headers} {answer.body!r}"
    return f"none {answer.sent}" if isinstance(answer, NoResponse) else answer


def _either_way(instead: Instead) -> dict[str, list[Fault]]:
    return {
        "lost": [("lost", "the request is lost on its way", instead(lambda: LOST))],
        "unsent": [("unsent", "no connection is made", instead(lambda: UNSENT))],
    }


_LATER: Final = {"retry-after": "1"}
_REFUSED: Final = (
    ("expired", "the token has expired", partial(problem, 401, "INVALID_TOKEN")),
    ("429", "429 with Retry-After", partial(problem, 429, "TOO_MANY_REQUESTS", **_LATER)),
)


def _reads(world: World, request: Request, instead: Instead) -> dict[str, list[Fault]]:
    found = {
        "refused": [(name, text, instead(answer)) for name, text, answer in _REFUSED],
        "foreign": [("gateway-503", "a gateway answers 503", instead(partial(foreign, 503)))],
    }
    if request.resource == "integration" and request.shop in world.platform.before:
        late = instead(partial(world.platform.late_read, request))
        found["stale"] = [("stale", "the answer is older than the last change", late)]
    return found


def _writes(world: World, sender: str, request: Request, instead: Instead) -> dict[str, list[Fault]]:
    def delay() -> NoResponse:
        world.late.append(LateRequest(request, sender))
        return LOST

    refusals = [*_REFUSED, ("412", "it is refused with 412", partial(problem, 412, "PRECONDITION_FAILED"))]
    if "useAmazon" in request.body:
        refusals.append(("423", "it is refused with 423", partial(problem, 423, "SHOP_OPEN")))
    unanswered = ("unanswered", "it takes effect, and the answer is lost", instead(lambda: LOST, acts=True))
    again = instead(partial(world.act, request, sender), acts=True)
    kept = instead(partial(world.platform.present, request))
    return {
        "lost": [*_either_way(instead)["lost"], unanswered],
        "late": [("late", "no answer comes, and it is still on its way", instead(delay))],
        "repeated": [("repeated", "a proxy sends it twice and gives the second answer", again)],
        "refused": [(name, text, instead(answer)) for name, text, answer in refusals],
        "cached": [("cached", "it never arrives, and a kept answer comes", kept)],
    }


def _gateway(instead: Instead) -> list[Fault]:
    """Answers that are not the contract's, after the request took effect and without that it arrived."""
    json = ("gateway-json", "it takes effect, and a firewall answers 403 in JSON", instead(firewall, acts=True))
    done = [
        (
            f"gateway-{status}",
            f"it takes effect, and a gateway answers {status}",
            instead(partial(foreign, status), acts=True),
        )
        for status in _GATEWAY
    ]
    undone = [
        (
            f"gateway-{status}-undone",
            f"it never arrives, and a gateway answers {status}",
            instead(partial(foreign, status)),
        )
        for status in (412, 503)
    ]
    return [json, *done, *undone]
