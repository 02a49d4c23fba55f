"""Where ports meet their adapters: which, not how. No logic.

In: settings. Out: adapters, each as the port that asked for it. Heavy modules are imported when they are needed. Commands use
`session`, `servers` and `schemas`; the others are what those are made of.
"""
