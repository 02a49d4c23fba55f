"""Secrets by reference: the port `Secrets`, over schemes found by entry point.

In: a `SecretRef`. Out: a `Secret`, or `SecretMissing` with the reason and a hint. It never quotes a scheme's own error, which may
quote the secret. Nothing is kept, but for documents with several keys (`documents.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from difflib import get_close_matches
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from math import inf
from pathlib import Path
from typing import Final

from reconciler.adapters.secrets.schemes import credential, display_locator, environment, read_secret_file
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import credential_kind
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import SecretMissing

GROUP: Final = "reconciler.secrets"

Scheme = Callable[[str], str]


class SecretResolver:
    """`root` is where the paths of `ref+file://` start. `kept`: seconds for which documents count as read."""

    def __init__(self, root: Path, *, kept: float = inf) -> None:
        self._root = root
        self._schemes: dict[str, Scheme] = {"env": environment, "file": self._file}
        self._built_in: dict[str, Callable[[], Scheme]] = {
            "awssecrets": partial(_aws, kept),
            "credential": lambda: credential,
            "gcpsecrets": partial(_gcp, kept),
            "sops": partial(_sops, root, kept),
            "vault": partial(_vault, kept),
        }

    def check_scheme(self, ref: SecretRef) -> None:
        """Raises SecretMissing, and nothing else. The package that brings a scheme is not loaded."""
        if ref.scheme not in self._schemes and ref.scheme not in self._built_in and ref.scheme not in self.schemes:
            raise _unknown(ref, self.schemes)

    @property
    def schemes(self) -> list[str]:
        """All that can be written, those of installed packages included."""
        return sorted({*self._schemes, *self._built_in, *_declared_schemes()})

    def prepare(self, refs: Iterable[SecretRef]) -> None:
        """Raises nothing: what cannot be read is reported by `resolve`."""
        locators: dict[str, list[str]] = {}
        for ref in refs:
            if ref.scheme in self._built_in and credential_kind(ref.uri) is None:
                locators.setdefault(ref.scheme, []).append(ref.locator)
        for scheme, named in locators.items():
            with suppress(Exception):
                self._prepare(SecretRef(f"ref+{scheme}://"), named)

    def _prepare(self, ref: SecretRef, locators: list[str]) -> None:
        prepare = getattr(self._scheme(ref), "prepare", None)
        if prepare is not None:
            prepare(locators)

    def resolve(self, ref: SecretRef) -> Secret:
        """Raises SecretMissing, and nothing else."""
        _refuse_secret(ref)
        try:
            value: object = self._scheme(ref)(ref.locator)
        except SecretMissing:
            raise
        except Exception as error:  # noqa: BLE001  # a scheme is third-party code
            raise SecretMissing(
                msg("{ref} could not be resolved ({error})", ref=_shown(ref), error=type(error).__name__),
                hint=msg("Check the scheme {scheme}: it failed with an internal error", scheme=ref.scheme),
                unread=True,
            ) from None
        if not isinstance(value, str) or not value:
            raise SecretMissing(
                msg("{ref} does not exist", ref=_shown(ref)),
                hint=msg("Store the secret there, or correct the reference"),
            )
        return Secret(value, ref)

    def _file(self, locator: str) -> str:
        return read_secret_file(self._root / locator, locator)

    def _scheme(self, ref: SecretRef) -> Scheme:
        if ref.scheme not in self._schemes:
            built_in = self._built_in.get(ref.scheme)
            self._schemes[ref.scheme] = built_in() if built_in else _load(ref, self._built_in)
        return self._schemes[ref.scheme]


def _refuse_secret(ref: SecretRef) -> None:
    form = credential_kind(ref.uri)
    if form is not None:
        raise SecretMissing(
            msg("A reference to a secret looks like {credential}", credential=form),
            code=codes.SECRET_FORM,
            hint=msg(
                "Write where the secret is stored, such as ref+env://NAME, and renew the secret that was written there"
            ),
        )


def _shown(ref: SecretRef) -> str:
    return f"ref+{display_locator(ref.scheme)}://{display_locator(ref.locator)}"


def _vault(kept: float) -> Scheme:
    from reconciler.adapters.secrets.documents import DocumentSecrets, read_each  # noqa: PLC0415  # seldom wanted
    from reconciler.adapters.secrets.vault import Vault  # noqa: PLC0415  # httpx is heavy

    return DocumentSecrets("vault", read_each(Vault().read), kept=kept)


def _aws(kept: float) -> Scheme:
    from reconciler.adapters.secrets.documents import DocumentSecrets  # noqa: PLC0415

    try:
        from reconciler.adapters.secrets.aws import AwsSecrets  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        raise _no_extra("awssecrets", "aws", error) from None
    return DocumentSecrets("awssecrets", AwsSecrets().read, form="NAME#KEY", whole=True, kept=kept)


def _gcp(kept: float) -> Scheme:
    from reconciler.adapters.secrets.documents import DocumentSecrets, read_each  # noqa: PLC0415

    try:
        from reconciler.adapters.secrets.gcp import GoogleSecrets  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        raise _no_extra("gcpsecrets", "gcp", error) from None
    return DocumentSecrets(
        "gcpsecrets", read_each(GoogleSecrets().read), form="PROJECT/NAME#KEY", whole=True, kept=kept
    )


def _no_extra(scheme: str, extra: str, error: ModuleNotFoundError) -> SecretMissing:
    return SecretMissing(
        msg(
            "References ref+{scheme}:// need the package {package}, which is not installed",
            scheme=scheme,
            package=error.name or "",
        ),
        hint=msg("Run `pip install 'reconciler[{extra}]'`", extra=extra),
    )


def _sops(root: Path, kept: float) -> Scheme:
    from reconciler.adapters.secrets.documents import DocumentSecrets, read_each  # noqa: PLC0415
    from reconciler.adapters.secrets.sops import SopsFiles  # noqa: PLC0415

    return DocumentSecrets("sops", read_each(SopsFiles(root).read), form="FILE#KEY", kept=kept)


def _load(ref: SecretRef, built_in: Iterable[str]) -> Scheme:
    declared = _declared_schemes()
    if ref.scheme not in declared:
        raise _unknown(ref, sorted({"env", "file", *built_in, *declared}))
    return _loaded(declared[ref.scheme], ref)


def _declared_schemes() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _loaded(point: EntryPoint, ref: SecretRef) -> Scheme:
    try:
        scheme: Scheme = point.load()
    except Exception as error:
        raise SecretMissing(
            msg("The scheme {scheme} cannot be loaded ({error})", scheme=ref.scheme, error=type(error).__name__),
            code=codes.SECRET_SCHEME,
            hint=msg("Check the package that declares it: {value}", value=point.value),
            unread=True,
        ) from error
    return scheme


def _unknown(ref: SecretRef, known: list[str]) -> SecretMissing:
    close = get_close_matches(ref.scheme, known, n=1)
    return SecretMissing(
        msg(
            "{ref}: unknown secret scheme {scheme}",
            ref=_shown(ref),
            scheme=display_locator(ref.scheme) or "(none)",
        ),
        code=codes.SECRET_SCHEME,
        hint=msg("Did you mean ref+{guess}://?", guess=close[0])
        if close
        else msg("Use one of {known}, or install the package that provides the scheme", known=", ".join(known)),
    )
