"""The console: server-rendered pages on the same verbs as the API; live without reload; readable without scripts."""
