"""The use cases of CI: a plan in a pull request, the check before a merge, the apply after it. Not what is approved
(`core/approvals`), not the forge itself (`adapters/forges`).
"""
