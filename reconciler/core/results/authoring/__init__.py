"""Results of the commands that write manifests: `import`, `new`, `fmt` and `onboard`. How they are printed is in `views`."""
