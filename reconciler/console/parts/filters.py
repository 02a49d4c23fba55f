"""Forms that filter the rows of a page: fields with what the query holds, and the address without a filter."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.console.elements import Choice, FilterField, FilterForm
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg


def text_filter(name: str, label: Message, visit: PageVisit) -> FilterField:
    return FilterField(name=name, label=visit.say(label), value=visit.query.text(name) or "")


def choice_filter(
    name: str, label: Message, choices: Iterable[tuple[str, Message | str]], visit: PageVisit
) -> FilterField:
    """`choices` are values with what is shown of them: a message, or a name that is no text of ours. The first choice is any."""
    shown = tuple(
        Choice(value=value, label=word if isinstance(word, str) else visit.say(word)) for value, word in choices
    )
    any_of = Choice(value="", label=visit.say(msg("any")))
    return FilterField(name=name, label=visit.say(label), value=visit.query.text(name) or "", choices=(any_of, *shown))


def filter_form(
    action: str,
    label: Message,
    fields: tuple[FilterField, ...],
    visit: PageVisit,
    *,
    place: str,
    kept: tuple[str, ...] = ("refresh",),
) -> FilterForm:
    """`place` is the part of the query that says where in the rows the page starts: a filter starts at the first. `kept` are
    parts of the query that a filter leaves as they are.
    """
    query = visit.query
    filtered = any(query.text(each.name) for each in fields)
    return FilterForm(
        action=action,
        fields=fields,
        submit=visit.say(msg("Filter")),
        label=visit.say(label),
        kept=tuple((name, value) for name in kept if (value := query.text(name))),
        reset=visit.here(**dict.fromkeys((*(each.name for each in fields), place))) if filtered else "",
        reset_label=visit.say(msg("Show all")),
    )
