"""The software bill of materials of a release, as CycloneDX 1.6: the packages that the wheel needs, by extra, with versions.

In: the distributions of this environment, which constraints.txt pins, and the digests of the packages that were built. Out: JSON
that keeps the schema of CycloneDX. The same commit gives the same bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from typing import Final

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NAME: Final = "reconciler"
DEVELOPMENT: Final = frozenset({"bench", "browser", "deploy", "dev", "docs", "lint", "soak"})
"""Extras for work on the tool itself. What they install is no part of a release."""
EXTRA_PROPERTY: Final = "reconciler:extra"
_LONGEST: Final = 100
"""Characters of the name of a license; some packages have its whole text there."""
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:reconciler:sbom")


@dataclass(slots=True)
class _Package:
    """`extras` that need it; the base needs it where `base`. `needs` are the names of packages."""

    name: str
    version: str
    base: bool = False
    extras: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)


class InvalidBill(Exception):
    """It does not keep the schema of CycloneDX."""


def bill_of_materials(version: str, digests: Mapping[str, str], epoch: int) -> str:
    """`digests` are the SHA-256 of the built packages by their file name. Raises InvalidBill."""
    packages = required_packages()
    root = _component(NAME, version, ComponentType.APPLICATION)
    for name, digest in sorted(digests.items()):
        root.properties.add(Property(name=f"reconciler:sha256:{name}", value=digest))
    wheel = next((digest for name, digest in sorted(digests.items()) if name.endswith(".whl")), None)
    if wheel is not None:
        root.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=wheel))
    bom = Bom(serial_number=uuid.uuid5(_NAMESPACE, f"{version} {sorted(digests.items())}"))
    bom.metadata.component, bom.metadata.timestamp = root, datetime.fromtimestamp(epoch, UTC)
    made = {name: _made(package) for name, package in sorted(packages.items())}
    bom.components.update(made.values())
    bom.register_dependency(root, [made[name] for name in sorted(_direct())])
    for name, component in made.items():
        bom.register_dependency(component, [made[need] for need in sorted(packages[name].needs)])
    text = JsonV1Dot6(bom).output_as_string(indent=1) + "\n"
    if (error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        raise InvalidBill(str(error))
    return text


def required_packages() -> dict[str, _Package]:
    """By canonical name: all that the base and the extras need, also indirectly."""
    found: dict[str, _Package] = {}
    for extra in ("", *user_extras()):
        _collect(NAME, {extra}, extra, found, seen=set())
    del found[NAME]
    return found


def user_extras() -> list[str]:
    return sorted(set(distribution(NAME).metadata.get_all("Provides-Extra", [])) - DEVELOPMENT)


def _collect(name: str, asked: set[str], extra: str, found: dict[str, _Package], seen: set[tuple[str, str]]) -> None:
    made = distribution(name)
    package = found.setdefault(name, _Package(name=name, version=made.version))
    package.base |= not extra
    if extra:
        package.extras.add(extra)
    for requirement in _requirements(made, asked):
        if extra and name == NAME and requirement.marker is None:
            continue  # what the base needs is no part of an extra
        need = canonicalize_name(requirement.name)
        if need == NAME:
            continue
        package.needs.add(need)
        key = (need, ",".join(sorted(requirement.extras)))
        if key not in seen:
            seen.add(key)
            _collect(need, {"", *requirement.extras}, extra, found, seen)


def _requirements(made: Distribution, asked: set[str]) -> Iterator[Requirement]:
    for line in made.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in asked):
            yield requirement


def _direct() -> Collection[str]:
    asked = {"", *user_extras()}
    return {canonicalize_name(each.name) for each in _requirements(distribution(NAME), asked)} - {NAME}


def _made(package: _Package) -> Component:
    scope = ComponentScope.REQUIRED if package.base else ComponentScope.OPTIONAL
    made = _component(package.name, package.version, ComponentType.LIBRARY, scope)
    extras = () if package.base else sorted(package.extras)
    made.properties.update(Property(name=EXTRA_PROPERTY, value=extra) for extra in extras)
    return made


def _component(name: str, version: str, kind: ComponentType, scope: ComponentScope | None = None) -> Component:
    url = PackageURL(type="pypi", name=name, version=version)
    made = Component(name=name, version=version, type=kind, scope=scope, purl=url, bom_ref=url.to_string())
    stated = distribution(name).metadata.json
    expression, words = stated.get("license_expression"), stated.get("license")
    if isinstance(expression, str):
        made.licenses.add(LicenseExpression(value=expression))
    elif isinstance(words, str) and 0 < len(words) <= _LONGEST and "\n" not in words:
        made.licenses.add(DisjunctiveLicense(name=words))
    return made
