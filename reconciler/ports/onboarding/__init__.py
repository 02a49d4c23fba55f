"""The files of attestations, the last onboarding status, paid orders. What they mean is in `core/onboarding`."""
