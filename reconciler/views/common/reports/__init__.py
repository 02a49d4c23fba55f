"""What reports for other tools share: which problems a result has and where, and how JSON is printed.

What a report looks like is its format's package.
"""
