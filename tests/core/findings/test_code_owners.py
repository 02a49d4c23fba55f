"""CODEOWNERS as GitHub and GitLab read it; the rows of the first table are the examples of GitHub's documentation."""

import pytest

from reconciler.core.findings.code_owners import owners_of, parse_code_owners

GITHUB = """\
# the last match wins
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@global-owner1", "@global-owner2")),
        ("src/app.js", ("@js-owner",)),
        ("cmd/main.go", ("docs@example.com",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("sub/docs/page.md", ("@global-owner1", "@global-owner2")),
        ("sub/apps/page.md", ("@octocat",)),
        ("scripts/deep/run", ("@doctocat", "@octocat")),
        ("deeply/nested/logs", ("@octocat",)),
        ("deeply/nested/logs/today", ("@octocat",)),
        ("apps/other/x", ("@octocat",)),
        ("apps/github/x", ()),
    ],
)
def test_github(path, owners):
    assert owners_of(parse_code_owners(GITHUB), path) == owners


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("shops/", "shops/kyoto-tea.yaml", True),
        ("shops/", "fleet/shops/a/kyoto-tea.yaml", True),
        ("/shops/", "fleet/shops/kyoto-tea.yaml", False),
        ("shops/*", "shops/kyoto-tea.yaml", True),
        ("shops/*", "shops/west/kyoto-tea.yaml", False),
        ("shops/**", "shops/west/kyoto-tea.yaml", True),
        ("shops/**", "shops", False),
        ("shops/**", "fleet/shops/kyoto-tea.yaml", False),
        ("**", "shops/west/kyoto-tea.yaml", True),
        ("shops/**/kyoto-*.yaml", "shops/kyoto-tea.yaml", True),
        ("shops/**/kyoto-*.yaml", "shops/a/b/kyoto-tea.yaml", True),
        ("kyoto-tea.yaml", "shops/kyoto-tea.yaml", True),
        ("kyoto-?ea.yaml", "shops/kyoto-tea.yaml", True),
        ("/kyoto-tea.yaml", "shops/kyoto-tea.yaml", False),
        ("kyoto-tea.yam", "shops/kyoto-tea.yaml", False),
        ("a\\ b.yaml", "a b.yaml", True),
        ("shops", "shops/kyoto-tea.yaml", True),
        ("kyoto.tea", "kyotoxtea", False),
    ],
)
def test_a_pattern(pattern, path, matches):
    assert (owners_of(parse_code_owners(f"{pattern} @pay"), path) == ("@pay",)) is matches


def test_a_line_without_a_pattern_is_skipped():
    """A backslash that escapes nothing is none."""
    assert owners_of(parse_code_owners("shops/ @pay\n\\\n"), "shops/kyoto-tea.yaml") == ("@pay",)
    assert parse_code_owners("\\\n") == ()


GITLAB = """\
* @everyone
[Payments][2] @payments
shops/
shops/kyoto-tea.yaml @kyoto
^[Documentation] @docs
*.md
[PAYMENTS]
shops/nara-ink.yaml @nara
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("shops/uji-cups.yaml", ("@payments",)),
        ("shops/kyoto-tea.yaml", ("@kyoto",)),
        ("shops/nara-ink.yaml", ("@nara",)),
        ("guide.md", ("@docs",)),
        ("Makefile", ("@everyone",)),
    ],
)
def test_gitlab_sections_have_default_owners_and_are_combined_by_name(path, owners):
    assert owners_of(parse_code_owners(GITLAB), path) == owners
