"""Figures as ratios, each to a reference measured in the same run. `make bench` prints them; no test asserts them."""

import os

# Processes are measured as users start them, with cached byte code: the environment may disable the cache.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
