"""Results of the onboarding status, of mails to merchants, and of `offboard`. How an item is judged is in `core/onboarding`."""
