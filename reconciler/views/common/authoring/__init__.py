"""Words of the commands that write manifests: what an import and an onboarding did, which columns they read."""
