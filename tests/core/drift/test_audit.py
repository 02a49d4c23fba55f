"""An entry of the trail applies only to its own field."""

from reconciler.core.drift.audit import AuditEntry, last_change
from reconciler.core.model.state import FieldRef
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import live


def test_a_trail_that_does_not_reach_back_names_no_one():
    other = AuditEntry(
        at="2026-11-23T01:00:00Z",
        actor="a",
        actor_type="CLIENT",
        field=FieldRef("system_parts", "messages", "order_area.label"),
        name="systemParts.parts.ORDER_AREA.label",
    )
    trail = [other]
    assert last_change(trail, FieldRef("system_parts", "messages", "order_area.message"), look(live())) is None
    assert last_change(trail, FieldRef("system_parts", "messages", "order_area.label"), look(live())) is other
    assert last_change([], FieldRef("amazon_settings", "enabled"), look(live())) is None
