"""What plain scalars mean, and which are refused because YAML 1.1 and 1.2 disagree."""

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.yaml.plain_scalars import Ambiguous, resolve_plain

AGREED = {
    "true": True,
    "True": True,
    "FALSE": False,
    "null": None,
    "~": None,
    "": None,
    "12": 12,
    "-3": -3,
    "+7": 7,
    "0": 0,
    "1.5": 1.5,
    ".5": 0.5,
    "1.": 1.0,
    "1.5e+3": 1500.0,
    "0x1F": 31,
    ".inf": math.inf,
    "-.INF": -math.inf,
    "kyoto-tea": "kyoto-tea",
    "yesterday": "yesterday",
    "01:00-05:00": "01:00-05:00",
    "1.2.3": "1.2.3",
    "30%": "30%",
    "2026-7": "2026-7",
    "-": "-",
    "+": "+",
    ".": ".",
    "0x": "0x",
}
DISPUTED = [
    *("yes", "Yes", "YES", "no", "on", "off", "OFF", "y", "Y", "n", "N"),
    *("012", "-017", "0o14", "0b101", "1_000", "-0x1F", "0x_F"),
    *("12:30", "1:2:3", "-1:30", "12:30.5"),
    *("1e3", "1.5e3", ".5e3", "08", "1_0.5"),
    *("2026-01-01", "2026-1-1T00:00:00Z", "=", "<<"),
]


@pytest.mark.parametrize(("text", "value"), AGREED.items())
def test_values_that_both_versions_read_the_same(text, value):
    assert resolve_plain(text) == value
    assert type(resolve_plain(text)) is type(value)


def test_nan():
    assert math.isnan(resolve_plain(".nan"))


@pytest.mark.parametrize("text", DISPUTED)
def test_values_that_the_versions_read_differently(text):
    value = resolve_plain(text)
    assert isinstance(value, Ambiguous)
    assert value.yaml11 != value.yaml12


@given(st.text(alphabet="0123456789+-._:eExobnyt~<=T Z", min_size=1, max_size=12))
def test_an_agreed_value_is_what_pyyaml_reads_too(text):
    """PyYAML reads YAML 1.1; where we give a value, it must give the same one, or the text itself."""
    try:
        (theirs,) = yaml.safe_load(f"[{text.strip()}]") or [None]
    except (yaml.YAMLError, ValueError, TypeError):
        return
    ours = resolve_plain(text.strip())
    if not isinstance(ours, Ambiguous) and not isinstance(theirs, dict | list) and theirs == theirs:  # noqa: PLR0124
        assert ours == theirs or isinstance(ours, str)


@given(st.text(max_size=30))
def test_any_text_has_a_reading(text):
    resolve_plain(text)


@pytest.mark.parametrize(("word", "write"), [("yes", "Write true"), ("off", "Write false"), ("12:30", "quotes")])
def test_the_hint_says_what_to_write(folder, word, write):
    (finding,) = folder.findings(f"amazon:\n  enabled: {word}\n")
    assert finding.code.number == "M016"
    assert str(finding.origin) == "shops/kyoto-tea.yaml:4:12"
    assert "YAML 1.1" in str(finding.summary)
    assert "YAML 1.2" in str(finding.summary)
    assert write in str(finding.hint)


def test_a_quoted_word_is_text(folder):
    folder.shop("labels: {answer: 'yes', octal: \"012\", time: '12:30-13:00'}\n".replace("12:30-13:00", "a12"))
    (shop,) = folder.read().shops
    assert shop.labels == {"answer": "yes", "octal": "012", "time": "a12"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=20),
        lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ).filter(lambda value: isinstance(value, dict) and value)
)
def test_what_pyyaml_writes_is_read_back(value):
    from reconciler.adapters.manifests.yaml.reader import read_yaml  # noqa: PLC0415

    parsed = read_yaml(yaml.safe_dump(value, allow_unicode=False).encode(), "a.yaml")
    if not parsed.diagnostics:
        assert parsed.data == value
