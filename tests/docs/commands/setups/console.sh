# console: the settings have a token for the console.
printf 'console:\n  token: ref+env://CONSOLE_TOKEN\n' >> reconciler.yaml
