"""What each shop still needs before it is live, and the mails to merchants; the commands `attest` and `offboard`. Creating
manifests from a table is `onboard.py`.
"""
