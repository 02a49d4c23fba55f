"""Connects commands with workers: the tables of fleet runs, the queue, the commit that both sides read."""
