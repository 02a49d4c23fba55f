"""The tables of the queue that carries names of chunks: those of procrastinate 3.10, in a schema of their own.

Its SQL is kept here as a file, so that a migration makes the same tables with every later version of the library. Nothing here
imports the library: a store has the tables whether the extra `scale` is installed or not.
"""
