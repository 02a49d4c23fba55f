"""Protocols of CI: the forge with its records and comments, the job's environment, the clone. Not the decisions on what was
approved (`core/approvals`).
"""
