"""Bugs that are planted on purpose, to see that the checker finds them: each replaces one part of the product's code.

Each function of the other modules gives the patches of one bug, and its docstring says what is wrong. That the checker finds
nothing in the product is worth as much as what it finds here. How a bug is planted is in `planting.py`.
"""

from tools.modelcheck.planted import leases, reopening, writes  # noqa: F401  # each registers its bugs
from tools.modelcheck.planted.planting import BUGS, PlantedBug, planted

__all__ = ["BUGS", "PlantedBug", "planted"]
