"""The durable engine as the rest of Seed sees it: a queue that survives everything.

Rows are the truth: a workflow is a kind and the id of a row, and reads the rest. It is started again from
its beginning after a crash, so whatever it does must be safe to do twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from sqlalchemy.orm import Session

Kind = Literal["build", "package", "plan", "apply", "discard", "remove"]
Handler = Callable[[int], None]


class Engine(Protocol):
    """Submitting happens in the caller's transaction: row and job exist together, or neither does."""

    def submit(self, session: Session, kind: Kind, run_id: int, *, key: str, order: int, again: int = 0) -> None:
        """Run `kind` for `run_id`: one after another within a `key`, by `order`. Twice is once, also when it has ended
        and until it is purged: whoever has found more to do in the row since says by a number of its own that it is
        `again`.
        """
        ...

    def start(self, handlers: Mapping[Kind, Handler]) -> None:
        """Take up what was left, and begin to work."""
        ...

    def stop(self) -> None:
        """Take no more. What runs has some seconds to end, and is left as it is then: the next start takes it up."""
        ...

    def pending(self) -> dict[str, int]:
        """How many jobs wait or run, by kind: for metrics and for tests that wait for quiet."""
        ...

    def purge(self, keep_days: int) -> int:
        """Forget what ended more than `keep_days` ago; how many."""
        ...
