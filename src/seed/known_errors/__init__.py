"""Errors that people know: what the words of a framework, of AWS or of a package manager mean, and what to do. Pure.

One file each in `catalogue/`: a pattern, the cause, the fix, the source, and real messages that it must fit.
"""

from seed.known_errors.known import KnownError, catalogue, recognise

__all__ = ["KnownError", "catalogue", "recognise"]
