"""What libyaml says of a broken file: its own words in English, explained in Japanese, with the original in brackets."""

import pytest
import yaml

from reconciler.adapters.manifests.yaml.syntax_errors import syntax_error_diagnostic
from reconciler.views.i18n import language

BROKEN = {
    "a: b: c\n": "mapping values are not allowed in this context",
    "a: 1\nb\n": "could not find expected ':'",
    "a:\n  b: 1\n c: 2\n": "did not find expected key",
    "a:\n  - 1\n  b: 2\n": "did not find expected '-' indicator",
    "a: [1, 2\nb: 3\n": "did not find expected ',' or ']'",
    "a: {b: 1\nc: 2\n": "did not find expected ',' or '}'",
    'a: "text\n': "found unexpected end of stream",
    'a: "\\q"\n': "found unknown escape character",
    "a: @b\n": "found character that cannot start any token",
    "a: !x!y z\n": "found undefined tag handle",
    "a: - b\n": "block sequence entries are not allowed in this context",
}


@pytest.mark.parametrize(("text", "reason"), BROKEN.items(), ids=BROKEN.values())
def test_a_reason_is_explained(text: str, reason: str) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.load(text.encode(), Loader=yaml.CSafeLoader)
    summary = syntax_error_diagnostic(caught.value, text.encode(), "shops/broken.yaml").summary
    assert str(summary) == f"The line is not valid YAML: {reason}"
    japanese = language("ja").translate(summary)
    assert japanese.endswith(f" ({reason})")
    assert not japanese.removeprefix("YAML として読めません: ").partition(" (")[0].isascii()
