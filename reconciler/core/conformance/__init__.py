"""What a backend is checked for: the clauses of the contract as data, the outcome of each, and the report.

How a clause is checked is in the package `conformance`. Here is no I/O.
"""
