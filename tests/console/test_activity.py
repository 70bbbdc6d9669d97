"""Everything that is audited is told in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from seed.console.activity_words import DONE

SOURCE = Path(__file__).resolve().parents[2] / "src" / "seed"
STATES = {
    "promotion.": ("promoted", "failed", "unchanged"),
    "removal.": ("removed", "failed"),
    "finding.": ("accepted", "wrong"),
}
"""Of actions that end with what became of it."""
TELL = frozenset({"record", "_tell", "_told"})
ACTION = re.compile(r"[a-z]+\.[a-z_-]+")


def audited() -> Iterator[str]:
    for path in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TELL:
                yield from (action for argument in call.args for action in spelled(argument))


def spelled(argument: ast.expr) -> Iterator[str]:
    for part in ast.walk(argument):
        if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
            continue
        if part.value in STATES:
            yield from (f"{part.value}{state}" for state in STATES[part.value])
        elif ACTION.fullmatch(part.value):
            yield part.value


def test_what_is_audited_is_found() -> None:
    assert {"app.added", "variable.set", "service.moved", "promotion.promoted"} <= set(audited())


@pytest.mark.parametrize("action", sorted(set(audited())))
def test_what_is_audited_has_words(action: str) -> None:
    assert action in DONE
