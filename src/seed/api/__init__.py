"""`/api/v1`: the same verbs as the console, as JSON, for programs and the CLI."""

from seed.api.app import install

__all__ = ["install"]
