"""What of an exception may be logged: never its text, which may quote what others sent."""

from __future__ import annotations


def error_location(error: BaseException) -> str:
    """Its kind, and the innermost place it came from; of a group those of its first error."""
    error = first_error(error)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    kind = type(error).__name__
    return kind if trace is None else f"{kind} at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


def first_error(error: BaseException) -> BaseException:
    """Itself, or the first one of a group of tasks' errors: the group has no message of its own."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
