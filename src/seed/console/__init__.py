"""The console: pages rendered on the server, live without reload, complete by keyboard.

A page parses what was asked, calls a verb and answers; it holds no rules of its own.
"""

from seed.console.app import install
from seed.console.errors import error_answer

__all__ = ["error_answer", "install"]
