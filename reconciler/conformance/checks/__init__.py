"""The checks, one small function for each clause, one module for each group."""
