"""One resource before and after."""

from __future__ import annotations

from typing import Any

from tests.changesets.templates import stack

from seed.changesets import ChangeSet, compare


def change(kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **attributes: Any) -> ChangeSet:
    """One resource before and after, beside one that stays; other attributes stand on both sides."""
    sides = [
        stack(
            Stays=("AWS::SNS::Topic", {}),
            **({} if properties is None else {"X": {"Type": kind, "Properties": properties, **attributes}}),
        )
        for properties in (before, after)
    ]
    return compare(*sides)
