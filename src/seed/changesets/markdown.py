"""The change set as Markdown that fits a pull-request comment. Nothing in it is markup of the repository's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seed.changesets.access_table import access_table
from seed.changesets.families import Family
from seed.changesets.headline import headline
from seed.changesets.lines import ANYONE, beneath, changes, folded, inside, others, parted, short, title
from seed.changesets.model import ChangeSet, ResourceChange
from seed.changesets.values import printable

MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&-])")
SIGNS = {"DANGER": "🛑", "WARNING": "⚠️", "NOTICE": "ℹ️", "ROUTINE": "·"}
LARGEST = 60_000
"""GitHub takes 65,536 characters."""


def as_markdown(change_set: ChangeSet, *, stage: str = "") -> str:
    lines = [f"**{_plain(headline(change_set, stage))}**"]
    if change_set.findings:
        lines.append("")
    for one in change_set.findings:
        lines.append(f"- {SIGNS[one.severity.name]} {_plain(one.sentence)} {_code(one.rule)}")
        lines += [f"  - {_plain(text)}" for text in one.evidence.splitlines() if text.strip()]
        lines += [f"  - → {_plain(one.hint)}"] if one.hint else []
    real, quiet = parted(change_set)
    for family in real:
        lines += _family(family)
    loose = []
    for row in quiet:
        loose += [f"- {_code(title(row))} {_plain(row.routine)}", *(_item(f"  {line}") for line in inside(row))]
    for heading, shown, routine in others(change_set):
        loose += [f"- {_code(line)}" for line in routine]
        if shown:
            lines += ["", f"**{heading}**", *(f"- {_code(line)}" for line in shown)]
    if loose:
        lines += ["", f"<details><summary>{folded(quiet, change_set)}</summary>", "", *loose, "", "</details>"]
    return _bounded(lines)


def _family(family: Family) -> list[str]:
    head = title(family.head)
    shown = [*changes(family.head, grants=False), *beneath(family)]
    table = list(_grants(family.head))
    if not shown and not table:
        return ["", f"- {_code(head)}"]
    return [
        "",
        f"<details><summary><code>{_html(head)}</code></summary>",
        "",
        *table,
        *map(_item, shown),
        "",
        "</details>",
    ]


def _item(line: str) -> str:
    """What stands beneath another line is a list within its list."""
    text = line.lstrip(" ")
    return f"{' ' * (len(line) - len(text))}- {_code(text)}"


def _grants(row: ResourceChange) -> Iterator[str]:
    """Who may do what, before and after, as a table."""
    table = access_table(row)
    if not table:
        return
    yield "| | who | | what | on | if |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in table:
        what = ", ".join(action or "everything" for action in one.actions) + (" (wider)" if one.wider else "")
        cells = (one.mark, one.who or ANYONE, one.verb, what, one.on, one.condition)
        yield f"| {' | '.join(_plain(short(cell)) for cell in cells)} |"
    yield ""


def _bounded(lines: list[str]) -> str:
    text = ""
    for index, line in enumerate(lines):
        if len(text) + len(line) > LARGEST:
            closing = "\n</details>" if text.count("<details>") > text.count("</details>") else ""
            return f"{text}{closing}\n\n… and {len(lines) - index} more lines.\n"
        text += line + "\n"
    return text


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", printable(text))


def _html(text: str) -> str:
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _code(text: str) -> str:
    """A code span that its content cannot end."""
    text = printable(text)
    runs = [len(run) for run in re.findall(r"`+", text)]
    fence = "`" * (max(runs, default=0) + 1)
    pad = " " if runs else ""
    return f"{fence}{pad}{text}{pad}{fence}"
