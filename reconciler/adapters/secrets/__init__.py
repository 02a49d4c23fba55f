"""Where secrets come from. `environment` and `file` are declared as entry points under these names."""

from reconciler.adapters.secrets.schemes import environment, file
from reconciler.adapters.secrets.store import SecretStore

__all__ = ["SecretStore", "environment", "file"]
