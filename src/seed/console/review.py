"""A change set as the review shows it: worst first, grouped by what happens, routine folded, all of it openable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from seed.changesets import ChangeSet, Finding, ResourceChange, families, headline
from seed.changesets.enrich import told_inside
from seed.changesets.groups import GROUPS, group_of
from seed.changesets.model import also_inside
from seed.changesets.reasons import folds
from seed.changesets.words import word
from seed.console.aws_links import Place
from seed.console.rows import Ground, Line, Row, line, row_of, short
from seed.promotions.records import Verdict
from seed.promotions.verdicts import Said, said_of

AT_ONCE = 60
"""So many rows of a review, those in nested stacks counted, come with what is inside them. Of the others it follows."""


@dataclass(frozen=True)
class Service:
    """One service of the review."""

    name: str
    anchor: str
    change_set: ChangeSet
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    """What is to be read, with what belongs to it beneath."""
    others: tuple[tuple[str, tuple[Line, ...]], ...]
    """Outputs, parameters, tags."""
    loose: tuple[Row, ...]
    """Routine that belongs to nothing which is to be read."""
    routine_lines: tuple[Line, ...]

    @cached_property
    def tally(self) -> Counter[str]:
        """How many of each group, those in nested stacks counted too."""
        return Counter(map(_group, also_inside(self.change_set.resources)))

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is not routine."""
        return tuple(row for row in self.every if not row.change.routine)

    @property
    def routine(self) -> tuple[Row, ...]:
        return tuple(row for row in self.every if row.change.routine)

    @property
    def folded(self) -> str:
        """What is in the fold of what is routine: `versions, tags`."""
        return folds([*(row.change for row in self.loose), *(one.change for one in self.routine_lines)])

    @cached_property
    def every(self) -> tuple[Row, ...]:
        heads = (row for _, rows in self.groups for row in rows)
        return (*(one for head in heads for one in (head, *head.beneath)), *self.loose)

    def find(self, anchor: str) -> Row | None:
        """Also in a nested stack, whose rows are named after it."""
        for row in self.every:
            if row.anchor == anchor:
                return row
            inside = row.nested if anchor.startswith(f"{row.anchor}--") else None
            if isinstance(inside, Service) and (there := inside.find(anchor)):
                return there
        return None

    def headline(self, stage: str) -> tuple[str, str]:
        """The first sentence, and the rest."""
        first, _, rest = headline(self.change_set, stage).partition(". ")
        return (f"{first}." if rest else first), rest

    @cached_property
    def ids(self) -> set[str]:
        """Of all that this review tells, however deep."""
        return {row.logical_id for row in also_inside(self.change_set.resources)}

    @cached_property
    def changes(self) -> dict[str, ResourceChange]:
        return {row.logical_id: row for row in self.change_set.resources}


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

    @property
    def row(self) -> str:
        """The anchor of the row that it speaks of, in the nested stack where that is; '' where it speaks of none."""
        return _row_of(self.service.changes, self.service.anchor, self.finding) if self.finding.logical_id else ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter: how many rows have it."""

    field: str
    value: str
    number: int


def service_view(name: str, change_set: ChangeSet, anchor: str, place: Place | None = None) -> Service:
    def look_into(change: ResourceChange, at: str) -> Service | None:
        inside = replace(place, stack_id=change.physical_id) if place else None
        return service_view(change.logical_id, change.nested, at, inside) if change.nested else None

    parameters = {short(one.path, "Parameters") for one in change_set.parameters}
    ground = Ground({change.logical_id: change for change in change_set.resources}, parameters, place, look_into)

    def shown(change: ResourceChange) -> Row:
        return row_of(change, f"{anchor}--{change.logical_id}", ground)

    found = families(change_set.resources)
    heads = [replace(shown(one.head), beneath=tuple(map(shown, one.beneath))) for one in found]
    real: dict[str, list[Row]] = {}
    for row in heads:  # rows stand worst first, and so do what happens to them
        if not row.change.routine:
            real.setdefault(row.group, []).append(row)
    others = [
        (heading, tuple(line(change, ground.told, heading) for change in changes))
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
        groups=tuple((group, tuple(members)) for group, members in real.items()),
        others=tuple(
            (heading, told) for heading, lines in others if (told := tuple(one for one in lines if not one.note))
        ),
        loose=tuple(one for row in heads if row.change.routine for one in (row, *row.beneath)),
        routine_lines=tuple(one for _, lines in others for one in lines if one.note),
    )


def findings(services: Iterable[Service], verdicts: Mapping[str, Verdict]) -> list[Found]:
    """Of all services together, worst first; the order of the services within."""
    found = [
        Found(service, said) for service in services for said in said_of(service.name, service.change_set, verdicts)
    ]
    return sorted(found, key=lambda one: (-one.finding.severity, not one.finding.fails))


def _row_of(rows: Mapping[str, ResourceChange], at: str, finding: Finding) -> str:
    name = finding.logical_id
    anchor, nested = f"{at}--{name}", rows[name].nested if name in rows else None
    if nested is None:
        return anchor
    told = ((one, told_inside(name, one.sentence)) for one in nested.findings if one.logical_id)
    inner = next((one for one, said in told if (one.rule, said) == (finding.rule, finding.sentence)), None)
    return _row_of({row.logical_id: row for row in nested.resources}, anchor, inner) if inner else anchor


def _group(row: ResourceChange) -> str:
    return "Routine" if row.routine else group_of(row)


def chips(services: Iterable[Service]) -> tuple[list[Chip], list[Chip]]:
    """(how bad and what happens, which kind of thing): what the rows of a review can be filtered by."""
    rows = list(also_inside(row for service in services for row in service.change_set.resources))
    levels = Counter(row.severity.name.lower() for row in rows)
    groups = Counter(map(_group, rows))
    bad = [Chip("severity", level, levels[level]) for level in ("danger", "warning")]
    fates = [Chip("group", group, groups[group]) for group in (*GROUPS, "Routine")]
    kinds = Counter(word(row.resource_type) for row in rows)
    by_kind = [Chip("kind", kind, number) for kind, number in sorted(kinds.items())]
    return [chip for chip in (*bad, *fates) if chip.number], by_kind


def later(services: Iterable[Service], place: str) -> dict[str, str]:
    """Where to get what is inside a row that comes without it, by the row's anchor; what is to be read comes first."""
    found, room = {}, AT_ONCE
    for row in sorted((row for service in services for row in service.every), key=lambda row: row.change.routine != ""):
        if row.number > room:
            found[row.anchor] = f"{place}?row={quote(row.anchor, safe='')}"
        else:
            room -= row.number
    return found


def away(found: Iterable[Found], later: Mapping[str, str]) -> dict[str, str]:
    """Where a row of a nested stack is, by its anchor, that is not on the review's page at first."""
    rows = {one.row: later.get("--".join(one.row.split("--")[:2])) for one in found}
    return {row: f"{page}#{row}" for row, page in rows.items() if page and row.count("--") > 1}
