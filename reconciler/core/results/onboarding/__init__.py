"""Results of the onboarding status, and of mails to merchants. How an item is judged is in `core/onboarding`."""
