"""`reconciler.yaml`: its shape, its JSON Schema, and the `Settings` values. Manifests are in `adapters/manifests`."""
