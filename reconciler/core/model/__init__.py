"""What is managed: `Desired`, `Observed`, field policies, selection, layering, canonical JSON. Not how it is read."""
