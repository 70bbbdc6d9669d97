"""How many stages work side by side: up to a limit for each app and for the server, fair between apps.

The engine starts a job as soon as its stage is free; here it waits until it is its turn. Nothing of it is stored:
after a crash every job that was left comes for a turn again.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Condition, Event

from seed.errors import Stopping

TICK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Most:
    """How many stages may be at work at a time."""

    on_server: int
    of_app: int
    own: Mapping[int, int] = field(default_factory=dict)
    """By app, where it allows itself fewer than `of_app`; 0 is as many."""

    def of(self, app: int) -> int:
        return min(self.of_app, self.own.get(app) or self.of_app)


@dataclass(frozen=True, slots=True)
class Waiting:
    number: int
    """In order of arrival."""
    app: int
    confirmed: bool = False
    """A person has decided it: it goes before what came by itself."""


def next_turn(
    waiting: Collection[Waiting], at_work: Mapping[int, int], last: Mapping[int, int], most: Most
) -> Waiting | None:
    """The app with the fewest stages at work, then the one that was served longest ago. `last`: turns, counted up."""
    if sum(at_work.values()) >= most.on_server:
        return None
    possible = [one for one in waiting if at_work.get(one.app, 0) < most.of(one.app)]
    return min(
        possible,
        key=lambda one: (not one.confirmed, at_work.get(one.app, 0), last.get(one.app, 0), one.number),
        default=None,
    )


class Turns:
    def __init__(self, most: Most, stopping: Event) -> None:
        self._own: dict[int, int] = dict(most.own)
        self._most, self._stopping = replace(most, own=self._own), stopping
        self._changed = Condition()
        self._arrivals, self._served = itertools.count(1), itertools.count(1)
        self._waiting: set[Waiting] = set()
        self._at_work: Counter[int] = Counter()
        self._last: dict[int, int] = {}

    def limit(self, app: int, own: int) -> None:
        """What the app allows itself from now on, also those that wait already."""
        with self._changed:
            self._own[app] = own
            self._let()

    @contextmanager
    def taken(self, app: int, *, confirmed: bool, say: Callable[[str], None]) -> Iterator[None]:
        """`say` hears why it has to wait, if it has to. Raises Stopping where the server stops first."""
        with self._changed:
            me = Waiting(next(self._arrivals), app, confirmed)
            self._waiting.add(me)
            self._let()
            why = self._why(me) if me in self._waiting else ""
        if why:
            say(why)
            self._wait(me)
        try:
            yield
        finally:
            with self._changed:
                self._at_work[app] -= 1
                self._let()

    def _wait(self, me: Waiting) -> None:
        with self._changed:
            while me in self._waiting:
                if self._stopping.is_set():
                    self._waiting.discard(me)
                    raise Stopping
                self._changed.wait(TICK_SECONDS)

    def _let(self) -> None:
        while (one := next_turn(self._waiting, self._at_work, self._last, self._most)) is not None:
            self._waiting.discard(one)
            self._at_work[one.app] += 1
            self._last[one.app] = next(self._served)
        self._changed.notify_all()

    def _why(self, me: Waiting) -> str:
        here, of_app = self._at_work.total(), self._at_work[me.app]
        if here >= self._most.on_server:
            return f"Waits for its turn: {here} stages are at work, the most at a time."
        return f"Waits for its turn: {of_app} stages of this app are at work, the most at a time."
