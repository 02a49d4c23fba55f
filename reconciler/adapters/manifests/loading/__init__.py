"""Files -> desired shops: shared layers, merge, one shop file over them; which shops a set of changed files affects.

Nothing is written here.
"""
