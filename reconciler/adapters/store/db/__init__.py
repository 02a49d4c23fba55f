"""What runs and inbox share: engine, tables, error mapping, group commit. Queries are in `runs` and `inbox`."""
