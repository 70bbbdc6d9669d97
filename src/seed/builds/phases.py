"""Phases: ordered sets of services. A phase starts when the one before has finished.

Pure. Builds and promotions go through the phases forwards; rollbacks and removals backwards, since what
imports must go before what exports.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from seed.errors import Invalid

T = TypeVar("T")
MOST_PHASES = 50


class PhasesNotWhole(Invalid):
    """An arrangement leaves a service out, names one twice, or names one that is not there."""

    code = "phases-not-whole"


class CyclicPhases(Invalid):
    """Services that need each other in a circle cannot be put in order."""

    code = "cyclic-phases"


def in_phases(items: Iterable[T], phase_of: Callable[[T], int], *, back: bool = False) -> list[tuple[int, list[T]]]:
    """(phase, its items in their given order), first to last; `back` turns the phases round."""
    sets: dict[int, list[T]] = {}
    for item in items:
        sets.setdefault(phase_of(item), []).append(item)
    return sorted(sets.items(), key=lambda phase: phase[0], reverse=back)


def why_skipped(phase: int, failed: Sequence[str]) -> str:
    """What a service of a later phase says when an earlier phase has failed."""
    names = ", ".join(sorted(failed))
    return f"phase {phase} failed: {names}" if names else f"phase {phase} failed"


def arranged(services: Collection[str], phases: Sequence[Sequence[str]]) -> dict[str, int]:
    """Name → phase, counted from 1. Empty phases vanish; every service stands in exactly one."""
    wanted = [names for names in phases if names]
    if len(wanted) > MOST_PHASES:
        raise PhasesNotWhole(f"An app has up to {MOST_PHASES} phases.")
    found: dict[str, int] = {}
    for number, names in enumerate(wanted, 1):
        for name in names:
            if name not in services:
                raise PhasesNotWhole(f"There is no service {name!r}.", hint=f"This app has: {', '.join(services)}.")
            if name in found:
                raise PhasesNotWhole(f"{name} stands in two phases.", hint="A service belongs to exactly one phase.")
            found[name] = number
    missing = sorted(set(services) - set(found))
    if missing:
        raise PhasesNotWhole(f"{missing[0]} stands in no phase.", hint="Name every service once.")
    return found


def proposed(needs: Mapping[str, AbstractSet[str]]) -> list[list[str]]:
    """The fewest phases in which every service comes after all that it needs. Raises CyclicPhases."""
    open_needs = {name: {n for n in wanted if n in needs and n != name} for name, wanted in needs.items()}
    phases: list[list[str]] = []
    while open_needs:
        ready = sorted(name for name, wanted in open_needs.items() if not wanted)
        if not ready:
            circle = " → ".join(_circle(open_needs))
            raise CyclicPhases(
                f"These services need each other in a circle: {circle}.",
                hint="Take one of the imports away, or arrange the phases by hand.",
            )
        phases.append(ready)
        open_needs = {name: wanted - set(ready) for name, wanted in open_needs.items() if name not in ready}
    return phases


def broken(phases: Mapping[str, int], needs: Mapping[str, AbstractSet[str]]) -> list[tuple[str, str]]:
    """(service, what it needs) where the needed one does not come in an earlier phase."""
    return sorted(
        (name, needed)
        for name, wanted in needs.items()
        for needed in wanted
        if needed != name and needed in phases and name in phases and phases[needed] >= phases[name]
    )


def _circle(needs: Mapping[str, AbstractSet[str]]) -> list[str]:
    """One circle, its first name repeated at the end. Everything in `needs` leads into one."""
    path = [min(needs)]
    while True:
        following = min(needs[path[-1]])
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)
