"""`python -m tools.modelcheck check|replay|plant|certificate`: see docs/model-check.md."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tools.modelcheck.campaign import catch, explore_scenario, long_check, machine, with_bug
from tools.modelcheck.certificate import Exploration, document, summary, write
from tools.modelcheck.explore import ImpossibleStep, Walk
from tools.modelcheck.planted import BUGS
from tools.modelcheck.report import decode_path, story_lines, violation_lines
from tools.modelcheck.scenarios import SCENARIOS, Scenario


@click.group(help="Check every order of events in an apply, up to a bound, on the code that ships.")
def main() -> None:
    """The commands below."""


def _scenarios(names: Sequence[str]) -> list[Scenario]:
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        raise click.BadParameter(f"unknown scenario {unknown[0]!r} (available: {', '.join(SCENARIOS)})")
    return [SCENARIOS[name] for name in names or SCENARIOS]


@main.command()
@click.argument("scenarios", nargs=-1)
@click.option("--states", type=click.IntRange(min=1), help="Stop after this many states. Default: the scenario's bound")
@click.option("--bound", type=click.IntRange(min=0), help="How much may go wrong on one path")
def check(scenarios: Sequence[str], states: int | None, bound: int | None) -> None:
    """Explore SCENARIOS (all if none is named). Exit with 1 on a violation."""
    for scenario in _scenarios(scenarios):
        result = explore_scenario(scenario, most_states=states, bound=bound)
        whole = "complete" if result.complete else "stopped early"
        click.echo(
            f"{scenario.name}: {result.states:,} states, {result.transitions:,} transitions, depth {result.depth},"
            f" {result.recoveries:,} recoveries, {whole}, sha256:{result.digest[:16]}"
        )
        if result.found is not None:
            click.echo("\n".join(violation_lines(scenario.name, result.found)))
            sys.exit(1)


@main.command()
@click.argument("scenario")
@click.argument("path")
@click.option("--bug", type=click.Choice(sorted(BUGS)), help="With this planted bug")
def replay(scenario: str, path: str, bug: str | None) -> None:
    """Take PATH in SCENARIO again and print what happens. Exit with 1 on a violation."""
    with machine() as store, with_bug(bug):
        walk = Walk(_scenarios([scenario])[0], store, decode_path(path), lambda _walk, _offered: False)
        try:
            walk.run()
        except ImpossibleStep as impossible:
            raise click.BadParameter(str(impossible)) from None
    click.echo("\n".join(story_lines(walk.story)))
    if walk.violation is None:
        click.echo("no violation")
        return
    click.echo(f"violation: {walk.violation.law}: {walk.violation.text}")
    sys.exit(1)


@main.command()
@click.argument("names", nargs=-1)
def plant(names: Sequence[str]) -> None:
    """Plant each bug of NAMES (all if none is named) and look for it. Exit with 1 where one is not found."""
    missed = False
    for name in names or BUGS:
        if name not in BUGS:
            raise click.BadParameter(f"unknown bug {name!r} (available: {', '.join(BUGS)})")
        caught, found = catch(BUGS[name])
        missed |= found is None
        click.echo(f"{name}: {'NOT FOUND' if found is None else f'{caught.law} in {caught.steps} steps'}")
        if found is not None:
            click.echo("\n".join(f"  {line}" for line in violation_lines(caught.scenario, found, bug=name)))
    sys.exit(missed)


@main.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("certificates"), show_default=True)
@click.option("--states", type=click.IntRange(min=1), help="Visit at most this many states beyond what is completed")
def certificate(folder: Path, states: int | None) -> None:
    """Explore every scenario, look for every planted bug, and write the certificate of this version."""
    explorations = []
    for scenario in SCENARIOS.values():
        for bound, result in long_check(scenario, most_states=states):
            if result.found is not None:
                click.echo("\n".join(violation_lines(scenario.name, result.found)))
                sys.exit(1)
            explorations.append(Exploration.of(result, bound))
            click.echo(f"{scenario.name}, bound {bound}: {result.states:,} states")
    bugs = []
    for bug in BUGS.values():
        bugs.append(catch(bug)[0])
        click.echo(f"{bug.name}: {bugs[-1].law or 'NOT FOUND'}")
    content = document(explorations, bugs)
    for path in write(folder, content):
        click.echo(f"wrote {path}")
    click.echo(summary(content))
    sys.exit(any(bug.law is None for bug in bugs))


if __name__ == "__main__":
    main()
