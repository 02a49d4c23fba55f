"""The file of metrics that node_exporter reads: replaced whole after each check, also where nothing is new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


def metrics_text(session: Session) -> str:
    """Raises SetupError."""
    from reconciler.lib.utc import format_utc
    from reconciler.views.prometheus import render_metrics
    from reconciler.workflows.findings.metrics import read_metrics

    metrics = read_metrics(session.findings, session.target.fleet_name, format_utc(session.clock.now()))
    return render_metrics(metrics)


def write_metrics(session: Session, file: Path) -> None:
    """Raises SetupError."""
    from reconciler.wiring.terminal_files import write_output

    write_output(file, (metrics_text(session),))
