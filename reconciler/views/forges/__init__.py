"""Reports that a forge shows beside a pull request: annotations of GitHub, widgets of GitLab."""
