"""The runner of command blocks: what it finds wrong in a page, and what it leaves behind."""

from pathlib import Path

import pytest

from tests.docs.commands.blocks import blocks
from tests.docs.commands.session import MARK, Failed
from tests.docs.commands.walk import run


def walked(folder: Path, text: str) -> str:
    folder.mkdir(exist_ok=True)
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    printed: list[str] = []
    run([page], folder / "walk", show=printed.append)
    return "".join(printed)


def sh(*commands: str, output: str = "", before: str = "") -> str:
    shown = f"\n```text\n{output}```\n" if output else ""
    return "\n".join([before, "```sh", *commands, "```", shown])


def test_commands_share_a_shell(tmp_path: Path) -> None:
    page = sh("mkdir a && cd a", "export NAME=b", "cat > $NAME <<END", "one", "two", "END") + sh(
        "cat b", output="one\ntwo\n"
    )

    assert walked(tmp_path, page).endswith("$ cat b\none\ntwo\n")


def test_a_command_that_fails_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"page\.md:\d+: `ls none` ended with 2, not 0"):
        walked(tmp_path, sh("true", "ls none"))


def test_an_exit_code_of_the_page_is_demanded(tmp_path: Path) -> None:
    walked(tmp_path, sh("true", "(exit 3)", before="<!-- exit: 3 -->"))
    walked(tmp_path / "each", sh("(exit 3)", "true", before="<!-- exit: 3 0 -->"))

    with pytest.raises(Failed, match="`true` ended with 0, not 3"):
        walked(tmp_path / "none", sh("true", before="<!-- exit: 3 -->"))


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a 1\n", "a 2\n"),
        ("a\n", "a\nb\n"),
        ("a\n...\nc\n", "a\nb\n"),
        ("a … c\n", "a b\n"),
    ],
)
def test_an_output_that_differs_is_shown_beside_that_of_the_page(tmp_path: Path, shown: str, printed: str) -> None:
    (tmp_path / "printed").write_text(printed)

    with pytest.raises(Failed, match="the page shows"):
        walked(tmp_path, sh("cat ../../printed", output=shown))


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("at 2026-11-24 02:00+09:00 in 3 s\n", "at 2027-01-02 13:14:15+09:00 in 12.5 s\n"),
        ("run 6f1c2a90 of 1.2.3\n", "run 7a81d43c of 0.1.0\n"),
        ("a    b\n", "a b\n"),
        ("first\n...\nlast\n", "first\nx\ny\nlast\n"),
        ("from … to b\n", "from a to b\n"),
    ],
)
def test_what_is_different_each_time_is_not_compared(tmp_path: Path, shown: str, printed: str) -> None:
    (tmp_path / "printed").write_text(printed)

    walked(tmp_path, sh("cat ../../printed", output=shown))


def test_the_output_of_a_console_block_is_that_of_its_command(tmp_path: Path) -> None:
    walked(tmp_path, "```console\n$ echo a \\\n  b\na b\n$ true\n```\n")

    with pytest.raises(Failed, match="`echo a`: the page shows"):
        walked(tmp_path / "other", "```console\n$ echo a\nb\n```\n")


def test_a_word_stands_for_what_an_earlier_command_printed(tmp_path: Path) -> None:
    page = sh("echo 17 > number") + sh("echo RUN RUNS", before="<!-- let: RUN = cat number -->")

    assert walked(tmp_path, page).endswith("17 RUNS\n")


def test_a_service_is_ready_before_the_next_command_and_gone_after_the_page(tmp_path: Path) -> None:
    page = sh(
        "reconciler init my-shop > /dev/null", "export RECONCILER_BACKEND_SECRET=secret", "reconciler serve backend"
    ) + sh("curl -s http://127.0.0.1:8765/healthz")

    printed = walked(tmp_path, page)

    assert "ready: backend http://127.0.0.1:8765/" in printed
    assert printed.endswith("ok\n")
    assert still_running(tmp_path / "walk") == []


def test_a_service_that_does_not_start_is_reported_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"ended before it was ready:\n.*reconciler"):
        walked(tmp_path, sh("reconciler serve backend --no-such-option &"))


def test_nothing_is_left_of_a_page_that_fails(tmp_path: Path) -> None:
    with pytest.raises(Failed):
        walked(tmp_path, sh("setsid tail -f /dev/null > /dev/null 2>&1 &", "false"))

    assert still_running(tmp_path / "walk") == []


def still_running(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={folder}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_comment_that_belongs_to_no_block_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- exit: 2 -->\n\nText.\n\n```sh\ntrue\n```\n")

    with pytest.raises(ValueError, match=r"page\.md:2: a comment that belongs to no block"):
        blocks(page)


def test_a_block_that_is_not_run_keeps_its_reason(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- not run: root: starts a unit -->\n```sh\nsystemctl start x\n```\n")

    assert [block.not_run for block in blocks(page)] == ["root: starts a unit"]
    assert "systemctl" not in walked(tmp_path, page.read_text())
