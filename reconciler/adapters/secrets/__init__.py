"""Secrets by reference: `ref+env://`, `ref+file://`, `ref+credential://`, `ref+vault://`, `ref+sops://`, `ref+awssecrets://` and
`ref+gcpsecrets://`.

`environment` and `file` are entry points under these names.

No secret is stored here.
"""

from reconciler.adapters.secrets.resolver import SecretResolver
from reconciler.adapters.secrets.schemes import environment, file

__all__ = ["SecretResolver", "environment", "file"]
