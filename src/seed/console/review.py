"""A change set as the review shows it: worst first, grouped by what happens, routine folded, all of it openable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seed.changesets import ChangeSet, Finding, PropertyChange, ResourceChange, headline
from seed.changesets.findings.statements import DOCUMENTS, permissions
from seed.changesets.lines import fate_of
from seed.changesets.words import listed, word
from seed.console.values import Diff, diff, one, whole
from seed.promotions.records import Verdict
from seed.promotions.verdicts import Said, said_of

REPLACED, REMOVED, MAYBE, CHANGED, ADDED = "Replaced", "Removed", "May be replaced", "Changed", "Added"
GROUPS = (REPLACED, REMOVED, MAYBE, CHANGED, ADDED)
SIGNS = {REPLACED: "!", REMOVED: "−", MAYBE: "?", CHANGED: "~", ADDED: "+"}

MOST_WHOLE = 150
"""Of more resources than this only the changed properties are shown, or the page would not open."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property: before → after, and why it matters."""

    path: str
    diff: Diff
    note: str
    """Why it says nothing new, or where the change comes from."""
    chain: tuple[str, ...]
    """What this value follows, nearest first."""
    fate: str
    """replaces | may replace | ''."""
    withheld: bool
    has_before: bool
    has_after: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One resource."""

    change: ResourceChange
    anchor: str
    group: str
    sign: str
    kind: str
    fate: str
    brief: str
    """Which properties change, in a few words."""
    lines: tuple[Line, ...]
    access: tuple[tuple[str, str], ...]
    """(mark, permission) of a policy."""
    whole: Diff | None
    """The resource as JSON, before and after."""
    search: str

    @property
    def severity(self) -> str:
        return self.change.severity.name.lower()


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the review."""

    name: str
    anchor: str
    change_set: ChangeSet
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    others: tuple[tuple[str, tuple[Line, ...]], ...]
    """Outputs, parameters, tags."""
    routine: tuple[Row, ...]
    routine_lines: tuple[Line, ...]

    def count(self, group: str) -> int:
        return sum(len(rows) for name, rows in self.groups if name == group)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is to be read; the routine ones are apart."""
        return tuple(row for _, rows in self.groups for row in rows)

    def headline(self, stage: str) -> tuple[str, str]:
        """The first sentence, and the rest."""
        first, _, rest = headline(self.change_set, stage).partition(". ")
        return (f"{first}." if rest else first), rest

    @property
    def ids(self) -> set[str]:
        return {row.logical_id for row in self.change_set.resources}


def service_view(name: str, change_set: ChangeSet, anchor: str) -> Service:
    few = len(change_set.resources) <= MOST_WHOLE
    rows = [_row(change, f"{anchor}--{change.logical_id}", with_whole=few) for change in change_set.resources]
    real = sorted((r for r in rows if not r.change.routine), key=_order)
    groups = tuple((group, tuple(r for r in real if r.group == group)) for group in GROUPS)
    others = [
        (heading, tuple(_line(change, heading) for change in changes))
        for heading, changes in (
            ("Outputs", change_set.outputs),
            ("Parameters", change_set.parameters),
            ("Tags", change_set.tags),
        )
    ]
    return Service(
        name=name,
        anchor=anchor,
        change_set=change_set,
        groups=tuple((group, members) for group, members in groups if members),
        others=tuple(
            (heading, told) for heading, lines in others if (told := tuple(line for line in lines if not line.note))
        ),
        routine=tuple(r for r in rows if r.change.routine),
        routine_lines=tuple(line for _, lines in others for line in lines if line.note),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, where it was found, and what a person said of it."""

    service: Service
    said: Said

    @property
    def finding(self) -> Finding:
        return self.said.finding

    @property
    def anchor(self) -> str:
        return f"finding-{self.said.key}"


def findings(services: Iterable[Service], verdicts: Mapping[str, Verdict]) -> list[Found]:
    """Of all services together, worst first; the order of the services within."""
    found = [
        Found(service, said) for service in services for said in said_of(service.name, service.change_set, verdicts)
    ]
    return sorted(found, key=lambda one: -one.finding.severity)


def _order(row: Row) -> tuple[int, str, str]:
    return -row.change.severity, row.kind.lower(), row.change.logical_id


def _row(change: ResourceChange, anchor: str, *, with_whole: bool) -> Row:
    group = _group(change)
    lines = _distinct(_line(one) for one in change.properties)
    kind = word(change.resource_type)
    return Row(
        change=change,
        anchor=anchor,
        group=group,
        sign=SIGNS[group],
        kind=kind,
        fate=fate_of(change),
        brief=_brief(lines),
        lines=lines,
        access=_access(change),
        whole=_whole(change) if with_whole else None,
        search=f"{change.logical_id} {change.resource_type} {kind} {change.physical_id} {group}".lower(),
    )


def _group(change: ResourceChange) -> str:
    if change.action == "Remove":
        return REMOVED
    if change.action in {"Add", "Import"}:
        return ADDED
    if change.replacement == "True":
        return REPLACED
    return MAYBE if change.replacement == "Conditional" and not change.inferred else CHANGED


def _line(change: PropertyChange, heading: str = "") -> Line:
    path = change.path.removeprefix("/Properties/").removeprefix("/").removeprefix(f"{heading}/" if heading else "")
    chain = (change.causing_entity,) if change.causing_entity else ()
    fate = {"Always": "replaces", "Conditionally": "may replace"}.get(change.recreation, "")
    return Line(
        path=path,
        diff=Diff() if change.secret else _diff(change),
        note=change.routine,
        chain=chain,
        fate="" if change.routine else fate,
        withheld=change.secret,
        has_before=change.has_before,
        has_after=change.has_after,
        known=change.after_known,
    )


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
    for line in lines:
        key = (line.path, line.diff, line.note)
        there = kept.get(key)
        if there is None:
            kept[key] = line
        elif set(line.chain) - set(there.chain):
            kept[key] = Line(
                line.path, line.diff, line.note, (*there.chain, *line.chain), there.fate or line.fate,
                line.withheld, line.has_before, line.has_after, line.known,
            )  # fmt: skip
    return tuple(kept.values())


def _brief(lines: tuple[Line, ...]) -> str:
    """One property by its whole name, several by the first word of each."""
    told = [line.path for line in lines if not line.note]
    if len(told) == 1:
        return told[0]
    return listed(list(dict.fromkeys(path.partition("/")[0] for path in told)))


def _access(change: ResourceChange) -> tuple[tuple[str, str], ...]:
    """A policy as who may do what: what goes, what comes."""
    if change.resource_type not in DOCUMENTS or not (change.before or change.after):
        return ()
    before, after = (
        [str(one) for one in permissions(change.resource_type, _properties(side))]
        for side in (change.before, change.after)
    )
    gone = [("-", one) for one in dict.fromkeys(before) if one not in after]
    come = [("+", one) for one in dict.fromkeys(after) if one not in before]
    return (*gone, *come)


def _properties(side: Mapping[str, Any] | None) -> dict[str, Any]:
    found = (side or {}).get("Properties")
    return found if isinstance(found, dict) else {}


def _whole(change: ResourceChange) -> Diff | None:
    if change.routine or not (change.before or change.after):
        return None
    return whole(change.before and dict(change.before), change.after and dict(change.after))
