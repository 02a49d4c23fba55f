"""Scrapes of a sidecar, put on a timeline, as the input series of a promtool test.

A scrape holds what `/metrics` said; a sidecar that does not answer gives a scrape without samples. Between two scrapes values
stay. Times among the values move with the scrape, since the clock of a promtool test starts at 0.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

JOB = "reconciler-ipn"
_LINE = re.compile(r"^(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")
_STALE = "stale"
_MISSING = "_"


@dataclass(frozen=True, slots=True)
class Scrape:
    """`samples` by series, as it was printed; None: nobody answered."""

    at: float
    samples: Mapping[str, str] | None

    def value(self, series: str) -> float:
        """0 for what is not exported."""
        return float((self.samples or {}).get(f"reconciler_ipn_{series}", 0))


@dataclass(frozen=True, slots=True)
class Point:
    """From this minute on, a sidecar is as the scrape says."""

    minute: int
    scrape: Scrape
    instance: str = "one:8767"
    job: str = JOB


Timeline = Sequence[Point]


def scrape(port: int) -> Scrape:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    except OSError:
        return Scrape(time.time(), None)
    finally:
        connection.close()
    return read_samples(text)


def read_samples(text: str) -> Scrape:
    """Of what a page or a textfile says now."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return Scrape(time.time(), dict(line.rsplit(" ", 1) for line in lines))  # type: ignore[misc]  # pairs


def metric_of(series: str) -> str:
    return series.partition("{")[0]


def labels_of(series: str) -> dict[str, str]:
    """Of values without quotes and backslashes, as the sidecar's are."""
    return dict(re.findall(r'(\w+)="([^"]*)"', series))


def input_series(timeline: Timeline, until: int, step: int) -> list[dict[str, str]]:
    """For each `step` minutes up to `until`."""
    found = []
    for instance in sorted({point.instance for point in timeline}):
        points = sorted((point for point in timeline if point.instance == instance), key=lambda point: point.minute)
        names = sorted({name for point in points for name in point.scrape.samples or {}})
        source = (instance, points[0].job)
        found.append(_one("up", source, [(point.minute // step, _up(point.scrape)) for point in points], until // step))
        for name in names:
            values = [(point.minute // step, _value(name, point)) for point in points]
            found.append(_one(name, source, values, until // step))
    return found


def _up(scrape: Scrape) -> str:
    return "0" if scrape.samples is None else "1"


def _value(series: str, point: Point) -> str:
    value = (point.scrape.samples or {}).get(series)
    if value is None:
        return _STALE
    if "_timestamp_seconds" in series and float(value):
        return repr(float(value) - point.scrape.at + point.minute * 60)
    return value


def _one(series: str, source: tuple[str, str], values: Sequence[tuple[int, str]], until: int) -> dict[str, str]:
    name, _, labels = series.rstrip("}").partition("{")
    instance, job = source
    own = f'{{{labels}{"," if labels else ""}instance="{instance}",job="{job}"}}'
    return {"series": name + own, "values": " ".join(_runs(values, until))}


def _runs(values: Sequence[tuple[int, str]], until: int) -> Iterator[str]:
    """In promtool's notation: each value and how often it repeats."""
    yield from [_MISSING] * values[0][0]
    for (start, value), (end, _) in zip(values, [*values[1:], (until + 1, "")], strict=True):
        count = end - start
        if value == _STALE:
            yield _STALE
            yield from [_MISSING] * (count - 1)
        else:
            yield value if count == 1 else f"{value}+0x{count - 1}"


def rule_test(rules: str, timeline: Timeline, until: int, step: int = 1, **tests: Sequence[object]) -> str:
    """What `promtool test rules` reads; a sample and an evaluation every `step` minutes. JSON is YAML."""
    case = {"interval": f"{step}m", "input_series": input_series(timeline, until, step), **tests}
    document = {"rule_files": [rules], "evaluation_interval": f"{step}m", "tests": [case]}
    return json.dumps(document, ensure_ascii=False)
