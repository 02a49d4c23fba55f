"""`python -m reconciler`: the same as `reconciler`."""

from __future__ import annotations

from reconciler.cli import main

main()
