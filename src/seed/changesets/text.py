"""The change set for a terminal: what confirming does, findings, changes, routine in one line each."""

from __future__ import annotations

from seed.changesets.headline import headline
from seed.changesets.lines import beneath, changes, folded, inside, others, parted, title
from seed.changesets.model import ChangeSet
from seed.changesets.values import printable


def as_text(change_set: ChangeSet, *, stage: str = "") -> str:
    lines = [headline(change_set, stage)]
    for finding in change_set.findings:
        lines += ["", f"{finding.severity.name}: {finding.sentence}  [{finding.rule}]"]
        lines += [f"    {line}" for line in finding.evidence.splitlines()]
        if finding.hint:
            lines.append(f"    → {finding.hint}")
    real, quiet = parted(change_set)
    if real:
        lines.append("")
    for family in real:
        lines.append(title(family.head))
        lines += [f"    {line}" for line in (*changes(family.head), *beneath(family))]
    loose = []
    for row in quiet:
        loose += [f"{title(row)}: {row.routine}", *(f"    {line}" for line in inside(row))]
    for heading, shown, routine in others(change_set):
        loose += routine
        if shown:
            lines += ["", f"{heading}:", *(f"    {line}" for line in shown)]
    if loose:
        lines += ["", folded(quiet, change_set), *(f"    {line}" for line in loose)]
    return "\n".join(map(printable, lines)) + "\n"
