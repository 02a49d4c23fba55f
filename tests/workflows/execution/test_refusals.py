"""A refused value is reported with its own code, the field, its line and what to do."""

from __future__ import annotations

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import Origin
from reconciler.ports import BackendError, Locked, RefusedField, Rejected
from reconciler.workflows.execution.errors import step_error_diagnostic
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import bare, desired_with
from tests.support.strategies import CLIENTS, SELLERS

PLAN = plan_shop(desired_with(seller_id=SELLERS[0], client_id=CLIENTS[0], enabled=True), look(bare()), RequestPace())
WRITE = next(step for step in PLAN.steps if FieldRef("amazon_settings", "client_id") in step.refs)


def error(reason: str, field: str | None, happened: bool | None = False) -> BackendError:
    text = msg("PATCH: {reason}", reason=reason)
    made: BackendError = (
        Locked(text, happened=happened) if reason == "SHOP_OPEN" else Rejected(text, reason=reason, happened=happened)
    )
    ref = None if field is None else FieldRef("amazon_settings", field)
    if field is not None:
        made.refused_fields = (RefusedField(name=field, words=msg("no"), ref=ref),)
    return made


@pytest.mark.parametrize(
    ("reason", "field", "code", "advice"),
    [
        ("AMAZON_API_ERROR", "client_id", codes.API_VALUES_REFUSED, "(サポートを受ける)"),
        ("NOT_ENTITLED", "enabled", codes.NOT_ENTITLED, "applications"),
        ("TOKEN_PRE_SET", "mws_auth_token", codes.PRE_SET_TOKEN_REFUSED, "pre-set"),
        ("SHOP_OPEN", "enabled", codes.LOCKED, "要閉店"),
    ],
)
def test_a_refused_value_is_reported_with_its_field_and_what_to_do(
    reason: str, field: str, code: Code, advice: str
) -> None:
    printed = step_error_diagnostic(error(reason, field), PLAN, WRITE)
    assert printed.code is code
    assert FieldRef("amazon_settings", field).full_name.arguments[0][1] in str(printed.summary)
    assert advice in str(printed.hint)
    assert isinstance(printed.origin, Origin)
    changed = {change.ref.field: change for change in PLAN.written_changes}
    if field in changed:
        assert (printed.subject, printed.origin) == (changed[field].ref.manifest_path, changed[field].origin)


def test_a_field_that_the_plan_does_not_write_has_its_own_line() -> None:
    line = Origin("shops/a.yaml", 9, 5)
    printed = step_error_diagnostic(
        error("TOKEN_PRE_SET", "mws_auth_token"), PLAN, WRITE, {"amazon.api.mws_auth_token": line}
    )
    assert (printed.subject, printed.origin) == ("amazon.api.mws_auth_token", line)


def test_without_a_field_the_backend_s_words_stay() -> None:
    printed = step_error_diagnostic(error("AMAZON_API_ERROR", None), PLAN, WRITE)
    assert printed.code is codes.API_VALUES_REFUSED
    assert str(printed.summary) == "PATCH: AMAZON_API_ERROR"


@pytest.mark.parametrize(("reason", "happened"), [("AMAZON_API_ERROR", None), ("ANOTHER", False)])
def test_of_anything_else_nothing_is_claimed(reason: str, happened: bool | None) -> None:
    assert step_error_diagnostic(error(reason, "client_id", happened), PLAN, WRITE).code is codes.REJECTED
