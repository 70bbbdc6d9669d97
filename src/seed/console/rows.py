"""One resource of a review. What a closed row shows is made at once; what is inside it when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from seed.changesets import PropertyChange, ResourceChange, Severity
from seed.changesets.access_table import Grant, access_table
from seed.changesets.called import called
from seed.changesets.groups import ADDED, CHANGED, MAYBE, REMOVED, REPLACED, group_of
from seed.changesets.lines import fate_of, unseen
from seed.changesets.model import also_inside
from seed.changesets.words import listed, word
from seed.console.aws_links import Place
from seed.console.chains import Link, chain_of
from seed.console.values import Diff, diff, one, whole
from seed.counting import counted

SIGNS = {REPLACED: "!", REMOVED: "−", MAYBE: "?", CHANGED: "~", ADDED: "+"}


@dataclass(frozen=True, slots=True)
class Cause:
    """What a value follows: `Orders.Arn`."""

    name: str
    there: str = ""
    """The resource or parameter that this page tells of; '' where it does not."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property: before → after, and why it matters."""

    change: PropertyChange
    path: str
    diff: Diff
    note: str
    """Why it says nothing new, or where the change comes from."""
    chain: tuple[Cause, ...]
    """What this value follows, nearest first."""
    fate: str
    """replaces | may replace | ''."""
    withheld: bool
    has_before: bool
    has_after: bool
    known: bool

    @property
    def unseen(self) -> str:
        """What stands in place of values that are not shown."""
        return unseen(self.change)


@dataclass(frozen=True)
class Ground:
    """What a row is seen against: the other rows, and the account."""

    rows: Mapping[str, ResourceChange]
    parameters: Collection[str] = ()
    """Those that change."""
    place: Place | None = None
    look_into: Callable[[ResourceChange, str], object] = lambda _change, _anchor: None
    """A nested stack as a service of its own."""

    @cached_property
    def told(self) -> Collection[str]:
        """What can be linked to."""
        return {*self.rows, *self.parameters}


@dataclass(frozen=True)
class Row:
    """One resource."""

    change: ResourceChange
    anchor: str
    group: str
    kind: str
    ground: Ground
    beneath: tuple[Row, ...] = ()
    """What was generated with it and belongs to it."""

    @property
    def more(self) -> str:
        """Of those beneath, after their number: `more belong to it: log group and permission`."""
        kinds = listed(list(dict.fromkeys(one.kind for one in self.beneath)))
        return f"more belong{'s' if len(self.beneath) == 1 else ''} to it: {kinds}"

    @property
    def sign(self) -> str:
        return SIGNS[self.group]

    @property
    def severity(self) -> str:
        return self.change.severity.name.lower()

    @property
    def fate(self) -> str:
        nested = self.change.nested
        danger_inside = nested is not None and nested.severity >= Severity.DANGER
        return fate_of(self.change) or ("danger inside" if danger_inside else "")

    @cached_property
    def called(self) -> str:
        """What developers call it, where that is not its logical id."""
        return called(self.change)

    @cached_property
    def paths(self) -> list[str]:
        return paths_of(self.change)

    @property
    def brief(self) -> str:
        """One property by its whole name, several by the first word of each; of code, how many files."""
        code, names = self.change.code, dict.fromkeys(path.partition("/")[0] for path in self.paths)
        files = counted(code.number, "file") if code and code.old else ""
        if files and list(names) == ["Code"]:
            return f"code, {files}"
        if len(self.paths) == 1:
            return self.paths[0]
        return listed([f"code ({files})" if files and name == "Code" else name for name in names])

    @property
    def search(self) -> str:
        """What it is found by; of a nested stack also what is in it, a line for each."""
        return "\n".join(map(_words, also_inside((self.change,)))).lower()

    @cached_property
    def number(self) -> int:
        """How many resources it tells of."""
        return sum(1 for _ in also_inside((self.change,)))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return _distinct(line(change, self.ground.told) for change in self.change.properties)

    @cached_property
    def access(self) -> tuple[Grant, ...]:
        return access_table(self.change)

    @cached_property
    def chain(self) -> tuple[Link, ...]:
        return chain_of(self.change, self.ground.rows)

    @cached_property
    def nested(self) -> object:
        """What happens inside of a nested stack, shown as a service is."""
        return self.ground.look_into(self.change, self.anchor) if self.change.nested else None

    @property
    def link(self) -> str:
        """Its page in AWS's console."""
        place = self.ground.place
        return place.link(self.change.resource_type, self.change.physical_id) if place else ""

    @cached_property
    def whole(self) -> Diff | None:
        """The resource as JSON, before and after."""
        before, after = self.change.before, self.change.after
        if self.change.routine or not (before or after):
            return None
        return whole(before and dict(before), after and dict(after))


def row_of(change: ResourceChange, anchor: str, ground: Ground) -> Row:
    return Row(change, anchor, group_of(change), word(change.resource_type), ground)


def line(change: PropertyChange, told: Collection[str], heading: str = "") -> Line:
    source = change.causing_entity.partition(".")[0]
    chain = (Cause(change.causing_entity, source if source in told else ""),) if source else ()
    fate = {"Always": "replaces", "Conditionally": "may replace"}.get(change.recreation, "")
    return Line(
        change=change,
        path=short(change.path, heading),
        diff=Diff() if change.secret else _diff(change),
        note=change.routine,
        chain=chain,
        fate="" if change.routine else fate,
        withheld=change.secret,
        has_before=change.has_before,
        has_after=change.has_after,
        known=change.after_known,
    )


def paths_of(change: ResourceChange) -> list[str]:
    """Of what really changes."""
    return list(dict.fromkeys(short(one.path) for one in change.properties if not one.routine))


def _words(change: ResourceChange) -> str:
    kind, group = word(change.resource_type), group_of(change)
    words = (change.logical_id, change.resource_type, kind, change.physical_id, group, *paths_of(change))
    return " ".join(" ".join(words).split())


def short(path: str, heading: str = "") -> str:
    return path.removeprefix("/Properties/").removeprefix("/").removeprefix(f"{heading}/" if heading else "")


def _diff(change: PropertyChange) -> Diff:
    if change.has_before and change.has_after:
        # The same expression of something that moves: there is nothing to see in it.
        if change.before == change.after:
            return Diff()
        return diff(change.before, change.after)
    return one(change.before, "-") if change.has_before else one(change.after, "+") if change.has_after else Diff()


def _distinct(lines: Iterable[Line]) -> tuple[Line, ...]:
    """A property that moves for several reasons is one line; its reasons stand together."""
    kept: dict[tuple[str, Diff, str], Line] = {}
    for found in lines:
        key = (found.path, found.diff, found.note)
        if found.change.before is None:  # what one reason knows of it need not be said again by another that does not
            same = (
                one for one, line in kept.items() if one[::2] == key[::2] and line.change.after == found.change.after
            )
            key = next(same, key)
        there = kept.get(key)
        if there is None:
            kept[key] = found
        elif set(found.chain) - set(there.chain):
            kept[key] = replace(there, chain=(*there.chain, *found.chain), fate=there.fate or found.fate)
    return tuple(kept.values())
