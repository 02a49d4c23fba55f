"""All errors of one file that was read, the more severe before the milder: one diagnostic per place.

In: a parsed file, the document it should be, and other diagnostics. Out: diagnostics; none if and only if the file alone is
valid. The explainer and jsonschema are imported when the first file fails, not before.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from reconciler.adapters.manifests.checks.forbidden_text import forbidden_text
from reconciler.adapters.manifests.checks.semantics import check_semantics
from reconciler.adapters.manifests.describe import display_path
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg


def check_file(
    parsed: Parsed, model: type[Document], *, also: Iterable[Diagnostic] = (), milder: Iterable[Diagnostic] = ()
) -> tuple[Diagnostic, ...]:
    """`also` are known diagnostics of the file; `milder` ones are omitted at places with another diagnostic."""
    known = (*parsed.diagnostics, *also)
    if not parsed.readable:
        return known
    found = (*known, *forbidden_text(parsed))
    found = (*found, *_unreported(check_semantics(parsed), found))
    found = (*found, *_unreported(_shape_faults(parsed, model), found))
    return (*found, *_unreported(milder, found))


def _unreported(reported: Iterable[Diagnostic], found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    places = {place for finding in found for place in (finding.origin, finding.subject) if place is not None}
    return tuple(finding for finding in reported if finding.origin not in places and finding.subject not in places)


def _shape_faults(parsed: Parsed, model: type[Document]) -> tuple[Diagnostic, ...]:
    try:
        model.model_validate(parsed.data)
    except ValidationError as refused:
        from reconciler.adapters.manifests.checks.shape import shape_diagnostics  # noqa: PLC0415  # see above

        return shape_diagnostics(parsed, model) or tuple(_unexplained(refused, parsed))
    return ()


def _unexplained(refused: ValidationError, parsed: Parsed) -> Iterable[Diagnostic]:
    """Document and schema disagree: a bug of ours, reported rather than hidden."""
    for error in refused.errors(include_url=False, include_context=False, include_input=False):
        yield diagnostic(
            codes.INVALID,
            msg("`{place}` is not accepted: {reason}", place=display_path(error["loc"]), reason=error["type"]),
            hint=msg("Report this message to the developers: the schema should have explained it"),
            subject=display_path(error["loc"]),
            origin=parsed.origin(error["loc"]),
        )
