"""Plans as files: written completely or not at all, readable without secrets, refused if they were changed."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.adapters.files import plan_files
from reconciler.adapters.files.plan_files import KEY_VARIABLE, PlanFileError, read_plan, write_plan
from reconciler.adapters.files.plan_key import MIN_LENGTH, create_key, load_key, plan_key, rotate_key, shared_key
from reconciler.core.documents.saved_plan import VERSION, SavedPlan
from reconciler.core.model.canonical import DigestKey
from tests.support.plan_samples import CLEAR, EXAMPLES, KEY, MADE, OTHER_KEY, SEAL, digested

SAVED = EXAMPLES["every-field"]


@pytest.fixture
def path(tmp_path) -> Path:
    write_plan(tmp_path / "plan.json", SAVED, KEY)
    return tmp_path / "plan.json"


def refused(path: Path, key: DigestKey | None = KEY) -> PlanFileError:
    with pytest.raises(PlanFileError) as caught:
        read_plan(path, key)
    assert str(path) in str(caught.value)
    return caught.value


@pytest.mark.parametrize("key", [KEY, None], ids=["with the key", "without"])
def test_what_is_written_is_read(path, key):
    assert read_plan(path, key) == SavedPlan(plan=digested(SAVED.plan), metadata=MADE)


def test_the_same_plan_is_the_same_bytes(path, tmp_path):
    write_plan(tmp_path / "again.json", SAVED, KEY)
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_the_file_holds_no_secret_and_is_readable(path):
    assert path.stat().st_mode & 0o077 == 0o044 & ~umask()
    assert CLEAR.encode() not in path.read_bytes()
    assert SEAL.encode() not in path.read_bytes()


def umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def test_nothing_is_left_beside_it(path):
    assert list(path.parent.iterdir()) == [path]


def test_an_old_plan_is_replaced(path):
    write_plan(path, EXAMPLES["nothing-to-do"], KEY)
    assert read_plan(path, KEY).plan.shops[0].shop == "uji-cup"


def test_also_one_of_another_version_and_an_empty_file(path):
    for content in ('{"format":"reconciler/saved-plan","version":99}', "", "\n"):
        path.write_text(content)
        write_plan(path, SAVED, KEY)
        assert read_plan(path, KEY).plan == digested(SAVED.plan)


@pytest.mark.parametrize(
    "content",
    [b"apiVersion: reconciler/v1\nshop: kyoto-tea\n", b"{}", b'{"format":"reconciler/plan"}', b"\xff", b"[" * 100_000],
    ids=["a manifest", "JSON", "a shown plan", "bytes", "nested"],
)
def test_anything_else_is_not_replaced(path, content):
    path.write_bytes(content)
    with pytest.raises(PlanFileError, match="the existing file is not a saved plan") as caught:
        write_plan(path, SAVED, KEY)
    assert "Use a" in str(caught.value.hint)
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_link_stays_one(path, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(path)
    write_plan(link, EXAMPLES["nothing-to-do"], KEY)
    assert link.is_symlink()
    assert read_plan(path, KEY).plan.shops[0].shop == "uji-cup"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_if_the_disk_fails_the_old_plan_stays(path, monkeypatch, failing):
    old = path.read_bytes()

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails) if failing == "fsync" else monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(PlanFileError, match="No space left"):
        write_plan(path, EXAMPLES["nothing-to-do"], KEY)
    assert path.read_bytes() == old
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("to", [".", "missing/plan.json", "plan.json/below"])
def test_a_place_that_cannot_hold_it_is_reported(path, to):
    with pytest.raises(PlanFileError, match="cannot be written") as caught:
        write_plan(path.parent / to, SAVED, KEY)
    assert "Use a" in str(caught.value.hint)


def test_a_device_is_not_replaced():
    with pytest.raises(PlanFileError, match="The plan cannot be written"):
        write_plan(Path(os.devnull), SAVED, KEY)


def test_a_path_that_leads_nowhere_is_reported(tmp_path):
    assert "No such file" in str(refused(tmp_path / "no.json"))
    assert "plan --out" in str(refused(tmp_path / "no.json").hint)
    assert "Is a directory" in str(refused(tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        b"apiVersion: 1\n",
        b'{"format": tree',
        b"{format",
        b"\xff\xfe",
        b'{"format": "reconciler/saved-plan", "format": "reconciler/saved-plan"}',
        b'{"format": NaN}',
        b"[" * 100_000,
        b"1" * 10_000,
    ],
    ids=["yaml", "no word", "no key", "not text", "a name twice", "no number", "nested", "a long number"],
)
def test_what_is_not_json_is_reported_without_being_quoted(path, content):
    path.write_bytes(content)
    error = refused(path)
    assert "is not JSON" in str(error)
    assert "plan --out" in str(error.hint)
    assert error.__cause__ is None


def test_a_plan_whose_end_is_missing_is_called_incomplete(path):
    whole = path.read_bytes().rstrip()
    for length in range(1, len(whole), 13):
        path.write_bytes(whole[:length])
        error = refused(path)
        assert str(error) == f"{path} is not a whole plan: the end of the file is missing"
        assert "Copy the whole file" in str(error.hint)
        assert error.__cause__ is None


@pytest.mark.parametrize("content", [b"", b"\n"])
def test_an_empty_file_is_called_empty(path, content):
    path.write_bytes(content)
    assert str(refused(path)) == f"{path} is not a plan: it is empty"


def test_a_report_of_a_plan_is_distinguished_from_a_saved_one(path):
    path.write_text(json.dumps({"format": "reconciler/plan", "version": 1}))
    error = refused(path)
    assert "It is a report of a plan (`-o json`)" in str(error)
    assert "plan --out" in str(error.hint)


@pytest.mark.parametrize("document", [{"format": "reconciler/drift", "version": 2}, [], {"kind": "Shop"}])
def test_another_document_is_distinguished_from_a_plan(path, document):
    path.write_text(json.dumps(document))
    error = refused(path)
    assert "format" in str(error)
    assert "plan --out" in str(error.hint)
    assert not error.edited


def test_a_newer_version_is_reported_with_its_number(path):
    path.write_text(
        path.read_text(encoding="utf-8").replace(f'"version":{VERSION}', f'"version":{VERSION + 1}'), encoding="utf-8"
    )
    error = refused(path)
    assert f"version {VERSION + 1}" in str(error)
    assert "Use the version of the tool that wrote it" in str(error.hint)


def test_damage_is_reported_with_its_place(path):
    path.write_text(path.read_text(encoding="utf-8").replace('"live":true', '"live":1'), encoding="utf-8")
    error = refused(path)
    assert "plan.shops[0].live" in str(error)
    assert "Create the plan again" in str(error.hint)


@pytest.mark.parametrize("key", [KEY, None], ids=["with the key", "without"])
def test_an_edited_plan_is_refused(path, key):
    path.write_text(path.read_text(encoding="utf-8").replace("A2EXAMPLE", "A3EXAMPLE"), encoding="utf-8")
    error = refused(path, key)
    assert error.edited
    assert "edited" in str(error)


def test_a_plan_of_another_key_is_refused_with_a_hint(path):
    error = refused(path, OTHER_KEY)
    assert error.edited
    assert KEY_VARIABLE in str(error.hint)


def test_a_file_without_end_is_not_read_to_its_end(path, monkeypatch):
    monkeypatch.setattr(plan_files, "SIZE_LIMIT", 1024 * 1024)
    with path.open("wb") as stream:
        stream.truncate(1024 * 1024 + 1)
    assert "larger than 1 MiB" in str(refused(path))


# The key.


def key_file(root: Path) -> Path:
    return root / ".reconciler" / "plan.key"


def test_a_key_is_made_once_and_kept_to_its_owner(tmp_path):
    made = plan_key(tmp_path, {})
    assert plan_key(tmp_path, {}) == made
    file = key_file(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0
    assert len(bytes.fromhex(file.read_text())) == 32
    assert sorted(path.name for path in file.parent.iterdir()) == [".gitignore", "plan.key"]
    assert plan_key(tmp_path / "elsewhere", {}) != made


def test_the_key_is_not_committed(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plan_key(tmp_path, {})
    status = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )
    assert status.stdout == ""


def test_a_gitignore_that_is_there_is_left_alone(tmp_path):
    (tmp_path / ".reconciler").mkdir()
    (tmp_path / ".reconciler" / ".gitignore").write_text("mine\n")
    plan_key(tmp_path, {})
    assert (tmp_path / ".reconciler" / ".gitignore").read_text() == "mine\n"


def test_of_many_that_make_one_at_once_all_have_the_same(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = list(pool.map(lambda _: plan_key(tmp_path, {}), range(64)))
    assert len({key.key for key in keys}) == 1
    assert sorted(path.name for path in key_file(tmp_path).parent.iterdir()) == [".gitignore", "plan.key"]


def test_processes_agree_as_well(tmp_path):
    code = (
        "from pathlib import Path; from reconciler.adapters.files.plan_key import plan_key; "
        f"print(plan_key(Path({str(tmp_path)!r}), {{}}).digest('x'))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in running}) == 1


def test_the_variable_goes_before_the_file(tmp_path):
    given = {KEY_VARIABLE: "sixteen letters!"}
    assert plan_key(tmp_path, given) == shared_key(given) == DigestKey(b"sixteen letters!")
    assert not key_file(tmp_path).exists()
    assert shared_key({}) is None


def test_the_content_of_the_file_may_be_given_to_another_machine_as_the_variable(tmp_path):
    made = plan_key(tmp_path, {})
    assert plan_key(tmp_path / "other", {KEY_VARIABLE: key_file(tmp_path).read_text()}) == made


@pytest.mark.parametrize("text", ["", "   ", "x" * (MIN_LENGTH - 1), f"  {'x' * (MIN_LENGTH - 1)}\n"])
def test_a_variable_that_is_no_key_is_reported_and_not_shown(tmp_path, text):
    with pytest.raises(PlanFileError, match=KEY_VARIABLE) as caught:
        plan_key(tmp_path, {KEY_VARIABLE: text})
    assert "xxx" not in str(caught.value)
    assert not key_file(tmp_path).exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_key_that_others_may_read_is_refused(tmp_path, mode):
    plan_key(tmp_path, {})
    key_file(tmp_path).chmod(mode)
    with pytest.raises(PlanFileError, match="is readable by others than its owner") as caught:
        plan_key(tmp_path, {})
    assert "chmod 600" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("content", "reported"), [(b"", "too short"), (b"short\n", "too short"), (b"\xff" * 32, "not text")]
)
def test_a_file_that_is_no_key_is_reported(tmp_path, content, reported):
    plan_key(tmp_path, {})
    key_file(tmp_path).write_bytes(content)
    with pytest.raises(PlanFileError, match=reported) as caught:
        plan_key(tmp_path, {})
    assert str(key_file(tmp_path)) in str(caught.value)


def test_a_key_that_cannot_be_created_is_reported(tmp_path):
    (tmp_path / ".reconciler").write_text("in the way")
    with pytest.raises(PlanFileError, match="cannot be used") as caught:
        plan_key(tmp_path, {})
    assert KEY_VARIABLE in str(caught.value.hint)


def test_a_key_that_is_rotated_keeps_the_older_ones(tmp_path):
    first = plan_key(tmp_path, {})
    second = rotate_key(tmp_path)
    assert second.older == (first.key,)
    assert second.key_id != first.key_id
    assert load_key(tmp_path, {}) == plan_key(tmp_path, {}) == second
    file = tmp_path / ".reconciler" / "plan.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert shared_key({KEY_VARIABLE: file.read_text()}) == second
    assert create_key(tmp_path) is None


def test_a_folder_without_a_key_gets_one_when_it_is_created(tmp_path):
    assert load_key(tmp_path, {}) is None
    made = create_key(tmp_path)
    assert made is not None
    assert load_key(tmp_path, {}) == made
