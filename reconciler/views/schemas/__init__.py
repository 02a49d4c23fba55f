"""JSON Schemas of the JSON results. Schemas of manifests and settings are beside their adapters."""
