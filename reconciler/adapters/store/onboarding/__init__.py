"""The last onboarding status of each shop. Not what an item means (`core/onboarding`)."""
