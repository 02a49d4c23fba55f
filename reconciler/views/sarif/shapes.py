"""The parts of SARIF 2.1.0 that are written, as the standard names them."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Text(TypedDict):
    text: str


class UriBase(TypedDict):
    description: Text


class Region(TypedDict):
    startLine: int
    startColumn: int
    endLine: int
    endColumn: int


class ArtifactLocation(TypedDict):
    uri: str
    uriBaseId: str


class PhysicalLocation(TypedDict):
    artifactLocation: ArtifactLocation
    region: Region


class LogicalLocation(TypedDict):
    name: str
    kind: str


class Location(TypedDict):
    physicalLocation: PhysicalLocation
    logicalLocations: NotRequired[list[LogicalLocation]]


class Result(TypedDict):
    ruleId: str
    ruleIndex: int
    level: str
    message: Text
    locations: list[Location]
    partialFingerprints: dict[str, str]
    properties: dict[str, str]
    suppressions: NotRequired[list[dict[str, str]]]


class Rule(TypedDict):
    id: str
    name: str
    shortDescription: Text
    fullDescription: Text
    help: Text
    defaultConfiguration: dict[str, str]
    properties: dict[str, object]


class Notification(TypedDict):
    level: str
    message: Text
    associatedRule: NotRequired[dict[str, str]]


class Invocation(TypedDict):
    executionSuccessful: bool
    exitCode: int
    toolExecutionNotifications: list[Notification]


class Driver(TypedDict):
    name: str
    semanticVersion: str
    rules: list[Rule]


class Run(TypedDict):
    tool: dict[str, Driver]
    automationDetails: dict[str, str]
    columnKind: str
    originalUriBaseIds: dict[str, UriBase]
    invocations: list[Invocation]
    results: list[Result]


SarifLog = TypedDict("SarifLog", {"$schema": str, "version": str, "runs": list[Run]})
