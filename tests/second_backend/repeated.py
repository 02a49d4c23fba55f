"""Idempotency keys: a repeated request gets the stored response."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from tests.second_backend.messages import Ask, Reply, Terms
from tests.second_backend.problems import Refusal
from tests.second_backend.shapes import read_json
from tests.second_backend.state import State


def once(state: State, ask: Ask, terms: Terms, handle: Callable[[], Reply]) -> Reply:
    """What `handle` answers, or what it answered when the client used this key first. A refusal is not kept."""
    if terms.idempotency_key is None:
        return handle()
    name = f"{ask.caller.client} {ask.route} {ask.query.get('environment', '')} {terms.idempotency_key}"
    digest = hashlib.sha256(json.dumps(read_json(ask.body), sort_keys=True).encode()).hexdigest()
    held = None if state.breaks("key-forgotten") else state.journal.get("answers", name)
    if held is None or (held["digest"] != digest and state.breaks("key-reused")):
        reply = handle()
        kept = {"digest": digest, "status": reply.status, "body": reply.body, "version": reply.version}
        state.journal.put("answers", name, kept)
        return reply
    if held["digest"] != digest:
        raise Refusal("IDEMPOTENCY_KEY_REUSED", "the key named another request")
    return Reply(held["status"], held["body"], held["version"])
