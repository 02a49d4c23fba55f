"""The files of attestations beside the manifests. What they mean is in `core/onboarding`."""
