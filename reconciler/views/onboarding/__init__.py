"""The onboarding status for people: text, Markdown, CSV, and the mail to a merchant. Its JSON is in `views/json/onboarding`."""
