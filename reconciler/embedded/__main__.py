"""`python -m reconciler.embedded`: other people's acts and the contract's document, from a command line.

In: words. Out: one act of `World`, or text on standard output; exit code 0, or 1 with a reason on standard error.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, get_args

import click

from reconciler.embedded.actors.world import World
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import ChargeState
from reconciler.embedded.seeding.seed import SeedError
from reconciler.embedded.storage.database import DatabaseError

_BOOLEANS = {"useAmazon", "preOrder", "subscription", "autoLink"}
_DATABASE = click.option(
    "--database",
    required=True,
    envvar="RECONCILER_EMBEDDED_DATABASE",
    show_envvar=True,
    help="File or SQLAlchemy URL of the embedded backend's database.",
)


@click.group(help="Act on an embedded backend as a merchant, the platform or Amazon.")
def main() -> None:
    pass


@main.command()
@click.argument("shop")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@click.option("--as", "by", default="merchant", show_default=True, help="Actor in the trail of changes.")
@_DATABASE
def edit(database: str, shop: str, changes: tuple[str, ...], by: str) -> None:
    """Edit a shop on its admin screens: notificationEmail=x@y.example, storefront=CLOSED, preOrder=true ...

    mwsAuthToken takes env:NAME, the name of an environment variable, not the token itself.
    """
    with _world(database) as world:
        world.merchant_edits(shop, dict(_pair(change) for change in changes), by=by)


@main.command()
@click.argument("state", type=click.Choice(["on", "off"]))
@_DATABASE
def maintenance(database: str, state: str) -> None:
    """Start or end maintenance of the platform."""
    with _world(database) as world:
        world.maintenance(state == "on")


@main.command("turn-off")
@click.argument("shop")
@_DATABASE
def turn_off(database: str, shop: str) -> None:
    """Switch 利用設定 off as the platform, even if the shop is open."""
    with _world(database) as world:
        world.platform_turns_off(shop)


@main.command()
@click.argument("shop")
@_DATABASE
def revoke(database: str, shop: str) -> None:
    """Revoke the access of the shop's seller, as Amazon."""
    with _world(database) as world:
        world.amazon_revokes(shop)


@main.command()
@click.argument("shop")
@_DATABASE
def restore(database: str, shop: str) -> None:
    """Restore the access of the shop's seller, as Amazon."""
    with _world(database) as world:
        world.amazon_restores(shop)


@main.command()
@click.argument("shop")
@click.argument("order_no", metavar="ORDER")
@click.option("--amount", help="Amount. Default: the total of the order.")
@click.option("--state", type=click.Choice(get_args(ChargeState)), default="Captured", show_default=True)
@click.option("--reason", metavar="CODE", help="Amazon's reason code, for Declined and Canceled.")
@_DATABASE
def capture(*, database: str, shop: str, order_no: str, amount: str | None, state: str, reason: str | None) -> None:
    """Capture the payment of an order in Seller Central (売上請求), and print the id of the charge. The order stays as it is."""
    options = {"chargeAmount": amount, "reasonCode": reason}
    words = {"state": state} | {name: value for name, value in options.items() if value is not None}
    with _world(database) as world:
        click.echo(world.merchant_captures(shop, order_no, **words))


@main.command()
@click.argument("shop")
@click.argument("charge_id", metavar="CHARGE")
@click.option("--amount", help="How much; without it all that was captured.")
@_DATABASE
def refund(*, database: str, shop: str, charge_id: str, amount: str | None) -> None:
    """The merchant refunds a charge at Seller Central; prints the refund's id. `turn` ends it."""
    with _world(database) as world:
        click.echo(world.merchant_refunds(shop, charge_id, **({} if amount is None else {"amount": amount})))


@main.command()
@click.argument("shop")
@click.argument("charge_id", metavar="CHARGE")
@_DATABASE
def dispute(database: str, shop: str, charge_id: str) -> None:
    """A buyer disputes a charge (chargeback); prints the dispute's id."""
    with _world(database) as world:
        click.echo(world.amazon_disputes(shop, charge_id))


@main.command()
@click.argument("shop")
@click.argument("object_id", metavar="ID")
@click.argument("state")
@click.option("--reason", metavar="CODE", help="Amazon's reason code.")
@_DATABASE
def turn(*, database: str, shop: str, object_id: str, state: str, reason: str | None) -> None:
    """A charge, refund, dispute or charge permission goes into another state at Amazon."""
    with _world(database) as world:
        world.amazon_turns(shop, object_id, state, reason)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@_DATABASE
def seed(database: str, file: str) -> None:
    """Add the contents of a seed file."""
    with _world(database, seed=file) as world:
        world.seed(file)


@main.command()
@click.argument("client_id")
@click.option("--secret-env", required=True, metavar="NAME", help="Environment variable that holds the secret.")
@click.option("--shop", help="Shop of the client. Default: an operator client for all shops.")
@_DATABASE
def client(database: str, client_id: str, secret_env: str, shop: str | None) -> None:
    """Register an API client, or set a new secret for an existing one."""
    secret = _environment(secret_env)
    with _world(database) as world:
        world.ensure_client(client_id, secret, shop)


@main.command()
@click.argument("account")
@click.option("--password-env", required=True, metavar="NAME", help="Environment variable that holds the password.")
@click.option("--shop", default="", help="Shop of the account. Default: an operator, who sees all shops.")
@click.option("--name", default="", help="Name on the screens and in the trail of changes. Default: the account.")
@_DATABASE
def user(database: str, account: str, password_env: str, shop: str, name: str) -> None:
    """Register who signs in to the screens, or set a new name and password."""
    password = _environment(password_env)
    with _world(database) as world:
        world.ensure_user(account, password, shop_key=shop, name=name)


@main.command()
def openapi() -> None:
    """Print the contract as an OpenAPI document."""
    from reconciler.embedded.app import contract_text  # noqa: PLC0415  # the web framework, which no other command needs

    click.echo(contract_text(), nl=False)


@contextmanager
def _world(database: str, *, seed: str = "") -> Iterator[World]:
    """The world, with every foreseen failure turned into a message and exit code 1. `seed` names the file for one."""
    try:
        world = World.open(database, environment=os.environ)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    try:
        yield world
    except Problem as problem:
        raise click.ClickException(_explain(problem)) from problem
    except SeedError as error:
        raise click.ClickException(f"{seed}: {error}") from error
    finally:
        world.close()


def _explain(problem: Problem) -> str:
    lines = [f"{problem.code}: {problem.detail}"]
    lines += [f"  {error['field']}: {error['message']}" for error in problem.errors]
    return "\n".join(lines)


def _pair(change: str) -> tuple[str, Any]:
    key, equals, text = change.partition("=")
    if not equals:
        raise click.ClickException(f"{change!r} is not KEY=VALUE (example: notificationEmail=pay@shop.example)")
    return key, _READERS.get(key, str)(text) if key not in _BOOLEANS else _boolean(key, text)


def _boolean(key: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise click.ClickException(f"{key} must be true or false, not {text!r}")
    return text == "true"


def _token(text: str) -> str:
    if not text.startswith("env:"):
        raise click.ClickException("mwsAuthToken takes env:NAME: a command line must not contain a secret")
    return _environment(text.removeprefix("env:"))


def _environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise click.ClickException(f"the environment variable {name} is not set")
    return value


_READERS: Mapping[str, Callable[[str], str]] = {"mwsAuthToken": _token}


if __name__ == "__main__":
    sys.exit(main())
