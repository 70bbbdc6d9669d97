"""The commands of a repository's own: hooks, unit tests, plugins, post-deploy; and what they are given."""
