"""The JSON documents of the onboarding: `reconciler/onboarding-status` and `reconciler/onboarding-mail`."""
