"""The console: server-rendered pages on the same verbs as the API; live without reload; readable without scripts."""

from seed.console.app import install
from seed.console.errors import error_answer

__all__ = ["error_answer", "install"]
