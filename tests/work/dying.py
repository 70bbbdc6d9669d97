"""A process that is killed."""

from __future__ import annotations


class Died(BaseException):
    """The process is gone: no handler hears of it."""
