"""Tools for the maintenance of the project. Nothing here is installed."""
