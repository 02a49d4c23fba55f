"""What Git says of a folder and of its history, asked by its plumbing. Not what the files mean (`adapters/manifests`), not what a
forge knows of pull requests (`adapters/forges`).
"""
