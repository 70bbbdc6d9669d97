"""One sentence that says what confirming does, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from seed.changesets.findings import data_removed, data_replaced, plugins_run, stack_policy
from seed.changesets.findings.data import EMPTY, HOLDS
from seed.changesets.findings.lost import is_lost
from seed.changesets.model import ChangeSet, PropertyChange, ResourceChange
from seed.changesets.routine import FUNCTION
from seed.changesets.words import counted, listed, moment, word

NAMED = 3
"""So many things are named; more are counted."""
FAILS = "The deployment will fail: "
LONGEST = 200
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
        return _sentences([*parts, f"creates the stack{name}{where}{made}"])
    held = {finding.logical_id for finding in change_set.findings if finding.rule in DATA}
    holding, others = ([row for row in real if (row.logical_id in held) == side] for side in (True, False))
    parts += [*_data(holding, where), *_functions(real), *_others(others)]
    parts += [f"inside {row.logical_id}: {_first(row.nested)}" for row in real if row.nested and not row.nested.empty]
    if not parts:
        return _quiet(change_set, where)
    if not _calm(change_set.outputs):
        parts.append("outputs change")
    return _sentences([*parts, "nothing else changes", *_counted_at(real)])


def _sentences(parts: list[str]) -> str:
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def _failing(change_set: ChangeSet, where: str) -> list[str]:
    """What the deployment will fail of, the first by its own words."""
    failing = [finding for finding in change_set.findings if finding.fails]
    if not failing:
        return []
    why = failing[0].sentence.replace(FAILS, "", 1).removesuffix(".")
    why = why if len(why) <= LONGEST else why[: LONGEST - 1] + "…"
    more = f", and of {counted(len(failing) - 1, 'more thing')}" if len(failing) > 1 else ""
    return [f"will most probably fail{where}: {why}{more}"]


def _first(change_set: ChangeSet) -> str:
    said = headline(change_set).partition(". ")[0].removesuffix(".")
    return said[0].lower() + said[1:]


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
        if rows:
            names = listed([f"the {word(row.resource_type)} {row.logical_id}" for row in rows], NAMED)
            saved = all(row.policy_action.endswith(("Retain", "Snapshot")) for row in rows)
            effect = "the old data is kept" if saved else "data may be lost" if verb.startswith("may") else _lost(rows)
            said.append(f"{verb} {names}{where}: {effect}")
            where = ""
    return said


def _lost(rows: list[ResourceChange]) -> str:
    if len(rows) > 1:
        counts = list(dict.fromkeys(row.held for row in rows if row.held and row.held != EMPTY))
        return f"their {listed(counts)} are lost" if counts else "their data is lost"
    if rows[0].held:
        held = rows[0].held
        return "it is empty" if held == EMPTY else f"its {held} {'is' if held.startswith('1 ') else 'are'} lost"
    return is_lost(HOLDS.get(rows[0].resource_type, "its data"))


def _counted_at(real: list[ResourceChange]) -> list[str]:
    """Numbers are as old as the oldest of them, and may be older still where a service counts only now and then."""
    held = [row for row in real if row.held and row.held_at]
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
    settings = [row for row in changed if row.logical_id not in new_code]
    said = []
    if code:
        names = f": {listed([row.logical_id for row in code])}" if len(code) <= NAMED else ""
        said.append(f"{counted(len(code), 'function')} {'gets' if len(code) == 1 else 'get'} new code{names}")
    if settings:
        said.append(f"{counted(len(settings), 'function')} {'gets' if len(settings) == 1 else 'get'} new settings")
    return said


def _others(real: list[ResourceChange]) -> list[str]:
    said = []
    for verb, rows in (
        ("adds", [row for row in real if row.action == "Add"]),
        ("replaces", [row for row in real if row.replacement == "True"]),
        ("removes", [row for row in real if row.action == "Remove"]),
        ("may add or remove", [row for row in real if row.action == "Dynamic"]),
        ("changes", [row for row in real if _only_changed(row)]),
    ):
        if rows:
            said.append(f"{verb} {_kinds(rows)}")
    return said


def _only_changed(row: ResourceChange) -> bool:
    known = row.action in ("Add", "Remove", "Dynamic") or row.replacement == "True"
    return not known and not (row.action == "Modify" and row.resource_type == FUNCTION)


def _kinds(rows: list[ResourceChange] | tuple[ResourceChange, ...]) -> str:
    if len(rows) == 1:
        return f"the {word(rows[0].resource_type)} {rows[0].logical_id}"
    counts = Counter(word(row.resource_type) for row in rows)
    return listed([counted(number, kind) for kind, number in counts.most_common()])
