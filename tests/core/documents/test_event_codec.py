"""Events as documents: every event, every version ever written, and nothing half-read."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.documents import event_codec as event_document
from reconciler.core.documents.event_codec import (
    VERSION,
    CorruptDocument,
    DocumentError,
    NewerVersion,
    decode_event,
    encode_event,
    event_schema,
)
from reconciler.core.model.canonical import DigestKey, dumps
from reconciler.core.model.state import FieldRef
from reconciler.core.runs.events import (
    ClosureSuperseded,
    Event,
    GuardOverride,
    GuardsOverridden,
    PredictionMissed,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopInSync,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    UNSET,
    ApiStatus,
    CommerceCreator,
    Origin,
    Registration,
    Secret,
    SecretDigest,
    SecretRef,
    ShopKey,
    StorefrontStatus,
    seal_secret,
)

CORPUS = Path(__file__).parents[2] / "corpus" / "events"
KEY = DigestKey(b"a key of the tests")
SHOP = ShopKey("kyoto-tea")
CLEAR = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
TOKEN = FieldRef("amazon_settings", "mws_auth_token")
MESSAGE = FieldRef("system_parts", "messages", "order_area.label")
WHY = diagnostic(
    codes.CONFLICT,
    msg("{what} moved {count} times", what=msg("the field {name}", name="利用設定"), count=3),
    expected=msg("the value it was planned from"),
    hint=msg("run plan again"),
    shop=SHOP,
    subject="amazon_settings.enabled",
    origin=Origin("shops/kyoto-tea.yaml", 4, 3),
)
SHORT = Diagnostic(code=codes.UNREACHABLE, summary=msg("no answer"), severity=Severity.WARNING)

EXAMPLES = {
    "run-started": RunStarted(fingerprint="sha256:00", shops=2),
    "guards-overridden": GuardsOverridden(
        given=("outside-window:kyoto-*", "fleet-share:*"),
        overridden=(
            GuardOverride(guard="outside-window", shop=SHOP, field="maintenance.window"),
            GuardOverride(guard="fleet-share"),
        ),
        reason="agreed with the shop",
    ),
    "guards-overridden, without a reason": GuardsOverridden(given=("turning-off:*",)),
    "shop-started": ShopStarted(shop=SHOP),
    "step-started": StepStarted(shop=SHOP, step=1, key="00000000-0000-4000-8000-000000000001"),
    "step-done": StepDone(shop=SHOP, step=1, version='"7"', request_id="r-1"),
    "step-done, without an answer of its own": StepDone(shop=SHOP, step=2),
    "step-done, with a seal": StepDone(shop=SHOP, step=0, seals=((TOKEN, SecretDigest(None, "5e")),)),
    "step-done, reopened": StepDone(shop=SHOP, step=4, version='"8"', request_id="r-2", closed_ms=3200),
    "step-failed": StepFailed(shop=SHOP, step=3, why=WHY, happened=False),
    "step-failed, outcome not known": StepFailed(shop=SHOP, step=3, why=SHORT, happened=None),
    "prediction-missed, flag": PredictionMissed(
        shop=SHOP, ref=FieldRef("amazon_settings", "enabled"), predicted=True, found=False, why=WHY
    ),
    "prediction-missed, text": PredictionMissed(shop=SHOP, ref=MESSAGE, predicted="お急ぎの方", found=UNSET, why=WHY),
    "prediction-missed, secret": PredictionMissed(
        shop=SHOP, ref=TOKEN, predicted=SecretDigest("ref+env://TOKEN", "0f"), found=PRE_SET, why=WHY
    ),
    "prediction-missed, secret without a digest": PredictionMissed(
        shop=SHOP, ref=TOKEN, predicted=SecretDigest(), found=ABSENT, why=WHY
    ),
    "prediction-missed, reference": PredictionMissed(
        shop=SHOP, ref=TOKEN, predicted=SecretRef("ref+env://TOKEN"), found=ABSENT, why=WHY
    ),
    "prediction-missed, words": PredictionMissed(
        shop=SHOP,
        ref=FieldRef("storefront_status", "status"),
        predicted=StorefrontStatus.OPEN,
        found=Registration.ABSENT,
        why=WHY,
    ),
    "prediction-missed, issued words": PredictionMissed(
        shop=SHOP,
        ref=FieldRef("entitlements", "commerce_creator"),
        predicted=CommerceCreator.RUNNING,
        found=ApiStatus.ERROR,
        why=WHY,
    ),
    "shop-reopened": ShopReopened(shop=SHOP),
    "closure-superseded": ClosureSuperseded(shop=SHOP, why=WHY),
    "closure-superseded, by another run": ClosureSuperseded(shop=SHOP, why=WHY, by_run=True),
    "shop-reopened, after a while": ShopReopened(shop=SHOP, closed_ms=60001),
    "reopen-failed": ReopenFailed(shop=SHOP, why=WHY),
    "shop-verified": ShopVerified(shop=SHOP),
    "shop-agreed": ShopInSync(
        shop=SHOP,
        values=((MESSAGE, "お急ぎの方"), (TOKEN, SecretDigest("ref+env://TOKEN", "0f"))),
        seals=((TOKEN, SecretDigest(None, "5e")),),
    ),
    "shop-skipped": ShopSkipped(shop=SHOP, why=(WHY, SHORT)),
    "shop-finished": ShopFinished(shop=SHOP),
    "wave-started": WaveStarted(wave=2, waves=3, name="10%", shops=12),
    "wave-soaks": WaveSoaking(wave=2, seconds=600),
    "wave-finished": WaveFinished(wave=2),
    "wave-finished, halted": WaveFinished(wave=2, why=(WHY, SHORT)),
    "run-finished": RunFinished(interrupted=True),
}


def written(event: Event, key: DigestKey | None = KEY) -> dict:
    """As it comes back from a file."""
    return json.loads(dumps(encode_event(event, key)))


def test_every_event_has_an_example_and_a_written_form():
    assert {type(event) for event in EXAMPLES.values()} == set(get_args(Event))


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=list(EXAMPLES))
def test_every_field_is_written_and_nothing_else(event):
    assert set(written(event)) == {"v", "event", *(field.name for field in fields(event))}


# The corpus: one file a version, each a document of every example of its time.


def without_titles(document: Any) -> Any:
    """The document without the titles of codes."""
    match document:
        case dict():
            return {
                name: {key: each for key, each in value.items() if key != "title"}
                if name == "code"
                else without_titles(value)
                for name, value in document.items()
            }
        case list():
            return [without_titles(each) for each in document]
    return document


def corpus(version: int) -> dict[str, dict]:
    return json.loads((CORPUS / f"v{version}.json").read_text(encoding="utf-8"))


def test_the_corpus_has_every_version():
    assert {path.name for path in CORPUS.iterdir()} == {f"v{number}.json" for number in range(1, VERSION + 1)}


@pytest.mark.parametrize(
    ("version", "name"), [(version, name) for version in range(1, VERSION + 1) for name in corpus(version)]
)
def test_everything_ever_written_is_readable(version, name):
    assert decode_event(corpus(version)[name]) == EXAMPLES[name]


def test_the_newest_form_is_what_is_written_today():
    """Where this fails the written form has changed: it is a new version, with a corpus file of its own. The words of a title are
    not part of the form.
    """
    today = {name: without_titles(written(event)) for name, event in EXAMPLES.items()}
    assert today == without_titles(corpus(VERSION))


# Laws.

texts = st.recursive(
    st.builds(Message, st.text()),
    lambda inner: st.builds(
        lambda template, arguments: Message(template, tuple(sorted(arguments.items()))),
        st.text(),
        st.dictionaries(st.text(), st.integers() | st.text() | inner, max_size=3),
    ),
    max_leaves=4,
)
strange_codes = st.builds(
    Code, st.from_regex(r"Z[0-9]{3}", fullmatch=True), st.text(), texts, st.sampled_from(Severity)
)
keys = st.from_regex(ShopKey.PATTERN.replace("$", r"\Z"), fullmatch=True).map(ShopKey)
numbers = st.integers(0, 99)
whys = st.builds(
    Diagnostic,
    code=st.sampled_from(codes.all_codes()) | strange_codes,
    summary=texts,
    severity=st.sampled_from(Severity),
    expected=st.none() | texts,
    hint=st.none() | texts,
    shop=st.none() | keys,
    subject=st.none() | st.text(),
    origin=st.none() | st.builds(Origin, st.text(), numbers, numbers),
)
values = st.one_of(
    st.booleans(),
    st.text(),
    st.builds(SecretRef, st.text()),
    st.builds(SecretDigest, st.none() | st.text(), st.none() | st.text()),
    st.sampled_from((PRE_SET, ABSENT, *StorefrontStatus, *Registration, *CommerceCreator, *ApiStatus)),
)
refs = st.builds(FieldRef, st.text(), st.text(), st.none() | st.text())


def pairs_of(kept):
    return st.lists(st.tuples(refs, kept), max_size=2).map(tuple)


parts = {
    "fingerprint": st.text(),
    "shops": numbers,
    "wave": numbers,
    "waves": numbers,
    "seconds": numbers,
    "name": st.text(),
    "shop": keys,
    "step": numbers,
    "key": st.text(),
    "version": st.none() | st.text(),
    "request_id": st.none() | st.text(),
    "why": whys,
    "happened": st.sampled_from((True, False, None)),
    "ref": refs,
    "predicted": values,
    "found": values | st.just(UNSET),
    "interrupted": st.booleans(),
    "by_run": st.booleans(),
    "closed_ms": st.none() | numbers,
    "seals": pairs_of(st.builds(SecretDigest, st.none(), st.none() | st.text())),
    "values": pairs_of(values),
    "given": st.lists(st.text(), max_size=2).map(tuple),
    "overridden": st.lists(
        st.builds(GuardOverride, guard=st.text(), shop=st.none() | keys, field=st.none() | st.text()), max_size=2
    ).map(tuple),
    "reason": st.none() | st.text(),
}
lists = {"why": st.lists(whys, max_size=2).map(tuple)}
events = st.one_of(
    st.builds(
        event,
        **{
            f.name: lists.get(f.name, parts.get(f.name)) if event in (ShopSkipped, WaveFinished) else parts[f.name]
            for f in fields(event)
        },
    )
    for event in get_args(Event)
)


@given(events)
def test_what_is_written_is_read_back(event):
    assert decode_event(written(event)) == event


@given(events)
def test_the_written_form_is_canonical(event):
    assert written(decode_event(written(event)), None) == written(event)


SCHEMA = jsonschema.Draft202012Validator(event_schema())


@given(events)
def test_every_document_has_the_shape_of_the_schema(event):
    SCHEMA.validate(written(event))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_the_shape_of_the_schema_and_nothing_more(name):
    jsonschema.Draft202012Validator.check_schema(event_schema())
    document = written(EXAMPLES[name])
    SCHEMA.validate(document)
    assert not SCHEMA.is_valid(document | {"anew": None})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(json_values)
def test_what_is_no_event_is_refused(document):
    with pytest.raises(DocumentError):
        decode_event(document)


@st.composite
def broken(draw: st.DrawFn) -> dict:
    """A good document with one value, at any depth, taken away, added or replaced by one of another type."""
    document = written(draw(st.sampled_from(list(EXAMPLES.values()))))
    place = document
    while deeper := [value for value in place.values() if isinstance(value, dict) and value]:
        if draw(st.booleans()):
            break
        place = draw(st.sampled_from(deeper))
    name = draw(st.sampled_from(sorted(place)))
    match draw(st.sampled_from(("take", "add", "replace"))):
        case "take":
            del place[name]
        case "add":
            place["anew"] = None
        case _:
            place[name] = [{}]
    return document


@given(broken())
def test_a_document_is_read_whole_or_not_at_all(document):
    """What may be missing by its nature (an argument of a text, a secret's source) is no breakage."""
    try:
        read = decode_event(document)
    except DocumentError:
        return
    assert written(read, None) == document


# Secrets.


def missed(value) -> PredictionMissed:
    return PredictionMissed(shop=SHOP, ref=TOKEN, predicted=value, found=UNSET, why=SHORT)


def test_a_secret_is_kept_as_where_it_came_from_and_a_keyed_digest():
    secret = Secret(CLEAR, SecretRef("ref+env://TOKEN"))
    assert CLEAR not in dumps(encode_event(missed(secret), KEY))
    assert decode_event(written(missed(secret))).predicted == SecretDigest("ref+env://TOKEN", KEY.digest(CLEAR))
    assert decode_event(written(missed(secret), None)).predicted == SecretDigest("ref+env://TOKEN", None)


def test_a_seal_is_kept_as_a_keyed_digest():
    sealed = seal_secret(Secret(CLEAR, SecretRef("ref+env://TOKEN")), "5a17")
    assert sealed.digest not in dumps(encode_event(missed(sealed), KEY))
    assert decode_event(written(missed(sealed))).predicted == SecretDigest(None, KEY.digest(f"5a17:{sealed.digest}"))
    assert decode_event(written(missed(sealed), None)).predicted == SecretDigest()


def test_a_secret_in_a_text_is_refused():
    secret = Secret(CLEAR, SecretRef("ref+env://TOKEN"))
    why = Diagnostic(code=codes.CONFLICT, summary=Message("{token}", (("token", secret),)), severity=Severity.ERROR)
    with pytest.raises(TypeError) as refused:
        encode_event(ReopenFailed(shop=SHOP, why=why), KEY)
    assert CLEAR not in str(refused.value)


def test_a_value_of_no_known_type_is_refused():
    with pytest.raises(TypeError, match="tuple is not a value"):
        encode_event(missed(("https://a.example",)), KEY)


# Versions.


def test_a_newer_version_is_refused_by_name():
    with pytest.raises(NewerVersion, match=f"version {VERSION + 1} is not supported; .* up to {VERSION}"):
        decode_event({**written(EXAMPLES["shop-started"]), "v": VERSION + 1})


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_never_was_is_refused(version):
    with pytest.raises(NewerVersion):
        decode_event({**written(EXAMPLES["shop-started"]), "v": version})


def test_an_event_without_a_name_here_is_refused_by_name():
    with pytest.raises(NewerVersion, match="shop-sold"):
        decode_event({"v": 1, "event": "shop-sold", "shop": "kyoto-tea"})


def test_a_value_of_a_later_type_is_refused_by_name():
    document = written(EXAMPLES["prediction-missed, flag"])
    with pytest.raises(NewerVersion, match="money"):
        decode_event({**document, "found": {"is": "money", "value": 1}})


def test_a_damaged_event_is_reported_without_its_content():
    with pytest.raises(CorruptDocument) as refused:
        decode_event({"v": 1, "event": "shop-started", "shop": f"Not A Key {CLEAR}"})
    assert CLEAR not in str(refused.value)
    assert refused.value.text.arguments == (("kind", "ValueError"),)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("shop-skipped", {"why": {}}),
        ("shop-skipped", {"why": ""}),
        ("run-finished", {"interrupted": 0}),
        ("run-started", {"shops": True}),
        ("prediction-missed, flag", {"found": {"is": "absent", "value": 1}}),
        ("prediction-missed, flag", {"found": {"is": "text", "value": None}}),
        ("prediction-missed, flag", {"found": {"is": "secret", "value": []}}),
        ("step-done", {"closed_ms": "long"}),
        ("step-done", {"seals": [["one"]]}),
        ("shop-agreed", {"values": {}}),
    ],
)
def test_a_value_that_only_looks_right_is_refused(name, part):
    with pytest.raises(CorruptDocument):
        decode_event({**written(EXAMPLES[name]), **part})


def test_an_older_version_is_lifted(monkeypatch):
    """As it will be: the next version calls the field `shop` what this one called `store`."""

    def lift(document: dict) -> dict:
        return {("shop" if name == "store" else name): value for name, value in document.items()}

    monkeypatch.setattr(event_document, "VERSION", VERSION + 1)
    monkeypatch.setattr(event_document, "_UPGRADES", (*event_document._UPGRADES, lift))
    assert decode_event({"v": 1, "event": "shop-started", "store": "kyoto-tea"}) == EXAMPLES["shop-started"]
    assert decode_event({"v": VERSION + 1, "event": "shop-started", "shop": "kyoto-tea"}) == EXAMPLES["shop-started"]
    assert encode_event(EXAMPLES["shop-started"], None)["v"] == VERSION + 1


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("step-done", {"seals": []}),
        ("shop-reopened", {"closed_ms": 1}),
        ("shop-agreed", {}),
        ("wave-started", {}),
        ("guards-overridden", {}),
        ("closure-superseded", {}),
    ],
)
def test_what_a_version_did_not_have_is_no_event_of_that_version(name, part):
    first = corpus(1).get(name, written(EXAMPLES[name]) | {"v": 1})
    with pytest.raises(CorruptDocument):
        decode_event(first | part)


def test_a_code_of_another_version_stays_readable():
    code = Code("Z999", "from-the-future", msg("A finding of a later version"), Severity.NOTE)
    event = ReopenFailed(shop=SHOP, why=diagnostic(code, msg("who knows")))
    assert decode_event(written(event)).why.code == code


def test_a_known_code_is_todays():
    document = written(EXAMPLES["reopen-failed"])
    document["why"]["code"]["slug"] = "its-old-name"
    assert decode_event(document).why.code is codes.CONFLICT
