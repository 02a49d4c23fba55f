"""A secret has no text form in any conversion."""

import copy
import json
import logging
import pickle
import traceback
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.canonical import DigestKey, dumps, to_canonical
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import SealedSecret, Secret, SecretDigest, SecretRef, seal_secret
from tests.support.strategies import pairs, secret

CLEAR = "amzn.mws.deadbeef-0000-0000-0000-000000000000"
SALT = "5a17"
SECRET = secret(CLEAR)
SEALED = seal_secret(SECRET, SALT)
HIDDEN = (CLEAR, SEALED.digest)

both = pytest.mark.parametrize("value", [SECRET, SEALED], ids=["secret", "sealed"])

WAYS = {
    "str": str,
    "repr": repr,
    "format": format,
    "percent-s": lambda value: "%s" % value,  # noqa: UP031
    "percent-r": lambda value: "%r" % (value,),  # noqa: UP031
    "f-string": lambda value: f"{value}",
    "f-string-repr": lambda value: f"{value!r}",
    "in a list": lambda value: str([value]),
    "pickle": lambda value: pickle.dumps(value).decode("latin-1"),
    "copy": lambda value: copy.copy(value).__class__.__name__,
    "deepcopy": lambda value: copy.deepcopy(value).__class__.__name__,
    "json": json.dumps,
    "json with str": lambda value: json.dumps(value, default=str),
    "json with repr": lambda value: json.dumps(value, default=repr),
    "json with vars": lambda value: json.dumps(value, default=vars),
    "asdict": lambda value: str(asdict(AmazonSettings(mws_auth_token=value))),
    "repr of what holds it": lambda value: repr(AmazonSettings(mws_auth_token=value)),
    "bytes": lambda value: bytes(value).decode("latin-1"),
    "iteration": "".join,
    "text": lambda value: msg("it is {value}", value=value).render(str),
    "text by hand": lambda value: str(Message("it is {value}", (("value", value),))),
    "canonical": lambda value: dumps(to_canonical(value)),
    "canonical with a key": lambda value: dumps(to_canonical(value, DigestKey(b"key"))),
}


@both
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_way_of_writing_a_value_down_shows_it(way, value):
    try:
        shown = way(value)
    except (TypeError, AttributeError) as refused:
        shown = f"{refused!r} {traceback.format_exc()}"
    assert not any(hidden in shown for hidden in HIDDEN)


@pytest.mark.parametrize(
    "way", ["str", "format", "percent-s", "f-string", "pickle", "copy", "deepcopy", "json", "asdict", "text"]
)
def test_a_place_that_would_have_printed_a_secret_is_a_fault(way):
    with pytest.raises(TypeError):
        WAYS[way](SECRET)


@pytest.mark.parametrize("way", ["pickle", "copy", "deepcopy", "json", "asdict", "text"])
def test_a_place_that_would_have_written_a_seal_down_is_a_fault(way):
    with pytest.raises(TypeError):
        WAYS[way](SEALED)


@both
@pytest.mark.parametrize("template", ["%s", "%r"])
def test_a_log_line_does_not_show_it_also_where_logging_itself_fails(value, template, capsys, monkeypatch):
    logger, handler = logging.getLogger("printing of secrets"), logging.StreamHandler()
    monkeypatch.setattr(logging, "raiseExceptions", True)  # the fault is printed to stderr, with its arguments
    monkeypatch.setattr(logger, "propagate", False)  # for this test: pytest adds its handlers where it stays so
    logger.addHandler(handler)
    logger.warning(template, value)
    logger.removeHandler(handler)
    shown = "".join(capsys.readouterr())
    assert "sensitive value" in shown
    assert not any(hidden in shown for hidden in HIDDEN)


@both
def test_a_traceback_with_its_locals_does_not_show_it(value):
    def fails(held):
        kept = {"held": held}
        raise RuntimeError(f"with {len(kept)} inside")

    with pytest.raises(RuntimeError) as caught:
        fails(value)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "sensitive value" in shown
    assert not any(hidden in shown for hidden in HIDDEN)


@both
def test_it_cannot_be_changed(value):
    with pytest.raises(AttributeError):
        value.source = SecretRef("ref+env://OTHER")


def test_a_secret_has_no_hash_since_that_of_a_short_one_reveals_it():
    with pytest.raises(TypeError):
        hash(SECRET)


def test_secrets_are_equal_by_what_they_are_and_not_by_where_they_came_from():
    assert secret(CLEAR, "ONE") == secret(CLEAR, "OTHER")
    assert secret(CLEAR) != secret(CLEAR[:-1] + "1")
    assert SECRET != CLEAR
    assert SECRET.reveal() == CLEAR


def test_a_seal_matches_the_one_secret_that_was_sealed():
    assert SEALED.matches(SECRET)
    assert not SEALED.matches(secret(CLEAR[:-1] + "1"))
    assert seal_secret(SECRET, "00").digest != SEALED.digest


def test_seals_are_values():
    assert SealedSecret(SEALED.salt, SEALED.digest) == SEALED
    assert len({SEALED, SealedSecret(SEALED.salt, SEALED.digest)}) == 1
    assert SealedSecret("00", SEALED.digest) != SEALED
    assert SEALED.digest != SEALED


def test_a_reference_shows_its_parts():
    ref = SecretRef("ref+file:///run/secrets/token")
    assert (ref.scheme, ref.locator) == ("file", "/run/secrets/token")


def test_a_digest_key_does_not_print_itself():
    assert repr(DigestKey(b"key of the house")) == "DigestKey(sensitive value)"


@given(pairs, st.none() | st.binary(min_size=1).map(DigestKey))
def test_nothing_of_a_plan_that_is_written_down_or_printed_holds_a_token(pair, key):
    desired, seen = pair
    desired = replace(desired, values={**desired.values, "amazon_settings": AmazonSettings(mws_auth_token=SECRET)})
    plan = plan_shop(desired, seen, RequestPace())
    shown = repr(build_plan([plan])) + "".join(
        dumps([to_canonical(change.before, key), to_canonical(change.after, key)]) for change in plan.changes
    )
    assert "amzn.mws" not in shown
    assert SEALED.digest not in shown


def test_a_secret_that_is_known_by_its_digest_only_is_written_as_what_it_was():
    assert to_canonical(SecretDigest("ref+env://TOKEN", "00ff")) == write_of(SECRET, "00ff")


def write_of(value: Secret, digest: str):
    return {"sensitive": True, "source": value.source.uri, "digest": digest}
