"""A forge over loopback: GitHub's and GitLab's REST API as far as the tool uses them, with their real limits; everything else is
refused and noted. `remote.py` is its Git, `runner.py` gives a test what a runner has.
"""
