"""Results that are tables in every format: runs, steps, columns of an export. Other results have a module per format."""
