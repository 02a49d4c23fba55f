"""SARIF 2.1.0: what is wrong, for code scanning and for the tools that read it. Which issues there are is in `views/common`."""
