"""Values with their references filled in, as far as it is told what those answer, before and after."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Collection
from dataclasses import replace
from operator import is_not
from typing import TYPE_CHECKING, Any

from seed.changesets.aws_read import UNKNOWN
from seed.changesets.evaluate import World
from seed.changesets.model import PropertyChange
from seed.changesets.reasons import Kind, Reason, marks
from seed.changesets.resource import Pair
from seed.changesets.values import is_intrinsic, is_text, joined, references, same, scalar_text

if TYPE_CHECKING:
    from seed.changesets.answers import Answers

NOTHING = ("", "")
SAME_VALUE = Reason(Kind.SAME, "the same value, written another way")


class Known:
    """Which references can be told before and after."""

    def __init__(self, now: Answers, stays: Answers) -> None:
        self.now, self.stays = now, stays

    def text(self, value: Any, *, after: bool) -> str:
        plain = self.plain(value, after=after)
        return plain if isinstance(plain, str) else json.dumps(plain, separators=(",", ":"), ensure_ascii=False)

    def plain(self, value: Any, *, after: bool) -> Any:
        if is_intrinsic(value):
            return self._intrinsic(value, after=after)
        if isinstance(value, dict):
            return {key: self.plain(item, after=after) for key, item in value.items()}
        if isinstance(value, list):
            return [self.plain(item, after=after) for item in value]
        return "null" if value is None else scalar_text(value)

    def _intrinsic(self, value: dict[str, Any], *, after: bool) -> Any:
        name, argument = next(iter(value.items()))
        told = self.stays if after else self.now
        key = _asked(value)
        if key in told:
            return told[key]
        if is_text(value):
            text = joined([self.plain(part, after=after) for part in argument[1]])
            return UNKNOWN if UNKNOWN in str(text) else text
        if name == "Fn::Base64" and isinstance(argument, str):
            return b64encode(argument.encode(errors="replace")).decode()
        filled = _filled(value, told)
        again = value if filled is value else World({}).value(filled)
        return UNKNOWN if same(again, value) else self.plain(again, after=after)


def _asked(value: dict[str, Any]) -> tuple[str, str]:
    """The logical id and the attribute (or '') that a reference asks for; of any other function nothing."""
    name, argument = next(iter(value.items()))
    key = [argument, ""] if name == "Ref" else argument if name == "Fn::GetAtt" else []
    plain = isinstance(key, list) and len(key) == len(NOTHING) and all(isinstance(part, str) for part in key)
    return (key[0], key[1]) if plain else NOTHING


def _filled(value: Any, told: Answers) -> Any:
    """The same with a text for each reference that can be told; the very same where there is none."""
    if is_intrinsic(value):
        key = _asked(value)
        if key in told:
            return told[key]
    if isinstance(value, dict):
        pairs = {key: _filled(item, told) for key, item in value.items()}
        return pairs if any(pairs[key] is not value[key] for key in pairs) else value
    if isinstance(value, list):
        items = [_filled(item, told) for item in value]
        return items if any(map(is_not, items, value)) else value
    return value


def mark_same(pairs: Collection[Pair], told: Callable[[], Answers]) -> None:
    """A text that became a reference, or the other way round, and says the same on the stack as it runs."""
    asked = [(pair, at) for pair in pairs for at, row in enumerate(pair.rows) if _may_be_same(row)]
    if not asked:
        return
    quiet = {pair.logical_id for pair in pairs if pair.before and pair.after and not pair.rows}
    now = told()
    known = Known(now, {key: value for key, value in now.items() if key[0] in quiet})
    for pair, at in asked:
        row = pair.rows[at]
        before, after = known.text(row.before, after=False), known.text(row.after, after=True)
        if before == after and UNKNOWN not in before:
            pair.rows[at] = replace(row, **marks(SAME_VALUE))


def _may_be_same(row: PropertyChange) -> bool:
    plain = row.change_source == "DirectModification" and not row.secret and not row.routine
    return plain and row.has_before and row.has_after and any(references([row.before, row.after]))
