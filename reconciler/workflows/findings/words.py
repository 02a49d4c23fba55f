"""What the states of fields and of the lines that declare them are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.workflows.findings.field_facts import FieldState, LineState

FIELD_STATE_WORDS: Final[Mapping[FieldState, Message]] = {
    FieldState.IN_SYNC: msg("matches Git"),
    FieldState.DRIFTED: msg("differs from Git"),
    FieldState.PENDING: msg("not applied yet"),
    FieldState.CONFLICT: msg("conflict"),
    FieldState.DIFFERS: msg("differs from Git"),
    FieldState.CONVERGED: msg("matched by hand"),
    FieldState.NOT_FOLLOWING: msg("does not follow 利用設定"),
    FieldState.NOT_MANAGED: msg("not managed"),
    FieldState.ISSUED: msg("read-only"),
    FieldState.UNCOMPARED: msg("not compared"),
    FieldState.UNREAD: msg("backend not read"),
}
LINE_STATE_WORDS: Final[Mapping[LineState, Message]] = {
    LineState.COMMITTED: msg("committed"),
    LineState.UNCOMMITTED: msg("not committed"),
    LineState.CLONE_ENDS: msg("unknown: the clone has no older commits"),
}
