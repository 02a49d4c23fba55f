"""Bugs of writes: what is recorded before one, what it holds, and what its answer means."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from reconciler.adapters.backend import HttpBackend
from reconciler.adapters.backend.http import client, interpret, oauth
from reconciler.adapters.backend.http.messages import NoResponse
from reconciler.ports import SetupError, Unauthorised, WriteRequest
from reconciler.workflows.execution import (
    recorder,
    shop_reader,
    step_writer,
)
from reconciler.workflows.execution.steps import write_request
from tools.modelcheck.planted.planting import Patch, bug


@bug("one-apply")
def foreign_412_believed() -> Sequence[Patch]:
    """Any error status counts as a refusal by the backend."""
    return [(interpret, "is_refusal", lambda answer, _body: answer.status >= 400)]


@bug("one-apply")
def answer_not_read() -> Sequence[Patch]:
    """An answer is believed without what it holds."""
    return [(HttpBackend, "_require_written", lambda _self, _write, _call, _written: None)]


@bug("one-apply")
def no_intent() -> Sequence[Patch]:
    """A write leaves without an intent in the journal."""

    async def record_intent(_self: Any, _event: Any, _lease: Any) -> None:
        """Nothing is recorded."""

    return [(recorder.EventRecorder, "record_intent", record_intent)]


@bug("one-apply")
def store_failure_ignored() -> Sequence[Patch]:
    """An intent that could not be recorded does not stop the write."""

    async def keep_intent(self: Any, event: Any, lease: Any) -> None:
        with suppress(SetupError):
            await self.journal.record_intent(event, lease)

    return [(recorder.EventRecorder, "_keep_intent", keep_intent)]


@bug("tokens")
def refusal_for_good() -> Sequence[Patch]:
    """A refused token renewal is remembered for ever."""

    async def once(self: Any) -> None:
        if not isinstance(self._failure, Unauthorised):
            await self._fetch_once()

    return [(oauth.TokenCache, "_fetch_persistently", once)]


@bug("one-apply")
def sent_again() -> Sequence[Patch]:
    """An acknowledged write is sent again."""
    inner = step_writer.StepWriter._execute

    async def execute(self: Any, attempt: Any) -> Any:
        await inner(self, attempt)
        return await inner(self, attempt)

    return [(step_writer.StepWriter, "_execute", execute)]


@bug("one-apply")
def unplanned_field() -> Sequence[Patch]:
    """A write holds a field that was not planned."""
    inner = write_request

    def request(*arguments: Any, **options: Any) -> WriteRequest:
        made = inner(*arguments, **options)
        if made.kind != "amazon_settings":
            return made
        return replace(made, values={**made.values, "notification_email": "default@shop.example"})

    return [(step_writer, "write_request", request)]


@bug("one-apply")
def lost_means_not_done() -> Sequence[Patch]:
    """A write without an answer counts as not done."""
    inner = interpret.no_response_error

    def error(call: Any, silence: NoResponse, address: str) -> Any:
        found = inner(call, silence, address)
        found.happened = False
        return found

    return [(client, "no_response_error", error)]


@bug("edits")
def moved_field_overwritten() -> Sequence[Patch]:
    """A field that was changed since the plan is overwritten."""
    return [
        (step_writer, "first_changed_field", lambda *_arguments, **_options: None),
        (shop_reader, "changed_kinds", lambda *_arguments, **_options: set()),
    ]
