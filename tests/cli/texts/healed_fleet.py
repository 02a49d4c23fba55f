"""A fleet whose policy heals one field, and proposes a plan for another."""

from pathlib import Path

from tests.cli.texts.fleets import Call, strayed

POLICY = """\
heal:
  max_share: 100%
  rules:
    - {name: mail, fields: [amazon.notification.email]}
    - {name: payments, fields: [payment.amazon_pay.*], severity: high, mode: propose}
"""


def healing(run: Call) -> None:
    strayed(run)
    settings = Path("reconciler.yaml")
    settings.write_text(settings.read_text() + POLICY)
