"""For any content of a file, reading it returns shops or diagnostics and raises nothing."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.adapters.manifests.yaml.reader import read_yaml

relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

words = st.sampled_from(
    (
        *(
            "apiVersion",
            "shop",
            "kyoto-tea",
            "amazon",
            "enabled",
            "yes",
            "true",
            "012",
            "12:30",
            "<<",
            "~",
            "null",
            "&a",
            "*a",
        ),
        *(
            ": ",
            ":",
            "- ",
            "? ",
            "\n",
            "\n  ",
            "\n    ",
            "\t",
            "{",
            "}",
            "[",
            "]",
            ",",
            "'",
            '"',
            "#",
            " ",
            "|\n",
            ">-\n",
        ),
        *(
            "!",
            "!!str ",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "\r\n",
            "\0",
            "\ufeff",
            "\u2028",
            "\x85",
            "京都",
            "@",
            "`",
            "\\",
            "=",
        ),
    )
)
yamlish = st.lists(words, max_size=60).map("".join)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def check(folder, content):
    folder.write("kyoto-tea.yaml", content)
    manifest = folder.read()
    assert bool(manifest.shops) != bool(manifest.findings)
    for finding in manifest.findings:
        assert str(finding.summary)
        assert finding.origin is not None
        assert finding.origin.line >= 1
        assert finding.origin.column >= 1


@relaxed
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"a: \xf0\x9f")
def test_random_bytes(folder, content):
    check(folder, content)


@relaxed
@given(yamlish)
@example("&a [*a]")
@example("? ")
@example("- ")
@example("a: |")
def test_what_looks_like_yaml(folder, text):
    check(folder, text.encode("utf-8", "surrogatepass"))


@relaxed
@given(yamlish)
def test_what_looks_like_yaml_behind_a_good_head(folder, text):
    check(folder, ("apiVersion: reconciler/v1\nshop: kyoto-tea\n" + text).encode())


@given(st.text(alphabet="[]{}-?: \na&*!,'\"|>", max_size=3000))
def test_indicators_alone(text):
    read_yaml(text.encode(), "a.yaml")


@relaxed
@given(st.dictionaries(st.sampled_from(["shop", "amazon", "labels", "group", "payment", "maintenance", "x"]), trees))
def test_json_of_any_shape(folder, tree):
    import json  # noqa: PLC0415

    check(folder, json.dumps(tree, allow_nan=True))


@relaxed
@given(st.binary(max_size=200))
def test_random_shared_files(folder, content):
    folder.write("_defaults.yaml", content)
    folder.group("g", content)
    folder.shop("group: g\n")
    manifest = folder.read()
    assert bool(manifest.shops) != bool(manifest.findings)
