"""The source of a build: which commit, whose, what of it has changed; checked out."""
