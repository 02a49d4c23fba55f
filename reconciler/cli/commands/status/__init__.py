"""Commands that show the backend, its drift, and what earlier runs did. They write nothing."""
