"""What a field is and has: its names, its screen, the value it inherits, and the live value of the last look. Out: Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.fields import field_at
from reconciler.core.model.kinds import kind_named
from reconciler.lsp.file_uris import path_uri
from reconciler.lsp.words import Words
from reconciler.ports.editor.live_fleet import FieldUnderCursor, Inherited
from reconciler.workflows.editor.last_look import SeenValue


def hover_text(field: FieldUnderCursor, seen: SeenValue | None, words: Words) -> str:
    return "\n\n".join(_paragraphs(field, seen, words))


def _paragraphs(field: FieldUnderCursor, seen: SeenValue | None, words: Words) -> Iterator[str]:
    ref = field_at(field.place)
    title = field.texts.titles[words.code]
    label = None if ref is None else ref.spec.policy.label
    yield f"**{title}** (`{field.place}`)" if label in (None, title) else f"**{title}** ({label}, `{field.place}`)"
    if field.texts.descriptions[words.code]:
        yield field.texts.descriptions[words.code]
    if ref is not None:
        yield words.say(msg("Screen: {screen}", screen=kind_named(ref.kind).screen))
        if ref.spec.policy.while_closed:
            yield words.say(msg("Changes only while the shop is closed (要閉店)."))
    if field.inherited is not None:
        yield _inherited(field.inherited, words, overridden=field.declared)
    if seen is not None:
        yield _seen(seen, words)


def _inherited(inherited: Inherited, words: Words, *, overridden: bool) -> str:
    origin = inherited.origin
    file = f"[{origin.file}:{origin.line}]({path_uri(inherited.file)}#L{origin.line})"
    value = words.value(inherited.value)
    if overridden:
        return words.say(msg("Overrides the inherited value {value} from {file}", value=value, file=file))
    return words.say(msg("Inherited value: {value} from {file}", value=value, file=file))


def _seen(seen: SeenValue, words: Words) -> str:
    time = words.time(seen.at)
    if not seen.differs:
        return words.say(msg("Last look ({time}): no difference from Git", time=time))
    value = words.value(seen.value)
    if seen.changed_by is None:
        return words.say(msg("Live value at the last look ({time}): {value}", time=time, value=value))
    text = msg(
        "Live value at the last look ({time}): {value}, changed by {actor}",
        time=time,
        value=value,
        actor=seen.changed_by,
    )
    return words.say(text)
