"""The files that `new`, `onboard` and `import` write. What shops share is decided in `core/importing`."""
