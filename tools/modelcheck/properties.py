"""What must hold: at each request, at each effect, at each event, and in each state.

The properties look at the platform and at the store, never at what the tool believes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any, Final

from reconciler.adapters.backend.http.messages import RawResponse
from reconciler.core.planning.plan import Plan, StepKind
from reconciler.core.runs.events import ReopenFailed
from tools.modelcheck.platform import MERCHANT, Request
from tools.modelcheck.process import pending_of
from tools.modelcheck.world import START, Actor, Call, Violation, World

PROMPT: Final = 60.0
"""Seconds after the last fault in which a shop that a living process closed must be open again."""
_FIELDS: Final = {
    "amazon_settings": {"enabled": "useAmazon", "notification_email": "notificationEmail"},
    "amazon_pay_payment": {"pre_order": "preOrder"},
}


Before = tuple[str, str, Mapping[str, Any]]
"""A shop before a request: its status, who wrote that, and its values by the wire's names."""


class Properties:
    """The safety properties of one world. Each raises Violation."""

    def __init__(self, world: World, longest_closed: float) -> None:
        self.world = world
        self.longest_closed = longest_closed
        self.planned: dict[str, dict[str, dict[str, tuple[Any, Any]]]] = {}
        self.reported: dict[str, set[str]] = {}
        self.acknowledged: dict[str, set[str]] = {}
        self.found: Violation | None = None
        world.observers.append(self)

    def fail(self, law: str, text: str) -> None:
        """Kept, and raised at the next quiet moment: raised here, the tool might catch it."""
        self.found = self.found or Violation(law, text)

    # What is heard

    def on_plan(self, actor: Actor, plan: Plan) -> None:
        for shop in plan.shops:
            fields: dict[str, tuple[Any, Any]] = {}
            for step in shop.steps:
                if step.action is StepKind.WRITE:
                    for ref in step.refs:
                        wire = _FIELDS.get(ref.kind, {}).get(ref.field)
                        if wire is not None:
                            change = shop.change_at(ref)
                            fields[wire] = (change.before, change.after)
            if shop.bracket:
                fields["status"] = ("OPEN", "CLOSED")
            self.planned.setdefault(actor.name, {})[shop.shop] = fields

    def on_call(self, call: Call) -> None:
        request = call.request
        if request is None:
            return
        if not request.writes:
            return
        if request.opens:
            call.actor.notes.setdefault("reopening_since", self.world.now)
        self._only_planned(call.actor, request)
        self._not_acknowledged(call.actor, request)
        if not request.opens:
            self._under_lease(call.actor, request)
            self._with_intent(call.actor, request)

    def on_effect(self, request: Request, sender: str, was: Before, answer: RawResponse) -> None:
        """`was` is the shop's status before, who wrote it, and its values."""
        status, closer, values = was
        if answer.status < 300 and request.writes and not request.opens:
            self._not_overwritten(request, sender, values)
        if answer.status >= 300 or not request.opens or status != "CLOSED" or closer == sender:
            return
        if closer == MERCHANT:
            self.fail("closed-by-others", f"{sender} opens {request.shop}, which its merchant closed")
        holder = self._holder(request.shop)
        if holder is not None and holder.name == closer:
            self.fail("closed-by-others", f"{sender} opens {request.shop}, which {closer} closed and still holds")

    def _not_overwritten(self, request: Request, sender: str, values: Mapping[str, Any]) -> None:
        planned = self.planned.get(sender, {}).get(request.shop, {})
        for name in request.body:
            if name in planned and values.get(name) not in planned[name]:
                self.fail(
                    "not-overwritten",
                    f"{sender} writes {name} of {request.shop} over {values.get(name)}, which it did not plan from",
                )

    def on_release(self, actor: Actor, key: str) -> None:
        """The lease of a shop is about to be given back."""
        shop = self.world.platform.shops.get(key)
        if shop is not None and shop.closed_by == actor.name and key not in self.reported.get(actor.name, ()):
            self.fail(
                "lease-until-open", f"{actor.name} gives back the lease of {key}, which it closed and has not reopened"
            )

    def on_event(self, actor: Actor, event: object) -> None:
        if isinstance(event, ReopenFailed):
            self._gave_up(actor, str(event.shop))
            self.reported.setdefault(actor.name, set()).add(str(event.shop))

    def on_acknowledged(self, actor: Actor, request: Request) -> None:
        """The actor was given the platform's own answer: the write took place."""
        if request.writes and request.key and not request.opens:
            self.acknowledged.setdefault(actor.name, set()).add(request.key)

    # What must hold of a request

    def _only_planned(self, actor: Actor, request: Request) -> None:
        if request.opens:
            return
        planned = self.planned.get(actor.name, {}).get(request.shop, {})
        for name, value in request.body.items():
            if name not in planned or planned[name][1] != value:
                self.fail(
                    "only-planned", f"{actor.name} writes {name}={value} to {request.shop}, which it did not plan"
                )

    def _not_acknowledged(self, actor: Actor, request: Request) -> None:
        if request.key in self.acknowledged.get(actor.name, ()):
            self.fail("written-once", f"{actor.name} sends {request.name} again, which was acknowledged")

    def _under_lease(self, actor: Actor, request: Request) -> None:
        holder = self._holder(request.shop)
        if holder is not actor:
            whose = "nobody's" if holder is None else f"{holder.name}'s"
            self.fail("live-lease", f"{actor.name} sends {request.name} to {request.shop}, whose lease is {whose}")

    def _with_intent(self, actor: Actor, request: Request) -> None:
        if request.key and f'"{request.key}"' not in self.world.machine.journal(self.world.state):
            self.fail("intent", f"{actor.name} sends {request.name} to {request.shop} without an intent in the journal")

    def _holder(self, shop: str) -> Actor | None:
        """Whose lease of the shop is live now."""
        row = self.world.machine.lease(self.world.state, shop)
        if row is None or row["released"] or row["expires"] <= _written(self.world.now):
            return None
        return next((actor for actor in self.world.actors if row["run"] in actor.runs), None)

    # What must hold of a state

    def check(self) -> None:
        """Raises Violation: of what was heard since, or of the state as it is."""
        if self.found is not None:
            raise self.found
        for actor in self.world.actors:
            if actor.failure is not None:
                raise Violation("no-fault", f"{actor.name} ended with {actor.failure!r}")
        for key, shop in self.world.platform.shops.items():
            if shop.closed_by and shop.closed_by != MERCHANT:
                self._pending(key, shop.closed_by)
                self._reported(key, shop.closed_by)
                self._promptly(key, shop.closed_by)

    def _pending(self, key: str, closer: str) -> None:
        owed = {left.shop for left in pending_of(self.world) if left.closed}
        if key not in owed:
            raise Violation(
                "reopened-or-pending", f"{closer} closed {key}, and the journal knows of no reopening that is pending"
            )

    def _reported(self, key: str, closer: str) -> None:
        """A process that ends without being killed says so where a shop that it closed stays closed."""
        actor = next((one for one in self.world.actors if one.name == closer), None)
        if actor is not None and actor.ended and not actor.dead and key not in self.reported.get(closer, ()):
            raise Violation("reported", f"{closer} ends, {key} stays closed by it, and it did not say so")

    def _promptly(self, key: str, closer: str) -> None:
        """A living process that owes a reopening, and that only waits for time, has it done soon after the last fault."""
        world = self.world
        actor = next((one for one in world.actors if one.name == closer), None)
        if actor is None or not actor.living or world.down or any(call.actor is actor for call in world.pending):
            return
        if world.now - world.last_fault > PROMPT and self._may_reopen(actor, key):
            idle = f"{world.now - world.last_fault:g} s after the last fault"
            raise Violation("reopened-promptly", f"{key} is closed {idle}, and {closer} only waits")

    def _may_reopen(self, actor: Actor, key: str) -> bool:
        row = self.world.machine.lease(self.world.state, key)
        return row is not None and row["run"] in actor.runs

    def _gave_up(self, actor: Actor, shop: str) -> None:
        """A reopening is given up after `longest_closed` seconds of trying, or because another run took the shop."""
        row = self.world.machine.lease(self.world.state, shop)
        taken = row is not None and row["run"] not in actor.runs
        since = actor.notes.get("reopening_since", self.world.now)
        if not taken and actor.name in self.planned and self.world.now - since < 0.8 * self.longest_closed:
            tried = f"{self.world.now - since:g} s of {self.longest_closed:g} s"
            self.fail("patience", f"{actor.name} gives up reopening {shop} after {tried}")


def _written(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).astimezone(UTC).isoformat(timespec="microseconds")
