"""One sentence that says what confirming does, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from seed.changesets.findings import data_removed, data_replaced, plugins_run, stack_policy
from seed.changesets.findings.data import EMPTY, HOLDS, empty_first
from seed.changesets.findings.lost import is_lost
from seed.changesets.model import ChangeSet, PropertyChange, ResourceChange, Severity, also_inside
from seed.changesets.opening import opening
from seed.changesets.routine import FUNCTION
from seed.changesets.words import clipped, listed, moment, word
from seed.counting import counted

NAMED = 3
"""So many things are named; more are counted."""
INSIDE = "inside "
FAILS = "The deployment will fail: "
ALONE = {stack_policy.RULE.id: "the stack's policy is set", plugins_run.RULE.id: "plugins run"}
"""What is done where no resource changes."""
DATA = (data_replaced.RULE.id, data_removed.RULE.id)


def headline(change_set: ChangeSet, stage: str = "") -> str:
    """`Replaces the table OrdersTable: its items are lost. 3 functions get new code.`"""
    where = f" in {stage}" if stage else ""
    if change_set.empty and not any(finding.fails for finding in change_set.findings):
        told = {finding.rule for finding in change_set.findings}
        alone = [what for rule, what in ALONE.items() if rule in told]
        return f"No resource changes{where}: only {listed(alone)}." if alone else f"Nothing changes{where}."
    real = [row for row in change_set.resources if not row.routine]
    parts = _failing(change_set, where)
    if change_set.new_stack:
        name = f" {change_set.stack_name}" if change_set.stack_name else ""
        made = f": {_kinds(change_set.resources)}" if change_set.resources else ""
        parts += opening(change_set, "" if parts else where)[0]
        return _sentences([*parts, f"creates the stack{name}{where}{made}"])
    parts += _parts(change_set, where)
    if not parts:
        return _quiet(change_set, where)
    return _sentences([*parts, "nothing else changes", *_counted_at(real)])


def _parts(change_set: ChangeSet, where: str = "") -> list[str]:
    """What happens, worst first; what is lost inside of a nested stack before what is only changed."""
    real = [row for row in change_set.resources if not row.routine]
    held = {finding.logical_id for finding in change_set.findings if finding.rule in DATA}
    holding, others = ([row for row in real if (row.logical_id in held) == side] for side in (True, False))
    bad, mild = ([row for row in real if row.nested and _is_bad(row.nested) == side] for side in (True, False))
    parts = _data(holding, where)
    opened, named = opening(change_set, "" if parts else where)
    parts += opened
    parts += _inside(bad, len(bad), "" if parts else where)
    parts += [
        *_functions(real),
        *_others([row for row in others if row.logical_id not in named or not _only_changed(row)]),
    ]
    parts += _inside(mild, NAMED)
    return parts if not parts or _calm(change_set.outputs) else [*parts, "outputs change"]


def _is_bad(nested: ChangeSet) -> bool:
    return any(finding.rule in DATA or finding.severity >= Severity.DANGER for finding in nested.findings)


def _inside(rows: Iterable[ResourceChange], most: int, where: str = "") -> list[str]:
    """Of each nested stack the worst that happens in it: three things, and whether there is more."""
    changed = [(row, row.nested) for row in rows if row.nested and not row.nested.empty]
    said = [part for row, nested in changed[:most] for part in _of_nested(row.logical_id, nested)]
    said = [part.replace(": ", f"{where}: ", 1) if not at else part for at, part in enumerate(said)]
    more = len(changed) - most
    return [*said, f"{counted(more, 'more nested stack')} {'changes' if more == 1 else 'change'}"] if more > 0 else said


def _of_nested(name: str, change_set: ChangeSet) -> list[str]:
    """`inside Outer: 1 function gets new code`, and of those in it `inside Outer / Inner: …`."""
    parts = [] if change_set.new_stack else _parts(change_set)
    if not parts:
        said = headline(change_set).removesuffix(".")
        return [f"{INSIDE}{name}: {said[0].lower()}{said[1:]}"]
    told: list[str] = []
    for part in parts if len(parts) <= NAMED else [*parts[:NAMED], "more changes in it"]:
        if part.startswith(INSIDE):
            told.append(f"{INSIDE}{name} / {part.removeprefix(INSIDE)}")
        elif told and told[-1].startswith(f"{INSIDE}{name}: "):
            told[-1] += f"; {part}"
        else:
            told.append(f"{INSIDE}{name}: {part}")
    return told


def _sentences(parts: list[str]) -> str:
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def _failing(change_set: ChangeSet, where: str) -> list[str]:
    """What the deployment will fail of, the first by its own words."""
    failing = [finding for finding in change_set.findings if finding.fails]
    if not failing:
        return []
    why = clipped(failing[0].sentence.replace(FAILS, "", 1).removesuffix("."))
    more = f", and for {counted(len(failing) - 1, 'more reason')}" if len(failing) > 1 else ""
    return [f"will most probably fail{where}: {why}{more}"]


def _quiet(change_set: ChangeSet, where: str) -> str:
    if change_set.resources:
        outputs = "" if _calm(change_set.outputs) else ", and outputs change"
        return f"Only routine changes{where}{outputs}."
    what = [name for name in ("outputs", "parameters", "tags") if getattr(change_set, name)]
    return f"Changes {listed(what)}{where}, no resource."


def _calm(rows: Iterable[PropertyChange]) -> bool:
    return all(row.routine for row in rows)


def _data(real: list[ResourceChange], where: str) -> list[str]:
    said = []
    for verb, rows in (
        ("replaces", [row for row in real if row.replacement == "True"]),
        ("removes", [row for row in real if row.action == "Remove"]),
        ("may replace", [row for row in real if row.replacement == "Conditional"]),
        ("may remove", [row for row in real if row.replacement == "False" and row.may_go]),
    ):
        for saved in (False, True):
            some = [row for row in rows if row.policy_action.endswith(("Retain", "Snapshot")) == saved]
            if not some:
                continue
            names = listed([f"the {word(row.resource_type)} {row.logical_id}" for row in some], NAMED)
            effect = "the old data is kept" if saved else "data may be lost" if verb.startswith("may") else _lost(some)
            said.append(f"{verb} {names}{where}: {effect}")
            where = ""
    return said


def _lost(rows: list[ResourceChange]) -> str:
    stays = all(empty_first(row) and row.held != EMPTY for row in rows)  # what is not empty is not deleted
    counts = [row.held for row in rows if row.held and row.held != EMPTY]
    if len(rows) == 1:
        if rows[0].held:
            return f"its {counts[0]} {_are(counts[0], stays)} lost" if counts else "it is empty"
        what = HOLDS.get(rows[0].resource_type, "its data")
        return f"{what} would be lost" if stays else is_lost(what)
    if not counts:
        return "they are empty" if all(row.held for row in rows) else f"their data {_are('1 ', stays)} lost"
    if len(set(counts)) == 1 and len(counts) == len(rows):
        return f"their {counts[0]} each {_are(counts[0], stays)} lost"
    if not all(row.held for row in rows):
        return f"their data {_are('1 ', stays)} lost, among it {listed(counts, NAMED)}"
    return f"their {listed(counts, NAMED)} {_are(counts[0] if len(counts) == 1 else '', stays)} lost"


def _are(held: str, stays: bool) -> str:
    return "would be" if stays else "is" if held.startswith("1 ") else "are"


def _counted_at(real: list[ResourceChange]) -> list[str]:
    """Numbers are as old as the oldest of them, and may be older still where a service counts only now and then."""
    held = [row for row in also_inside(real) if row.held and row.held_at]
    if not held:
        return []
    lags = list(dict.fromkeys(row.held_lag for row in held if row.held_lag))
    some = "some " if lags and not all(row.held_lag for row in held) else ""
    lag = f", {some}{listed(lags)} then" if lags else ""
    return [f"counted {moment(min(row.held_at for row in held))}{lag}"]


def _functions(real: list[ResourceChange]) -> list[str]:
    changed = [row for row in real if row.resource_type == FUNCTION and row.action == "Modify"]
    code = [r for r in changed if any(c.path.startswith("/Properties/Code") and not c.routine for c in r.properties)]
    new_code = {row.logical_id for row in code}
    settings = [row for row in changed if row.logical_id not in new_code and row.replacement == "False"]
    said = []
    for rows, what in ((code, "code"), (settings, "settings")):
        if rows:
            names = f": {listed([row.logical_id for row in rows])}" if len(rows) <= NAMED else ""
            said.append(f"{counted(len(rows), 'function')} {'gets' if len(rows) == 1 else 'get'} new {what}{names}")
    return said


def _others(real: list[ResourceChange]) -> list[str]:
    said = []
    for verb, rows in (
        ("adds", [row for row in real if row.action == "Add"]),
        ("imports", [row for row in real if row.action == "Import"]),
        ("replaces", [row for row in real if row.replacement == "True"]),
        ("removes", [row for row in real if row.action == "Remove"]),
        ("may replace", [row for row in real if row.replacement == "Conditional" and row.action == "Modify"]),
        ("may add or remove", [row for row in real if row.action == "Dynamic"]),
        ("changes", [row for row in real if _only_changed(row)]),
    ):
        if rows:
            said.append(f"{verb} {_kinds(rows)}")
    return said


def _only_changed(row: ResourceChange) -> bool:
    known = row.action in ("Add", "Import", "Remove", "Dynamic") or row.replacement != "False"
    return not known and not (row.action == "Modify" and row.resource_type == FUNCTION)


def _kinds(rows: list[ResourceChange] | tuple[ResourceChange, ...]) -> str:
    if len(rows) == 1:
        return f"the {word(rows[0].resource_type)} {rows[0].logical_id}"
    counts = Counter(word(row.resource_type) for row in rows)
    return listed([counted(number, kind) for kind, number in counts.most_common()])
