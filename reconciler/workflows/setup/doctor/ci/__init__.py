"""The area `ci` of `doctor`: the CI files of the repository, CODEOWNERS, the store and the key, and what the forge says.

Reading is done by ports; the modules here judge. Each problem is a diagnostic with a code C4xx and its fix.
"""
