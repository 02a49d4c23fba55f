"""Commands of CI jobs: one module per command. No business rules and no formats."""
