"""What of an exception may be logged: never its text, which may quote what somebody sent."""

from __future__ import annotations


def error_location(error: BaseException) -> str:
    """Its kind, and the innermost place it came from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    kind = type(error).__name__
    return kind if trace is None else f"{kind} at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
