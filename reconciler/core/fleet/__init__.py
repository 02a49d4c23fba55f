"""Fleet runs: a look or an apply that is divided into chunks, for workers on several hosts.

In: the shops of a command and how to divide them; later, what is known of the chunks. Out: the chunks; what comes next:
wait, open the next wave, or end. Nothing here reads or writes: the tables are in `adapters/store/fleet`.
"""
