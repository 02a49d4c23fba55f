"""Where secrets come from. `environment` and `file` are declared as entry points under these names."""

from reconciler.adapters.secrets.resolver import SecretResolver
from reconciler.adapters.secrets.schemes import environment, file

__all__ = ["SecretResolver", "environment", "file"]
