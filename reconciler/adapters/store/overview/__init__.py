"""What the console shows, counted by the database: pages of long lists, figures, drift over time. No meaning, no words."""
