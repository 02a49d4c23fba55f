"""What pages of Markdown and of HTML have in common."""
