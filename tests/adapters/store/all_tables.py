"""`metadata` with all tables of the store: a command imports only the modules of the tables that it uses."""

from importlib import import_module
from pkgutil import iter_modules

from reconciler.adapters.store import db
from reconciler.adapters.store.db.run_tables import metadata

__all__ = ["metadata"]

for _module in iter_modules(db.__path__, f"{db.__name__}."):
    if _module.name.endswith("_tables"):
        import_module(_module.name)
