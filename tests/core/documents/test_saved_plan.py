"""Saved plans as documents: every version ever written, nothing half-read, and every edit detected."""

import json
from copy import deepcopy
from dataclasses import fields, replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.documents import saved_plan as plan_document
from reconciler.core.documents.codec import key_of
from reconciler.core.documents.plan_upgrades import UPGRADES
from reconciler.core.documents.saved_plan import (
    VERSION,
    CorruptPlan,
    ModifiedPlan,
    NotAPlanFile,
    PlanMetadata,
    SavedPlan,
    UnknownPlanVersion,
    UnreadablePlan,
    decode_plan,
    encode_plan,
    saved_plan_schema,
    verify_plan,
)
from reconciler.core.model.canonical import dumps, fingerprint
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.planning.change import Change
from reconciler.core.planning.fingerprint import FingerprintScope, build_plan, plan_fingerprint
from reconciler.core.planning.plan import ClosureBracket, Plan, ShopPlan, Step
from reconciler.core.values import SealedSecret, Secret, SecretDigest
from tests.support.plan_samples import CLEAR, EXAMPLES, KEY, MADE, OTHER_KEY, SEAL, digested, of, saved
from tests.support.strategies import TOKENS, World, plans, worlds

CORPUS = Path(__file__).parents[2] / "corpus" / "plans"
WORLDS = worlds()


def written(what: SavedPlan, key=KEY) -> dict:
    """As it comes back from a file."""
    return json.loads(encode_plan(what, key))


FULL = EXAMPLES["every-field"]


# The corpus: files of every version, each an example of its time. They are never written again.


def test_the_corpus_has_every_version():
    versions = {path.name.partition("-")[0] for path in CORPUS.iterdir()}
    assert versions == {f"v{number}" for number in range(1, VERSION + 1)}


def as_older_versions_wrote_it(plan: Plan, version: int) -> Plan:
    """Without what they did not know: the leaves of a fingerprint; whether 利用設定 was on."""
    leaves = plan.fingerprint == plan_fingerprint(plan.shops)
    if version < 5 and leaves:
        plan = replace(plan, fingerprint=plan_fingerprint(plan.shops, FingerprintScope.REFERENCES))
    if version < 4:
        plan = replace(plan, shops=tuple(replace(shop, was_enabled=True) for shop in plan.shops))
    return plan


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.stem)
def test_everything_ever_written_is_readable_and_verified(path):
    version, _, name = path.stem.partition("-")
    example = EXAMPLES[name]
    read = verify_plan(json.loads(path.read_text(encoding="utf-8")), KEY)
    assert read.plan == as_older_versions_wrote_it(digested(example.plan), int(version[1:]))
    fleet = example.metadata.fleet if int(version[1:]) > 2 else None
    assert read.metadata == replace(example.metadata, version=int(version[1:]), fleet=fleet)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_newest_form_is_what_is_written_today(name):
    """Where this fails the written form has changed: it is a new version, with files of its own."""
    content = (CORPUS / f"v{VERSION}-{name}.json").read_text(encoding="utf-8")
    assert encode_plan(EXAMPLES[name], KEY) + "\n" == content


@pytest.mark.parametrize(
    ("of_class", "part"),
    [
        (Change, lambda document: document["plan"]["shops"][0]["changes"][0]),
        (Step, lambda document: document["plan"]["shops"][0]["steps"][0]),
        (ClosureBracket, lambda document: document["plan"]["shops"][0]["bracket"]),
        (ShopPlan, lambda document: document["plan"]["shops"][0]),
        (MaintenancePolicy, lambda document: document["plan"]["shops"][0]["maintenance"]),
    ],
)
def test_every_field_of_a_plan_is_written_and_nothing_else(of_class, part):
    """Except where a manifest declares the rules of its closings: a saved plan is applied without it."""
    names = {field.name for field in fields(of_class)} - {"maintenance_origins", "planned_from"}
    assert set(part(written(FULL))) == {key_of(name) for name in names}


def test_every_field_of_the_whole_is_written():
    document = written(FULL)
    assert set(document) == {"format", "version", "made", "plan", "digest", "seal"}
    assert set(document["plan"]) == {key_of(field.name) for field in fields(Plan)} | {"covers"}
    assert set(document["made"]) | {"version"} == {field.name for field in fields(PlanMetadata)}


# Laws.


@given(plans)
def test_what_is_written_is_read_back_with_its_secrets_digested(plan):
    read = decode_plan(written(of(plan)))
    assert read == SavedPlan(plan=digested(plan), metadata=MADE)


METADATA = st.builds(
    PlanMetadata,
    fleet=st.none() | st.text(),
    commit=st.none() | st.text(),
    manifests=st.lists(st.tuples(st.text(), st.text()), max_size=2).map(tuple),
    allowed=st.lists(st.tuples(st.text(), st.text()), max_size=2).map(tuple),
    version=st.just(VERSION),
)


@given(METADATA)
def test_where_a_plan_comes_from_is_read_back(metadata):
    assert decode_plan(written(SavedPlan(plan=FULL.plan, metadata=metadata))).metadata == metadata


@given(plans)
def test_what_was_read_back_is_written_the_same_again(plan):
    assert written(decode_plan(written(of(plan)))) == written(of(plan))


@given(plans, st.sampled_from(FingerprintScope))
def test_the_fingerprint_is_that_of_the_plan_that_was_saved(plan, covers):
    made = replace(plan, fingerprint=plan_fingerprint(plan.shops, covers, KEY))
    read = verify_plan(written(of(made)), KEY).plan
    assert read.fingerprint == made.fingerprint
    assert plan_fingerprint(read.shops, covers) == made.fingerprint


@given(plans)
def test_every_document_has_the_shape_of_the_schema(plan):
    jsonschema.Draft202012Validator(saved_plan_schema()).validate(written(of(plan)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_the_shape_of_the_schema(name):
    schema = saved_plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(written(EXAMPLES[name]))


def test_the_schema_knows_no_other_key_at_any_place():
    document = written(FULL)
    for at, part in list(places(document)):
        if isinstance(part, dict) and at[-1:] != ("arguments",):
            part["anew"] = None
            assert not jsonschema.Draft202012Validator(saved_plan_schema()).is_valid(document), at
            del part["anew"]


def places(part, at=()):
    """Every place in a document, with its value."""
    yield at, part
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inner:
        yield from places(value, (*at, name))


def other(value, draw):
    match value:
        case bool():
            return not value
        case int():
            return value + draw(st.sampled_from((-1, 1, 0.5)))
        case str():
            return draw(st.sampled_from((value + "x", value[:-1], value.upper() + " ", None)))
        case None:
            return draw(st.sampled_from((False, 0, "", [], {})))
        case list():
            return draw(st.sampled_from(([*value, None], value[1:] if value else None, [*value, *value, 1])))
    return draw(st.sampled_from(({**value, "anew": None}, dict(list(value.items())[1:]), None)))


@st.composite
def edited(draw) -> tuple[dict, dict]:
    """A document, and the same with one value, at any depth, made another."""
    document = written(of(draw(plans)) if draw(st.booleans()) else draw(st.sampled_from(list(EXAMPLES.values()))))
    at, value = draw(st.sampled_from(list(places(document))))
    changed = deepcopy(document)
    if not at:
        return document, other(value, draw)
    place = changed
    for name in at[:-1]:
        place = place[name]
    place[at[-1]] = other(value, draw)
    return document, changed


@given(edited())
def test_every_edit_is_detected_with_the_key(pair):
    before, after = pair
    if dumps(before) == dumps(after):
        return
    with pytest.raises(UnreadablePlan):
        verify_plan(after, KEY)


@given(edited())
def test_nor_is_one_after_which_the_digest_was_reckoned_again(pair):
    before, after = pair
    if not isinstance(after, dict) or "digest" not in after:
        return
    after["digest"] = fingerprint({name: part for name, part in after.items() if name not in ("digest", "seal")})
    if dumps(before) != dumps(after):
        with pytest.raises(UnreadablePlan):
            verify_plan(after, KEY)


@given(edited())
def test_without_the_key_an_accident_is_seen_all_the_same(pair):
    before, after = pair
    only_the_seal = isinstance(after, dict) and {**after, "seal": ""} == {**before, "seal": ""}
    if dumps(before) != dumps(after) and not only_the_seal:
        with pytest.raises(UnreadablePlan):
            verify_plan(after, None)


@given(edited())
def test_a_document_is_read_whole_or_not_at_all(pair):
    _, after = pair
    try:
        read = decode_plan(after)
    except UnreadablePlan:
        return
    assert isinstance(read, SavedPlan)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(json_values)
def test_what_is_no_plan_is_refused(document):
    with pytest.raises(NotAPlanFile):
        decode_plan(document)


def seals_of(world: World) -> list[str]:
    tokens = (world.backend.look(key).reads["amazon_settings"].value.mws_auth_token for key in world.backend.state)
    return [part for token in tokens if isinstance(token, SealedSecret) for part in (token.digest, token.salt)]


@given(WORLDS)
def test_neither_a_secret_nor_a_seal_is_in_the_bytes(world):
    text = encode_plan(of(world.plan()), KEY)
    assert [
        hidden
        for hidden in (*TOKENS, *seals_of(world))
        if f'"{hidden}"' in text or (len(hidden) > 8 and hidden in text)
    ] == []


@given(st.text(min_size=1, max_size=1))
def test_not_even_one_of_a_single_character(character):
    (shop, *_) = FULL.plan.shops
    changes = tuple(
        replace(change, after=Secret(character, change.after.source)) if isinstance(change.after, Secret) else change
        for change in shop.changes
    )
    plan = build_plan([replace(shop, changes=changes, predicted=())])
    read = [change.after for change in decode_plan(written(of(plan))).plan.shops[0].changes]
    assert SecretDigest("ref+env://TOKEN", KEY.digest(character)) in read


def test_the_examples_hide_theirs_as_well():
    text = encode_plan(FULL, KEY)
    assert CLEAR not in text
    assert SEAL not in text


# What proves it.


def test_a_plan_is_sealed_with_one_key():
    with pytest.raises(ModifiedPlan, match="another key") as refused:
        verify_plan(written(FULL), OTHER_KEY)
    assert refused.value.part == "seal"


@pytest.mark.parametrize(
    ("part", "value"), [("digest", "sha256:00"), ("digest", "ß"), ("seal", "hmac-sha256:00"), ("seal", "ß")]
)
def test_what_does_not_match_is_named(part, value):
    with pytest.raises(ModifiedPlan) as refused:
        verify_plan({**written(FULL), part: value}, KEY)
    assert refused.value.part == part


def test_a_fingerprint_that_is_not_of_the_content_is_refused_without_the_key():
    document = written(FULL)
    document["plan"]["shops"][0]["changes"][0]["after"]["value"] = False
    document["digest"] = fingerprint({name: part for name, part in document.items() if name not in ("digest", "seal")})
    with pytest.raises(ModifiedPlan) as refused:
        verify_plan(document, None)
    assert refused.value.part == "fingerprint"


def test_leaves_that_are_not_of_the_content_are_refused_without_the_key():
    document = written(FULL)
    document["plan"]["leaves"][0]["digest"] = "sha256:" + "0" * 64
    document["digest"] = fingerprint({name: part for name, part in document.items() if name not in ("digest", "seal")})
    with pytest.raises(ModifiedPlan) as refused:
        verify_plan(document, None)
    assert refused.value.part == "leaves"


def test_a_plan_whose_fingerprint_is_of_something_else_is_not_saved():
    with pytest.raises(ValueError, match="fingerprint"):
        encode_plan(of(replace(FULL.plan, fingerprint="sha256:00")), KEY)
    with pytest.raises(ValueError, match="fingerprint"):
        encode_plan(EXAMPLES["covers-digests"], OTHER_KEY)


def test_a_seal_covers_where_the_plan_comes_from():
    document = written(FULL)
    document["made"]["environment"] = "production"
    document["digest"] = fingerprint({name: part for name, part in document.items() if name not in ("digest", "seal")})
    assert verify_plan(document, None).metadata.environment == "production"
    with pytest.raises(ModifiedPlan):
        verify_plan(document, KEY)


# Versions and formats.


def test_a_newer_version_is_refused_by_name():
    with pytest.raises(UnknownPlanVersion, match=f"version {VERSION + 1} is not supported; .* up to {VERSION}"):
        decode_plan({**written(FULL), "version": VERSION + 1})


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_never_was_is_refused(version):
    with pytest.raises(UnknownPlanVersion):
        decode_plan({**written(FULL), "version": version})


@pytest.mark.parametrize("version", [None, True, "1", 1.0])
def test_a_version_that_is_no_number_is_damage(version):
    with pytest.raises(CorruptPlan) as refused:
        decode_plan({**written(FULL), "version": version})
    assert refused.value.place == "version"


def test_the_document_of_a_view_is_distinguished_from_a_saved_plan():
    with pytest.raises(NotAPlanFile, match="a report of a plan"):
        decode_plan({"format": "reconciler/plan", "version": 1})


@pytest.mark.parametrize("document", [[], None, {}, {"format": 1}])
def test_what_names_no_format_is_no_plan(document):
    with pytest.raises(NotAPlanFile, match="It is not a saved plan: it has no format"):
        decode_plan(document)


def test_an_older_version_is_lifted(monkeypatch):
    """As it will be: the next version calls `plan` what this one called `what`."""

    def lift(document: dict) -> dict:
        return {("plan" if name == "what" else name): part for name, part in document.items()}

    today = written(FULL)
    monkeypatch.setattr(plan_document, "VERSION", VERSION + 1)
    monkeypatch.setattr(plan_document, "UPGRADES", (*UPGRADES, lift))
    older = {("what" if name == "plan" else name): part for name, part in today.items()}
    assert decode_plan(older) == SavedPlan(plan=digested(FULL.plan), metadata=replace(MADE, version=VERSION))
    assert decode_plan({**today, "version": VERSION + 1}).metadata.version == VERSION + 1
    assert json.loads(encode_plan(FULL, KEY))["version"] == VERSION + 1


@pytest.mark.parametrize(
    "damage", [{}, {"shops": None}, {"shops": [None]}, {"left_out": 1}, {"shops": [{"labels": []}]}], ids=repr
)
def test_an_older_document_is_lifted_whole_or_not_at_all(damage):
    first = json.loads((CORPUS / "v1-every-field.json").read_text(encoding="utf-8"))
    plan = {**first["plan"], **damage} if damage else None
    with pytest.raises(CorruptPlan):
        decode_plan({**first, "plan": plan})


# Damage.


def broken(*at, value) -> dict:
    document = written(FULL)
    place = document
    for name in at[:-1]:
        place = place[name]
    place[at[-1]] = value
    return document


SHOP = ("plan", "shops", 0)
FIELD = {"kind": "amazon_settings", "field": "client_id", "entry": None}


@pytest.mark.parametrize(
    ("at", "value", "place"),
    [
        (("made",), None, "made"),
        (("made", "manifests", 1, "sha256"), 1, "made.manifests[1].sha256"),
        (("plan", "covers"), "everything", "plan.covers"),
        (("plan", "shops"), {}, "plan.shops"),
        ((*SHOP, "shop"), "Not A Key", "plan.shops[0].shop"),
        ((*SHOP, "live"), 1, "plan.shops[0].live"),
        ((*SHOP, "target"), {"seller_id": "A"}, "plan.shops[0].target"),
        ((*SHOP, "versions", 0, "version"), 7, "plan.shops[0].versions[0].version"),
        ((*SHOP, "maintenance", "window", "opens"), "01:00", "plan.shops[0].maintenance.window.opens"),
        ((*SHOP, "changes", 2, "before"), {"is": "secret", "value": {"sensitive": False}}, "plan.shops[0].changes[2].before"),
        ((*SHOP, "changes", 3, "ref", "entry"), None, "plan.shops[0].changes[3].ref"),
        ((*SHOP, "changes", 0, "ref", "entry"), "x", "plan.shops[0].changes[0].ref"),
        ((*SHOP, "changes", 0, "reason"), "whim", "plan.shops[0].changes[0].reason"),
        ((*SHOP, "steps", 0, "refs", 0), FIELD, "plan.shops[0].steps[0].refs"),
        ((*SHOP, "steps", 0, "kind"), "system_parts", "plan.shops[0].steps[0].refs"),
        ((*SHOP, "bracket", "last"), 6, "plan.shops[0].bracket"),
        ((*SHOP, "bracket"), None, "plan.shops[0].bracket"),
        ((*SHOP, "findings", 0, "severity"), "loud", "plan.shops[0].findings[0]"),
    ],
)  # fmt: skip
def test_damage_is_named_by_its_place(at, value, place):
    with pytest.raises(CorruptPlan) as refused:
        decode_plan(broken(*at, value=value))
    assert refused.value.place == place
    assert place in str(refused.value)


def test_damage_to_the_whole_is_reported_as_such():
    document = written(FULL)
    del document["seal"]
    with pytest.raises(CorruptPlan, match="It is damaged \\("):
        decode_plan(document)


def test_half_a_character_is_damage():
    with pytest.raises(CorruptPlan, match="It is damaged \\("):
        verify_plan(broken("made", "tool", value="\ud800"), KEY)


def test_what_is_nested_without_end_is_damage():
    text = {"template": "", "arguments": {}}
    for _ in range(5000):
        text = {"template": "{a}", "arguments": {"a": text}}
    with pytest.raises(CorruptPlan):
        decode_plan(broken(*SHOP, "findings", 0, "summary", value=text))


def test_damage_is_reported_without_the_content():
    with pytest.raises(CorruptPlan) as refused:
        decode_plan(broken(*SHOP, "shop", value=f"Not A Key {CLEAR}"))
    assert CLEAR not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("at", "value", "name"),
    [
        ((*SHOP, "changes", 0, "ref", "field"), "colour", "amazon_settings.colour"),
        ((*SHOP, "changes", 0, "ref", "kind"), "weather", "weather.enabled"),
        ((*SHOP, "steps", 0, "kind"), "weather", "weather"),
        ((*SHOP, "changes", 0, "after"), {"is": "money", "value": 1}, "money"),
    ],
)
def test_a_word_of_a_later_version_is_refused_by_name(at, value, name):
    with pytest.raises(UnknownPlanVersion, match=name):
        decode_plan(broken(*at, value=value))


def test_a_saved_plan_of_nothing_is_one():
    assert decode_plan(written(saved())).plan.shops == ()
