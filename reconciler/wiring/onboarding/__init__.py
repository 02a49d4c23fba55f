"""Where the onboarding status is kept, and where paid orders are looked up. Not what they mean."""
