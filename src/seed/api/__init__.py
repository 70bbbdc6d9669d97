"""`/api/v1`: the same verbs as the console, as JSON, for programs and the CLI."""

from seed.api.app import PREFIX, describe, error_answer, install

__all__ = ["PREFIX", "describe", "error_answer", "install"]
