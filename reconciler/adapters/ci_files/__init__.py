"""The CI files of the fleet's repository: read as trees with positions, and the templates that `init --ci` writes.

What a workflow should contain is not decided here (`workflows/setup/doctor`).
"""

from reconciler.adapters.ci_files.repository_files import RepositoryCiFiles

__all__ = ["RepositoryCiFiles"]
