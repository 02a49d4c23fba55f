"""`ref+sops://FILE#KEY`: keys of a file that the program sops decrypts.

A program of the same name stands in for sops, so that these tests need no installation: it takes the same words, answers with the
same exit codes, and its files are base64 of JSON that only open with a key in the environment. `test_real_programs.py` runs sops.
"""

from __future__ import annotations

import base64
import json
import sys
import traceback
from pathlib import Path

import pytest

from reconciler.adapters.secrets import SecretResolver
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing

SECRET = "a-merchant's-token-that-nobody-may-see"
PROGRAM = f"""#!{sys.executable}
import base64, os, sys
assert sys.argv[1:-1] == ["--decrypt", "--output-type", "json"], sys.argv
with open("asked.txt", "a") as asked:
    asked.write(sys.argv[-1] + "\\n")
data = open(sys.argv[-1], "rb").read()
if os.environ.get("SOPS_AGE_KEY") != "the-key":
    sys.stderr.write("Failed to get the data key required to decrypt the SOPS file: " + data.decode())
    sys.exit(128)
if data.startswith(b"broken"):
    sys.stderr.write("{SECRET}")
    sys.exit(39)
sys.stdout.write(base64.b64decode(data).decode())
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "sops"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("SOPS_AGE_KEY", "the-key")
    monkeypatch.chdir(tmp_path)
    encrypt(tmp_path / "tokens.yaml", json.dumps({"kyoto-tea": SECRET, "shops": {"osaka": "deep"}, "n": 1}))
    return tmp_path


def encrypt(file: Path, text: str) -> None:
    file.write_bytes(base64.b64encode(text.encode()))


def missing(folder: Path, locator: str) -> str:
    with pytest.raises(SecretMissing) as raised:
        SecretResolver(folder).resolve(SecretRef(f"ref+sops://{locator}"))
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    return f"{raised.value.text} | {raised.value.hint}"


@pytest.mark.parametrize(("key", "value"), [("kyoto-tea", SECRET), ("/kyoto-tea", SECRET), ("shops.osaka", "deep")])
def test_a_key_is_read(folder: Path, key: str, value: str) -> None:
    resolver, ref = SecretResolver(folder), SecretRef(f"ref+sops://tokens.yaml#{key}")
    resolver.check_scheme(ref)
    assert resolver.resolve(ref).reveal() == value


def test_a_file_is_decrypted_once_for_all_shops(folder: Path) -> None:
    encrypt(folder / "many.yaml", json.dumps({f"shop-{number}": str(number) for number in range(300)}))
    resolver = SecretResolver(folder)
    read = [resolver.resolve(SecretRef(f"ref+sops://many.yaml#shop-{number}")).reveal() for number in range(300)]
    assert read == [str(number) for number in range(300)]
    assert (folder / "asked.txt").read_text().splitlines() == [str(folder / "many.yaml")]


def test_no_key_to_decrypt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOPS_AGE_KEY")
    assert missing(folder, "tokens.yaml#kyoto-tea") == (
        "sops could not decrypt tokens.yaml: no key to decrypt it"
        " | Run `sops decrypt tokens.yaml` in the same environment to see why"
    )


def test_a_failure_of_the_program_is_not_quoted(folder: Path) -> None:
    (folder / "broken.yaml").write_text("broken")
    assert "exit code 39" in missing(folder, "broken.yaml#kyoto-tea")


@pytest.mark.parametrize(("text", "reason"), [("[1]", "it holds no keys"), ("no JSON", "its answer is not JSON")])
def test_an_output_without_keys(folder: Path, text: str, reason: str) -> None:
    encrypt(folder / "odd.yaml", text)
    assert reason in missing(folder, "odd.yaml#kyoto-tea")


def test_no_file(folder: Path) -> None:
    assert "The file nothing.yaml does not exist" in missing(folder, "nothing.yaml#kyoto-tea")


def test_no_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert missing(folder, "tokens.yaml#kyoto-tea") == (
        "The program sops is not installed | Install it; it is searched in PATH"
    )


def test_another_key(folder: Path) -> None:
    assert "Did you mean the key kyoto-tea?" in missing(folder, "tokens.yaml#kyoto-te")
