"""`ref+awssecrets://NAME#KEY`: what is read, in how few signed requests, and what is reported where it cannot be."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.adapters.secrets import SecretResolver
from reconciler.adapters.secrets.aws import BATCH, AwsSecrets
from reconciler.adapters.secrets.documents import DocumentSecrets
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing
from tests.adapters.secrets.aws_server import KEY, KEY_ID, REGION, SESSION, WEB_TOKEN, AwsServer, serving_aws
from tests.adapters.secrets.signature_v4 import checked

SECRET = "a-merchant's-token-that-nobody-may-see"
ARN = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AwsServer]:
    with serving_aws() as server:
        server.secrets = {"shops": json.dumps({"kyoto-tea": SECRET, "n": 5}), "plain": f"{SECRET}\n", "blob": b"\x00"}
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"):
            monkeypatch.delenv(name, raising=False)
        variables = {
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": server.address,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield server


class Setting:
    """A scheme whose waits between attempts are recorded, and take no time."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.read = DocumentSecrets("awssecrets", AwsSecrets(self.waits.append).read, form="NAME#KEY", whole=True)

    def missing(self, locator: str) -> str:
        with pytest.raises(SecretMissing) as raised:
            self.read(locator)
        said = "".join(traceback.format_exception(raised.value))
        assert not any(secret in said for secret in (SECRET, KEY, SESSION, WEB_TOKEN))
        assert raised.value.hint is not None
        return f"{raised.value.text} | {raised.value.hint}"


def test_the_check_of_signatures_agrees_with_the_example_that_aws_publishes() -> None:
    headers = {
        "host": "iam.amazonaws.com",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-amz-date": "20150830T123600Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    }
    target, key = "/?Action=ListUsers&Version=2010-05-08", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    signed = checked("GET", target, headers, b"", key)
    assert signed is not None
    assert signed.valid
    changed = checked("GET", target, headers, b"x", key)
    assert changed is not None
    assert not changed.valid


@pytest.mark.parametrize(("locator", "value"), [("shops#kyoto-tea", SECRET), ("plain", SECRET)])
def test_a_key_of_an_object_and_a_whole_text_are_read(aws: AwsServer, locator: str, value: str) -> None:
    assert Setting().read(locator) == value
    assert [action for action, _ in aws.asked] == ["GetSecretValue"]


@pytest.mark.parametrize("suffix", ["", "-AbCdEf"])
def test_an_arn_names_its_region(aws: AwsServer, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    setting = Setting()
    setting.read.prepare([f"{ARN}shops{suffix}#kyoto-tea", f"{ARN}plain{suffix}"])
    assert setting.read(f"{ARN}shops{suffix}#kyoto-tea") == SECRET
    assert [action for action, _ in aws.asked] == ["BatchGetSecretValue"]


def test_three_hundred_shops_of_one_object_cost_one_request(aws: AwsServer) -> None:
    aws.secrets["shops"] = json.dumps({f"shop-{number}": f"token-{number}" for number in range(300)})
    setting = Setting()
    assert [setting.read(f"shops#shop-{number}") for number in range(300)] == [f"token-{n}" for n in range(300)]
    assert len(aws.asked) == 1


def test_three_hundred_secrets_cost_fifteen_requests(aws: AwsServer) -> None:
    aws.secrets = {f"shop-{number}": f"token-{number}" for number in range(300)}
    aws.page = 7
    setting = Setting()
    setting.read.prepare(f"shop-{number}" for number in range(300))
    batches = {tuple(names) for _, names in aws.asked}
    assert len(batches) == 300 / BATCH
    aws.asked.clear()
    assert [setting.read(f"shop-{number}") for number in range(300)] == [f"token-{n}" for n in range(300)]
    assert aws.asked == []


def test_a_role_that_may_only_read_single_secrets(aws: AwsServer) -> None:
    aws.no_batch = True
    setting = Setting()
    setting.read.prepare(["shops#kyoto-tea", "plain"])
    assert [setting.read("shops#kyoto-tea"), setting.read("plain")] == [SECRET, SECRET]
    assert [action for action, _ in aws.asked] == ["BatchGetSecretValue", "GetSecretValue", "GetSecretValue"]


def test_one_that_is_refused_harms_no_other_of_its_batch(aws: AwsServer) -> None:
    aws.refused = {"shops": "AccessDeniedException"}
    setting = Setting()
    setting.read.prepare(["shops#kyoto-tea", "plain", "nowhere"])
    assert setting.read("plain") == SECRET
    assert "does not allow its role to read shops" in setting.missing("shops#kyoto-tea")
    assert "has no secret nowhere" in setting.missing("nowhere")
    assert len(aws.asked) == 1


def test_a_job_signs_in_with_the_token_of_its_ci(
    aws: AwsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(WEB_TOKEN)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.address)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reconciler")
    aws.session = SESSION
    assert Setting().read("shops#kyoto-tea") == SECRET
    assert [action for action, _ in aws.asked] == ["AssumeRoleWithWebIdentity", "GetSecretValue"]
    (tmp_path / "token").write_text("another." + SESSION)
    assert "cannot be obtained (InvalidIdentityToken)" in Setting().missing("shops#kyoto-tea")


def test_throttling_is_waited_for(aws: AwsServer) -> None:
    aws.errors = [(400, "ThrottlingException"), (503, "ServiceUnavailable")]
    setting = Setting()
    assert setting.read("shops#kyoto-tea") == SECRET
    assert setting.waits == [0.2, 1.0]


class TestMissing:
    @pytest.mark.parametrize(
        ("locator", "said"),
        [
            ("shops#kyoto-te", "has no key kyoto-te | Did you mean the key kyoto-tea?"),
            ("shops#n", "is not a text"),
            ("plain#key", "is not a JSON object"),
            ("shops#", "names no key | Write ref+awssecrets://NAME#KEY"),
            ("nowhere#key", "AWS has no secret nowhere"),
            ("blob", "is binary, or empty"),
        ],
    )
    def test_what_is_not_there(self, aws: AwsServer, locator: str, said: str) -> None:
        assert said in Setting().missing(locator)

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            ("AccessDeniedException", "does not allow its role to read shops"),
            ("DecryptionFailure", "cannot decrypt shops"),
            ("InvalidRequestException", "does not hand out shops (InvalidRequestException)"),
        ],
    )
    def test_one_secret_that_is_refused(self, aws: AwsServer, error: str, said: str) -> None:
        aws.refused = {"shops": error}
        setting = Setting()
        assert said in setting.missing("shops#kyoto-tea")
        assert setting.read("plain") == SECRET

    @pytest.mark.parametrize(
        ("status", "error", "said"),
        [
            (400, "ExpiredTokenException", "does not accept its credentials (ExpiredTokenException)"),
            (400, "ThrottlingException", "its rate limit is reached"),
            (500, "InternalServiceError", "answers with status 500 (InternalServiceError)"),
            (400, f"x{KEY}", "(unknown error)"),
        ],
    )
    def test_a_store_that_is_down_is_not_asked_for_each_secret(
        self, aws: AwsServer, status: int, error: str, said: str
    ) -> None:
        aws.errors = [(status, error)] * 100
        setting = Setting()
        setting.read.prepare(f"shop-{number}" for number in range(300))
        assert said in setting.missing("shop-0")
        assert said in setting.missing("shop-299")
        assert said in setting.missing("shops#kyoto-tea")
        assert len(aws.asked) <= 4

    def test_a_wrong_key(self, aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        assert "does not accept its credentials (InvalidSignatureException)" in Setting().missing("shops#kyoto-tea")

    def test_no_credentials(self, aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        assert "There are no credentials for AWS | Give the CI job a role" in Setting().missing("shops#kyoto-tea")
        assert aws.asked == []

    @pytest.mark.parametrize("region", ["", "ap-northeast-1.evil.example/", "a b"])
    def test_no_region(self, aws: AwsServer, monkeypatch: pytest.MonkeyPatch, region: str) -> None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        said = Setting().missing("shops#kyoto-tea")
        assert "The region of AWS is" in said
        assert "evil" not in said

    @pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"])
    def test_an_address_that_is_not_encrypted(
        self, aws: AwsServer, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        monkeypatch.delenv("AWS_ENDPOINT_URL_SECRETS_MANAGER")
        monkeypatch.setenv(variable, "http://secrets.example")
        said = Setting().missing("shops#kyoto-tea")
        assert f"{variable} is http://secrets.example: credentials would travel unencrypted" in said

    def test_an_unreachable_server(self, aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1")
        setting = Setting()
        assert "cannot be reached: no connection could be made" in setting.missing("shops#kyoto-tea")
        assert setting.waits == [0.2, 1.0, 2.0]

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"SecretValues": 5}', b'{"SecretString": 5}'])
    def test_an_answer_that_is_none_of_aws(self, aws: AwsServer, body: bytes) -> None:
        aws.raw = body
        setting = Setting()
        setting.read.prepare(["shops#kyoto-tea", "plain"])
        assert setting.missing("shops#kyoto-tea")
        assert "binary, or empty" in Setting().missing("plain")


def test_no_level_of_logging_shows_a_secret(aws: AwsServer, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        Setting().read("shops#kyoto-tea")
    finally:
        logging.getLogger().setLevel(logging.WARNING)
    assert SECRET not in caplog.text
    assert KEY not in caplog.text


def test_the_scheme_is_built_in(aws: AwsServer, tmp_path: Path) -> None:
    resolver, refs = (
        SecretResolver(tmp_path),
        [SecretRef("ref+awssecrets://shops#kyoto-tea"), SecretRef("ref+awssecrets://plain")],
    )
    resolver.check_scheme(refs[0])
    resolver.prepare(refs)
    assert [resolver.resolve(ref).reveal() for ref in refs] == [SECRET, SECRET]
    assert len(aws.asked) == 1


@pytest.mark.parametrize(
    ("reference", "module", "extra"),
    [("ref+awssecrets://shops#a", "botocore", "aws"), ("ref+gcpsecrets://project/shops#a", "google", "gcp")],
)
def test_an_extra_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reference: str, module: str, extra: str
) -> None:
    """As Python reports a package that is not there."""
    for name in [each for each in sys.modules if each.partition(".")[0] == module or each.endswith(f"secrets.{extra}")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Without(module), *sys.meta_path])
    resolver, ref = SecretResolver(tmp_path), SecretRef(reference)
    resolver.check_scheme(ref)
    resolver.prepare([ref])
    with pytest.raises(SecretMissing) as raised:
        resolver.resolve(ref)
    assert f"need the package {module}, which is not installed" in str(raised.value.text)
    assert str(raised.value.hint) == f"Run `pip install 'reconciler[{extra}]'`"


class _Without:
    """An environment without one package."""

    def __init__(self, module: str) -> None:
        self._module = module

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0] == self._module:
            raise ModuleNotFoundError(f"No module named {self._module!r}", name=self._module)
