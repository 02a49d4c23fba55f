"""A backend for reconciler, found by the entry point `reconciler.backends`."""

from .backend import ShopFolder, open_backend

__all__ = ["ShopFolder", "open_backend"]
