"""Figures as ratios, each against a floor measured in the same run. `make bench` prints them; no test asserts them."""

import os

# Processes are measured as they start for a user, with the byte code that was kept: a machine may be told to keep none.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
