"""Edits of single lines, and the diff they make. The rest of a file stays as it is, comments and all."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seed.frameworks.compat.model import Edit

CONTEXT = 1
COMMENT = re.compile(r"^\s*(#|//)")
CODE = re.compile(r"""(?:"[^"]*"|'[^']*'|[^#]|(?<=[^\s])#)*""")
"""Of a line, what stands before a comment at its end."""
MOST_TEXT = 200_000


def diff_of(texts: Mapping[str, str], edits: Iterable[Edit]) -> str:
    """A unified diff, file by file; `git apply` takes it."""
    by_file: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_file.setdefault(edit.file, []).append(edit)
    return "".join(_diff(file, texts.get(file, ""), found) for file, found in sorted(by_file.items()))


def lines_with(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str, re.Match[str]]]:
    """(number, line, match) of every match outside of comments."""
    for number, line in enumerate(text[:MOST_TEXT].splitlines(), 1):
        if COMMENT.match(line):
            continue
        code = CODE.match(line)
        for match in pattern.finditer(line):
            if code is None or match.start() < code.end():
                yield number, line, match


def with_dependencies(file: str, text: str, data: Mapping[str, Any], names: Iterable[str]) -> list[Edit]:
    """package.json with these beside its other dependencies; a new one where there is none."""
    added = dict.fromkeys(sorted(names), "*")
    if not text:
        made = json.dumps({"private": True, "devDependencies": added}, indent=2)
        return [Edit(file, 0, 0, tuple(made.splitlines()))]
    lines = text.splitlines()
    for block in ("devDependencies", "dependencies"):
        start = re.compile(rf'^\s*"{block}"\s*:\s*\{{\s*$')
        at = next((number for number, line in enumerate(lines, 1) if start.match(line)), 0)
        if at and at < len(lines) and (first := re.match(r'(\s*)"', lines[at])):
            return [Edit(file, at + 1, 0, tuple(f'{first[1]}"{name}": "{what}",' for name, what in added.items()))]
    known = data.get("devDependencies")
    whole = {**data, "devDependencies": {**(known if isinstance(known, dict) else {}), **added}}
    return [Edit(file, 1, len(lines), tuple(json.dumps(whole, indent=2, ensure_ascii=False).splitlines()))]


def _diff(file: str, text: str, edits: list[Edit]) -> str:
    before = text.splitlines()
    after = list(before)
    # From the end to the beginning, so that the numbers stay true.
    for edit in sorted(edits, key=lambda one: one.line, reverse=True):
        at = max(edit.line - 1, 0)
        after[at : at + edit.drop] = edit.add
    name = f"a/{file}" if text else "/dev/null"
    found = difflib.unified_diff(before, after, name, f"b/{file}", lineterm="", n=CONTEXT)
    return "".join(f"{line}\n" for line in found)
